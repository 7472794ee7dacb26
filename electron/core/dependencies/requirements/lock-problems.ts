import type { LockEntry, LockFile } from './lock-file.ts';
import { type PinProblem, pinProblem } from './pin-problem.ts';

function ofEntry(entry: LockEntry, place: string, anyHash: boolean): PinProblem[] {
  const text = entry.version === null ? entry.name : `${entry.name}==${entry.version}`;
  const found: PinProblem[] = [];
  if (entry.from !== 'index') found.push(pinProblem('address', `${text} from ${entry.place ?? ''}`, place));
  else if (entry.place !== null) found.push(pinProblem('own-index', `${text} from ${entry.place}`, place));
  if (entry.asked !== null) {
    const any = entry.asked === 'any version';
    const seen = any ? 'any version' : undefined;
    found.push(pinProblem('range', any ? entry.name : `${entry.name} ${entry.asked}`, place, null, seen));
  }
  // Version control has a commit instead, which names its contents.
  if (!entry.hashed && entry.from !== 'vcs' && entry.asked === null)
    found.push(
      pinProblem('no-hash', text, place, null, anyHash ? 'no hash, while others have one' : undefined),
    );
  if (entry.sourceOnly === true && entry.from !== 'vcs') found.push(pinProblem('source-only', text, place));
  return found;
}

/** What a lock leaves open: addresses, other indexes, missing hashes, what is built from source. */
export function problemsOfLock(lock: LockFile): PinProblem[] {
  const anyHash = lock.entries.some((entry) => entry.hashed);
  return [
    ...lock.entries.flatMap((entry) => ofEntry(entry, lock.path, anyHash)),
    ...lock.unverified.map((host) => pinProblem('unverified-host', host, lock.path)),
  ];
}
