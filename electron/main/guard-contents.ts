import { app, type WebContents } from 'electron';
import { openExternal } from './external.ts';

/**
 * Shut every way by which a page could become another page (Electron security checklist, items 11 to 14): webviews,
 * navigation, redirects, new windows. The one movement that is left is to load the very same address again.
 * @param contents of whatever kind; every one is guarded, also those that we did not make
 */
export function guardContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!event.isMainFrame || event.url !== contents.getURL()) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || event.url !== contents.getURL()) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event, webPreferences, params) => {
    event.preventDefault();
    // Cleared as well, should a later version of Electron attach it all the same.
    delete webPreferences.preload;
    params.src = 'about:blank';
  });
  contents.setWindowOpenHandler(({ url }) => {
    void openExternal(url);
    return { action: 'deny' };
  });
  // WebRTC obeys neither the content policy nor webRequest: without UDP and with the dead proxy of the session it
  // reaches nobody.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
}

/** Guard all contents from now on. To be called before the first window is made. */
export function guardAllContents(): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
}
