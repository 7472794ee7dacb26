import { basename, dirname } from 'node:path';
import { LogTrouble, type Look } from '../files/log-reach.ts';
import type { NodeLoop } from './node-loop.ts';

const MOST_LINKS = 16;
const MOST_BYTES = 256 * 1024;

/**
 * Resolves a path on a node, following symbolic links that only root or the login account can have made, as `safeWalk` does here.
 * Nothing is held there: whoever goes into the folder makes sure that it is still this one.
 * @returns the folder without links and the name in it, or why not
 */
export async function walkRemote(
  loop: NodeLoop,
  path: string,
): Promise<{ folder: string; name: string } | Look> {
  let rest = path.split('/').filter((part) => part !== '' && part !== '.');
  for (let links = 0; links <= MOST_LINKS; links += 1) {
    if (rest.includes('..') || rest.length === 0) {
      return { kind: 'refused', trouble: `${path} leads through "..": follow the file itself.` };
    }
    const prefixes = rest.map((_, index) => `/${rest.slice(0, index + 1).join('/')}`);
    const { body } = await loop.ask(['look', String(prefixes.length), ...prefixes], MOST_BYTES);
    const lines = body.toString('utf8').split('\n');
    const index = prefixes.findIndex((_, at) => lines[at]?.startsWith('link '));
    const whole = prefixes.at(-1) ?? '/';
    if (index === -1) return { folder: dirname(whole), name: basename(whole) };
    const [, owner = '', target = ''] = /^link (\d{1,10}) (.{0,4096})$/.exec(lines[index] ?? '') ?? [];
    const here = prefixes[index] ?? '';
    if (target === '' || target.includes('\ufffd'))
      throw new LogTrouble(`${here} is a link that cannot be read.`);
    if (owner !== '0' && owner !== String(loop.uid)) {
      const trouble = `${here} is a link that was made by uid ${owner}, and could lead anywhere: it is not followed. Follow the file itself.`;
      return { kind: 'refused', trouble };
    }
    const from = target.startsWith('/') ? [] : rest.slice(0, index);
    rest = resolved([...from, ...target.split('/'), ...rest.slice(index + 1)]);
  }
  return { kind: 'refused', trouble: `${path} is a loop of links.` };
}

/** `..` of a link's target, whose folders before it are no links any more. */
function resolved(parts: readonly string[]): string[] {
  const result: string[] = [];
  for (const part of parts) {
    if (part === '..') result.pop();
    else if (part !== '' && part !== '.') result.push(part);
  }
  return result;
}
