import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { APP_SCHEME } from '#shared/contract/bridge.ts';
import { isAppAddress } from './address.ts';
import { type AppFile, isRoute, listAppFiles } from './app-files.ts';
import { freshNonce, NONCE_PLACEHOLDER, securityHeaders } from './content-policy.ts';

const INDEX = '/index.html';

/**
 * Make `app://` a standard and secure scheme, so that it has a real origin and relative addresses (Electron security
 * checklist, item 18). Has to be called before Electron is ready.
 */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/**
 * Answer `app://` with the files of the built renderer.
 * @param session the one session that the window uses; no other session knows the scheme
 * @param folder the built renderer; read once, now
 */
export async function serveApp(session: Session, folder: string): Promise<void> {
  const files = await listAppFiles(folder);
  const index = files.get(INDEX);
  if (index === undefined) throw new Error(`${folder} has no index.html`);
  session.protocol.handle(APP_SCHEME, (request) => answer(request, files, index));
}

async function answer(
  request: Request,
  files: ReadonlyMap<string, AppFile>,
  index: AppFile,
): Promise<Response> {
  const nonce = freshNonce();
  const headers = securityHeaders(nonce);
  const refuse = (status: number) => new Response(null, { status, headers });
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
  if (!isAppAddress(request.url)) return refuse(403);
  const path = new URL(request.url).pathname;
  const file = files.get(path) ?? (isRoute(path) ? index : undefined);
  if (file === undefined) return refuse(404);
  let body: Uint8Array<ArrayBuffer> | string;
  try {
    const bytes = await readFile(file.path);
    body =
      file === index ? bytes.toString('utf8').replaceAll(NONCE_PLACEHOLDER, nonce) : new Uint8Array(bytes);
  } catch {
    return refuse(500);
  }
  return new Response(request.method === 'HEAD' ? null : body, {
    headers: { ...headers, 'Content-Type': file.type },
  });
}
