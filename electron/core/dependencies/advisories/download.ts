import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { AdvisoryDataError, cancelled } from './data-error.ts';

const CHECK = 'Look whether this computer reaches it, or import a file without network.';
/** Nothing came for so long: it will not come any more. */
const SILENCE_MS = 60_000;
const NOTHING_CAME = 'nothing came for a minute';

export interface FetchOptions {
  /** Calls it off. */
  signal?: AbortSignal | undefined;
  /** For tests: how long nothing may come, in milliseconds. */
  silenceMs?: number;
}

/** Whatever claims to be advisories and is larger is none. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * An address to fetch from: https, or http on this computer itself.
 * @throws AdvisoryDataError for any other
 */
export function requireAddress(base: string): URL {
  const url = URL.canParse(base) ? new URL(base) : null;
  const isHere = url !== null && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (
    url === null ||
    !(url.protocol === 'https:' || (url.protocol === 'http:' && isHere)) ||
    url.username !== ''
  )
    throw new AdvisoryDataError(
      'Advisories are fetched over https only.',
      'Give an address that begins with https://.',
    );
  return url;
}

function failed(url: string, what: string, cause?: unknown): AdvisoryDataError {
  return new AdvisoryDataError(`${url} could not be fetched: ${what}.`, CHECK, { cause });
}

/**
 * Asks for one thing. Nothing is sent besides the address; a redirection leads to nobody who was asked for. Its time is over once the
 * answer begins: what follows may take as long as something keeps coming.
 */
async function ask(
  url: string,
  headers: Record<string, string>,
  { signal, silenceMs = SILENCE_MS }: FetchOptions,
): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(NOTHING_CAME)), silenceMs);
  try {
    return await fetch(url, {
      // Lengths are those of the file, and not of something that was packed on the way.
      headers: { ...headers, 'accept-encoding': 'identity' },
      redirect: 'error',
      signal: signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]),
    });
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    const said = error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : '';
    throw failed(url, said.slice(0, 200) || 'there was no answer', error);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Fetches a text.
 * @param most bytes that are read at most
 * @returns null when there is none (404)
 * @throws AdvisoryDataError
 */
export async function fetchText(
  url: string,
  most: number,
  options: FetchOptions = {},
): Promise<string | null> {
  const response = await ask(url, {}, options);
  if (response.status === 404) {
    await response.body?.cancel();
    return null;
  }
  if (response.status !== 200 || response.body === null)
    throw failed(url, `the answer was ${response.status}`);
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of piecesOf(response.body, url, options)) {
      size += part.length;
      if (size > most) throw failed(url, 'it is larger than it can be');
      parts.push(part);
    }
  } catch (error) {
    if (options.signal?.aborted) throw cancelled();
    if (error instanceof AdvisoryDataError) throw error;
    throw failed(url, 'it broke off', error);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** What an earlier attempt left: as much of that very version of the file. */
function partOf(file: string, url: string): { size: number; tag: string } | null {
  try {
    const { from, tag } = JSON.parse(readFileSync(`${file}.from`, 'utf8'));
    const { size } = statSync(file);
    return from === url && typeof tag === 'string' && tag !== '' && size > 0 ? { size, tag } : null;
  } catch {
    return null;
  }
}

/** MD5 that the server of OSV's data says of the whole file (`x-goog-hash`); null when it says none. */
function saidHash(response: Response): string | null {
  return /(?:^|,)\s*md5=([A-Za-z0-9+/]{22}==)/.exec(response.headers.get('x-goog-hash') ?? '')?.[1] ?? null;
}

/**
 * Fetches a file, going on where an earlier attempt at the same version of it broke off. Its length and, where the server says one,
 * its checksum are compared.
 * @param file where it is written; what is there stays when the work breaks off, for the next attempt
 * @param onProgress bytes that are there, and in all when known
 * @throws AdvisoryDataError; what the system says of the disk
 */
export async function fetchFile(
  url: string,
  file: string,
  options: FetchOptions = {},
  onProgress?: (bytes: number, total: number | null) => void,
): Promise<void> {
  const part = partOf(file, url);
  const headers: Record<string, string> =
    part === null ? {} : { range: `bytes=${part.size}-`, 'if-range': part.tag };
  const response = await ask(url, headers, options);
  const { status, body } = response;
  if (status === 416 && part !== null) {
    await body?.cancel();
    rmSync(file, { force: true });
    return fetchFile(url, file, options, onProgress);
  }
  // A part that nobody asked for is not the file.
  const goesOn = status === 206 && part !== null;
  if ((status !== 200 && !goesOn) || body === null) throw failed(url, `the answer was ${status}`);
  let size = goesOn ? part.size : 0;
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const total = Number.isSafeInteger(length) ? size + length : null;
  if ((total ?? 0) > MOST_BYTES) throw failed(url, 'it is larger than 512 MiB');
  writeFileSync(`${file}.from`, JSON.stringify({ from: url, tag: response.headers.get('etag') ?? '' }), {
    mode: 0o600,
  });
  const handle = openSync(file, goesOn ? 'a' : 'w', 0o600);
  try {
    for await (const piece of piecesOf(body, url, options)) {
      size += piece.length;
      if (size > MOST_BYTES) throw failed(url, 'it is larger than 512 MiB');
      for (let at = 0; at < piece.length; ) at += writeSync(handle, piece, at);
      onProgress?.(size, total);
    }
  } catch (error) {
    if (options.signal?.aborted) throw cancelled();
    if (error instanceof AdvisoryDataError || (error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    throw failed(url, 'it broke off; the next attempt goes on from there', error);
  } finally {
    closeSync(handle);
  }
  if (total !== null && size !== total)
    throw failed(url, 'it broke off; the next attempt goes on from there');
  const hash = saidHash(response);
  if (hash !== null && createHash('md5').update(readFileSync(file)).digest('base64') !== hash) {
    forget(file);
    throw failed(url, 'what came has another checksum than the server says');
  }
}

/** Takes away a fetched file and what is known of it. */
export function forget(file: string): void {
  rmSync(file, { force: true });
  rmSync(`${file}.from`, { force: true });
}

/** What comes, piece by piece; ends when nothing comes for too long. */
async function* piecesOf(
  body: ReadableStream<Uint8Array>,
  url: string,
  { silenceMs = SILENCE_MS }: FetchOptions,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { promise, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(() => reject(failed(url, NOTHING_CAME)), silenceMs);
      try {
        const piece = await Promise.race([reader.read(), promise]);
        if (piece.done) return;
        yield piece.value;
      } finally {
        clearTimeout(timer);
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
