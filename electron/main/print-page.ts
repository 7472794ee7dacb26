import { randomUUID } from 'node:crypto';
import { app, BrowserWindow, session } from 'electron';
import { APP_ORIGIN, APP_SCHEME } from '#shared/contract/bridge.ts';
import { closeNetwork, guardSession } from './guard-session.ts';

/** The one address that a page to be printed has; nothing else is answered. */
const ADDRESS = `${APP_ORIGIN}/report`;
/** A long report on an old machine takes this long at most, in milliseconds. */
const LIMIT_MS = 120_000;
/** The page has its own policy, which allows no script; this one holds even where that is not read. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/**
 * Prints a page that stands alone to PDF (webContents.printToPDF) in a window that nobody sees: sandboxed, without JavaScript, without a preload
 * script, without network, in a session of its own that is kept in memory and holds this page and nothing else. What is in it may come from a
 * hostile node.
 * @param page HTML
 * @returns the document; rejects when it was not finished in two minutes, or is none
 */
export async function printPage(page: string): Promise<Uint8Array<ArrayBuffer>> {
  const own = session.fromPartition(`print-${randomUUID()}`, { cache: false });
  guardSession(own, () => false);
  await closeNetwork(own);
  own.protocol.handle(APP_SCHEME, async ({ url, method }) =>
    url === ADDRESS && method === 'GET'
      ? new Response(page, {
          headers: {
            'Content-Type': 'text/html; charset=utf-8',
            'Content-Security-Policy': POLICY,
            'X-Content-Type-Options': 'nosniff',
          },
        })
      : new Response(null, { status: 404 }),
  );
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      session: own,
      javascript: false,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('It was not printed within two minutes')), LIMIT_MS);
  });
  try {
    const printed = window
      .loadURL(ADDRESS)
      .then(() =>
        window.webContents.printToPDF({ printBackground: true, pageSize: 'A4', preferCSSPageSize: true }),
      );
    // Whoever loses the race must not be an error that nobody hears.
    printed.catch(() => undefined);
    const pdf = await Promise.race([printed, late]);
    // ISO 32000-2, section 7.5.2: a PDF says so in its first bytes.
    if (!pdf.subarray(0, 5).equals(Buffer.from('%PDF-'))) throw new Error('It is no PDF');
    return new Uint8Array(pdf);
  } finally {
    clearTimeout(timer);
    window.destroy();
  }
}
