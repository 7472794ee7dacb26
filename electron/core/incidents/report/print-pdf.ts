import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findBrowser } from '#core/hosts/find-browser.ts';
import { runProcess } from '#core/hosts/run-process.ts';

/** A long report on an old machine takes this long at most, in milliseconds. */
const LIMIT_MS = 120_000;
const MOST_BYTES = 256 * 1024 * 1024;

export interface PdfOptions {
  /** Absolute path of a Chromium; looked for when left out, null: there is none. */
  browser?: string | null;
  /** True when the console runs as root, where Chromium has no sandbox. */
  asRoot?: boolean;
  signal?: AbortSignal;
}

/** The document, or why there is none and what to do instead. */
export type Printed = { ok: true; pdf: Uint8Array } | { ok: false; why: string };

const INSTEAD = 'Save it as HTML and print that page from any browser.';

/**
 * Prints a page that stands alone to PDF with an installed Chromium or one of its kin. It gets a profile of its own that goes away, no
 * network (no name resolves, and whatever asks is sent to a port of this computer where nobody listens), and the page's own policy
 * allows no script.
 * @param page HTML of `asHtml`
 */
export async function printPdf(page: string, options: PdfOptions = {}): Promise<Printed> {
  const { asRoot = process.getuid?.() === 0, signal } = options;
  const browser = options.browser === undefined ? findBrowser() : options.browser;
  if (browser === null)
    return { ok: false, why: `No Chromium or Chrome is installed here, which makes the PDF. ${INSTEAD}` };
  if (asRoot)
    return { ok: false, why: `A browser has no sandbox as root, so none is started for the PDF. ${INSTEAD}` };
  const folder = await mkdtemp(join(tmpdir(), 'swarmkeep-report-'));
  try {
    const source = join(folder, 'report.html');
    const target = join(folder, 'report.pdf');
    await writeFile(source, page, { mode: 0o600 });
    const ended = await runProcess({
      program: browser,
      arguments: [
        '--headless',
        `--print-to-pdf=${target}`,
        '--no-pdf-header-footer',
        `--user-data-dir=${join(folder, 'profile')}`,
        '--no-first-run',
        '--disable-extensions',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--proxy-server=127.0.0.1:9',
        '--host-resolver-rules=MAP * ~NOTFOUND',
        pathToFileURL(source).href,
      ],
      environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: folder, TMPDIR: folder, LC_ALL: 'C.UTF-8' },
      script: '',
      endInput: true,
      timeoutMs: LIMIT_MS,
      maxStdoutBytes: 65_536,
      signal,
      onOutput: () => {},
    });
    if (ended.how === 'cancelled') return { ok: false, why: 'It was called off.' };
    if (ended.how === 'timed-out')
      return { ok: false, why: `The browser did not finish within two minutes. ${INSTEAD}` };
    if (ended.how === 'not-started')
      return {
        ok: false,
        why: `The browser could not be started (${ended.error.code ?? 'unknown error'}). ${INSTEAD}`,
      };
    const pdf = await readFile(target).catch(() => null);
    // ISO 32000-2, section 7.5.2: a PDF says so in its first bytes.
    if (
      ended.end.exitCode !== 0 ||
      pdf === null ||
      pdf.length > MOST_BYTES ||
      !pdf.subarray(0, 5).equals(Buffer.from('%PDF-'))
    )
      return { ok: false, why: `The browser made no PDF (exit code ${ended.end.exitCode}). ${INSTEAD}` };
    return { ok: true, pdf };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
