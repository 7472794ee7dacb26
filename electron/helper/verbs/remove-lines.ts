import {
  entryDifferences,
  type KeptEntry,
  keepEntry,
  keptEntry,
  type LeftEntry,
  leftEntry,
  restoreEntry,
  withHeld,
} from '../entry/kept-entry.ts';
import { readPaxEntry } from '../entry/pax-header.ts';
import { readEntry } from '../entry/read-entry.ts';
import { hashOf } from '../record/step-record.ts';
import { Refused } from '../refused.ts';
import { replaceFile } from './replace-file.ts';
import { anyVerb } from './verb.ts';

/** The contents in the archive of a file. */
function contentsOf(archive: Buffer): Buffer {
  const entry = readPaxEntry(archive);
  if (entry === null) throw new Refused('record-damaged', 'The undo record cannot be read.');
  return archive.subarray(entry.contentsAt, entry.contentsAt + entry.size);
}

/** Contents without the lines of these hashes, and how many hashes were found. Bytes of other lines stay as they are. */
export function withoutLines(contents: Buffer, hashes: readonly string[]): { rest: Buffer; found: number } {
  const wanted = new Set(hashes);
  const found = new Set<string>();
  const rest: Buffer[] = [];
  for (let at = 0; at < contents.length; ) {
    const end = contents.indexOf(0x0a, at);
    const next = end < 0 ? contents.length : end + 1;
    const hash = hashOf(contents.subarray(at, end < 0 ? next : end));
    if (wanted.has(hash)) found.add(hash);
    else rest.push(contents.subarray(at, next));
    at = next;
  }
  return { rest: Buffer.concat(rest), found: found.size };
}

/** Takes single lines out of a file by their hashes (`remove-lines` of the protocol). Their text appears nowhere. */
export const removeLines = anyVerb<'remove-lines', KeptEntry, LeftEntry>({
  verb: 'remove-lines',
  before: keptEntry,
  left: leftEntry,
  target: (action) => action.path,
  look: ({ path, lines, expect }, work) =>
    withHeld(work, path, (held) => {
      const kept = keepEntry(work, held, path, expect);
      if (kept.state.kind === 'absent') throw new Refused('not-found', `${path} is not there.`);
      const { archive } = readEntry(work.machine, held, true);
      if (kept.state.kind !== 'file' || archive === null)
        throw new Refused('unsafe-path', `${path} is no file.`);
      if (withoutLines(contentsOf(archive), lines).found < new Set(lines).size)
        throw new Refused(
          'changed-since',
          `Lines that were to be removed are not in ${path}. Nothing was touched.`,
        );
      return kept;
    }),
  perform: ({ lines }, kept, work) => {
    if (kept.state.kind !== 'file' || kept.archive === null)
      throw new Refused('record-damaged', 'The undo record cannot be read.');
    const { rest } = withoutLines(contentsOf(work.record.kept('entry.tar', kept.archive)), lines);
    const { uid, gid, mode } = kept.state;
    return replaceFile(work, kept, rest, { uid, gid, mode });
  },
  differences: (kept, left, work) => entryDifferences(work, kept, left),
  takeBack: (kept, left, work) => restoreEntry(work, kept, left),
});
