import { app, type Session, type WebContents } from 'electron';
import { isAppAddress } from './address.ts';

/** The one permission that our page needs: to copy what the operator asked to copy. */
const ALLOWED = 'clipboard-sanitized-write';

/**
 * A proxy that is not there. Everything that Chromium itself would fetch ends at it; `app://` does not use the network.
 * Port 9 (discard) needs root to be listened on, so no local program can stand in for it unnoticed.
 */
const NO_WAY_OUT = 'http://127.0.0.1:9';

const guarded = new WeakSet<Session>();

/**
 * Deny by default what a page may ask of the system and of the network (Electron security checklist, items 5 and 6,
 * and the request filter of docs/security.md).
 * @param session of whatever kind; every one is guarded, also those that we did not make; once is enough
 * @param isOurs tells the web contents of our window from any other
 */
export function guardSession(session: Session, isOurs: (contents: WebContents | null) => boolean): void {
  if (guarded.has(session)) return;
  guarded.add(session);
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    answer(
      permission === ALLOWED &&
        isOurs(contents) &&
        details.isMainFrame &&
        isAppAddress(details.requestingUrl),
    );
  });
  session.setPermissionCheckHandler(
    (contents, permission, requestingOrigin, details) =>
      permission === ALLOWED && isOurs(contents) && details.isMainFrame && isAppAddress(requestingOrigin),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.setCertificateVerifyProc((_request, answer) => answer(CERTIFICATE_REFUSED));
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !mayBeFetched(details.url) }));
  session.on('will-download', (event) => event.preventDefault());
  // The spell checker would fetch its dictionaries.
  session.setSpellCheckerEnabled(false);
}

/** net::ERR_FAILED of setCertificateVerifyProc: our page loads nothing over TLS, so no certificate is right. */
const CERTIFICATE_REFUSED = -2;

/** Data addresses carry their own content and are held to images by the content policy. */
function mayBeFetched(url: string): boolean {
  if (isAppAddress(url) || url.startsWith('data:image/')) return true;
  return !app.isPackaged && url.startsWith('devtools://devtools/');
}

/** Leave a session no way to the network. Resolves when it is in force. */
export async function closeNetwork(session: Session): Promise<void> {
  await session.setProxy({ mode: 'fixed_servers', proxyRules: NO_WAY_OUT, proxyBypassRules: '<-loopback>' });
}

/** Guard all sessions from now on, and answer what the application is asked about certificates and passwords. */
export function guardAllSessions(isOurs: (contents: WebContents | null) => boolean): void {
  app.on('session-created', (session) => guardSession(session, isOurs));
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault();
    answer(false);
  });
  app.on('select-client-certificate', (event, _contents, _url, _list, answer) => {
    event.preventDefault();
    answer();
  });
  app.on('login', (event, _contents, _details, _authInfo, answer) => {
    event.preventDefault();
    answer();
  });
}

/** Switches of Chromium that keep it from talking to anybody by itself. To be called before Electron is ready. */
export function quietChromium(): void {
  for (const name of [
    'disable-background-networking',
    'disable-component-update',
    'disable-domain-reliability',
    'no-pings',
  ])
    app.commandLine.appendSwitch(name);
  // No name resolves inside Chromium; nodes are reached by the core, over SSH.
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
}
