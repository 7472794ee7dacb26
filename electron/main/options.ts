import { isAbsolute, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  /** Absolute folder of the console's own records; null for the usual one. */
  dataFolder: string | null;
  /** Open with the sample node. */
  sample: boolean;
}

/**
 * Read the command line of the application. Chromium's own switches and anything unknown, a deep link for one, are
 * passed over in silence.
 * @param words everything after the program
 */
export function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    strict: false,
    allowPositionals: true,
    options: { 'data-dir': { type: 'string' }, sample: { type: 'boolean' } },
  });
  const folder = values['data-dir'];
  const usable = typeof folder === 'string' && folder !== '' && !folder.includes('\0');
  return {
    dataFolder: usable ? (isAbsolute(folder) ? folder : resolve(folder)) : null,
    sample: values.sample === true,
  };
}
