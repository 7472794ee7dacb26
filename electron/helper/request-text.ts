import { Refused } from './refused.ts';

export const MAX_REQUEST_BYTES = 8 * 1024 * 1024;
const READ_MS = 5_000;
const MAX_DEPTH = 16;

/** Reads standard input to its end: 8 MiB and 5 s at most, else `bad-request`. */
export function readInput(input: NodeJS.ReadableStream): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const fail = (words: string) => {
      clearTimeout(timer);
      reject(new Refused('bad-request', words));
    };
    const timer = setTimeout(() => fail('No whole request came within 5 s.'), READ_MS);
    input.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_REQUEST_BYTES) fail('The request is larger than 8 MiB.');
      else chunks.push(chunk);
    });
    input.on('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
    input.on('error', () => fail('The request could not be read.'));
  });
}

/**
 * The one JSON document in these bytes, not checked yet; what it asks stands beside it. Refuses `bad-request` for anything else, and for one
 * that is nested deeper than 16. Loads nothing: which words have to be known depends on what is asked.
 */
export function readDocument(bytes: Buffer): { value: unknown; ask: unknown } {
  if (bytes.length > MAX_REQUEST_BYTES) throw new Refused('bad-request', 'The request is larger than 8 MiB.');
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    refuseDeep(text);
    value = JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof Refused) throw thrown;
    throw new Refused('bad-request', 'The request is not one JSON document.');
  }
  const ask = value !== null && typeof value === 'object' && 'ask' in value ? value.ask : null;
  return { value, ask };
}

/** Bounds nesting before anything recursive sees the text. */
function refuseDeep(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (quoted) {
      if (sign === 0x5c) at += 1;
      else if (sign === 0x22) quoted = false;
    } else if (sign === 0x22) quoted = true;
    else if (sign === 0x7b || sign === 0x5b) {
      if (++depth > MAX_DEPTH) throw new Refused('bad-request', 'The request is nested too deeply.');
    } else if (sign === 0x7d || sign === 0x5d) depth -= 1;
  }
}
