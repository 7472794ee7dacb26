import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const MOST_FILES = 1_000;
const MOST_BYTES = 32 * 1024 * 1024;
/** The literal in `index.html` that every answer replaces with its own nonce. */
export const NONCE_PLACEHOLDER = '__CSP_NONCE__';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

export interface PageFile {
  type: string;
  content: Buffer;
}

/** The built page, read once: what is not in this list cannot be asked for, whatever the path looks like. */
export interface PageFiles {
  /** @param path as in the request, e.g. `/assets/index-Bx1.js`; compared as a whole, never resolved */
  get(path: string): PageFile | undefined;
  /** The page itself with this answer's nonce. */
  index(nonce: string): string;
}

/**
 * Reads the built page. Links are left out.
 * @param folder `dist/renderer`
 * @throws Error when the page was not built, has no place for the nonce, or is larger than any build of ours
 */
export function readPageFiles(folder: string): PageFiles {
  const files = new Map<string, PageFile>();
  let bytes = 0;
  const visit = (path: string, address: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const type = TYPES[extname(entry.name)];
      if (entry.isDirectory()) visit(join(path, entry.name), `${address}${entry.name}/`);
      else if (entry.isFile() && type !== undefined) {
        const content = readFileSync(join(path, entry.name));
        bytes += content.length;
        files.set(address + entry.name, { type, content });
      }
      if (files.size > MOST_FILES || bytes > MOST_BYTES)
        throw new Error(`${folder} is larger than any page.`);
    }
  };
  try {
    visit(folder, '/');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const template = files.get('/index.html')?.content.toString('utf8');
  if (template === undefined) throw new Error('The page was not built yet. Run: npm run build');
  if (!template.includes(NONCE_PLACEHOLDER)) throw new Error('The built page has no place for the nonce.');
  files.delete('/index.html');
  return {
    get: (path) => files.get(path),
    index: (nonce) => template.replaceAll(NONCE_PLACEHOLDER, nonce),
  };
}
