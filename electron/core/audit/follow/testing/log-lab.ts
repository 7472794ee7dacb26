import { appendFileSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach } from 'vitest';
import { FileFollower } from '../files/file-follower.ts';
import type { FileFollowerOptions } from '../files/follower-options.ts';
import { LocalReach } from '../local/local-reach.ts';
import { Gather } from './gather.ts';

/** A folder with a log for each test of a file, and followers that end with it. */
export const lab = { folder: '', log: '' };
const open: Gather[] = [];

beforeEach(() => {
  lab.folder = mkdtempSync('/tmp/swarmkeep-follow-');
  lab.log = `${lab.folder}/access.log`;
});
afterEach(async () => {
  for (const gather of open.splice(0)) await gather.stop();
  rmSync(lab.folder, { recursive: true, force: true });
});

/** Follows the log from a position on. */
export function follow(position?: unknown, options: Partial<FileFollowerOptions> = {}): Gather {
  const gather = new Gather(
    new FileFollower({ reach: new LocalReach(), path: lab.log, position, settleMs: 300, ...options }),
  );
  open.push(gather);
  return gather;
}

/** @returns lines with numbers; the second number is not included */
export const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `event ${from + index} of the test`);

/** Appends numbered lines. */
export const write = (from: number, to: number, path = lab.log) =>
  appendFileSync(path, `${numbered(from, to).join('\n')}\n`);

/** Stops, lets something happen while nobody watches, and follows on. */
export async function whileOff(gather: Gather, happens: () => void): Promise<Gather> {
  const position = await gather.stop();
  happens();
  return follow(position);
}

/** Packs a file of the folder, as gzip(1) does. */
export function gzip(name: string): void {
  writeFileSync(`${lab.folder}/${name}.gz`, gzipSync(readFileSync(`${lab.folder}/${name}`)));
  unlinkSync(`${lab.folder}/${name}`);
}

/** @returns the kinds of all gaps so far, in order */
export const kinds = (gather: Gather) => gather.gaps.map(({ kind }) => kind);
