import { createHash } from 'node:crypto';
import { REPORT_STYLE } from './html-style.ts';
import { html, type Markup } from './markup.ts';

const STYLE_HASH = createHash('sha256').update(REPORT_STYLE).digest('base64');

/** Nothing is loaded, nothing runs; only the style that the page carries itself counts. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/**
 * A page that stands alone: it needs no network, no script and no other file, and its own policy (Content Security Policy
 * Level 3) forbids all three.
 * @param title of the window, as plain text
 * @param main what is on it
 */
export function standalonePage(title: string, main: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ markup: POLICY }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ markup: REPORT_STYLE }}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`.markup;
}
