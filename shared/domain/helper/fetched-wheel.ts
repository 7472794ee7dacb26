import { z } from 'zod';
import { pythonPackageName, pythonVersionText, sha256 } from './targets.ts';

/** Files that a lock may name for one version: one for each kind of machine. */
export const MOST_HASHES = 128;

/** One package that is replaced by another version. */
export const packageUpgrade = z.strictObject({
  name: pythonPackageName,
  from: pythonVersionText,
  to: pythonVersionText,
  /** SHA-256 of the files that may be unpacked, any one of them; absent where nobody knows them before. */
  sha256: z.array(sha256).min(1).max(MOST_HASHES).optional(),
});

/** The file that a package was unpacked from, as pip tells it (PyPA specifications, "pip Installation Report"). */
export const fetchedWheel = z.strictObject({
  name: pythonPackageName,
  version: pythonVersionText,
  /** Its file name without folders (binary distribution format); empty for one that is none. */
  file: z.string().max(256),
  /** Null where pip was told another kind of hash. */
  sha256: sha256.nullable(),
});
export type FetchedWheel = z.infer<typeof fetchedWheel>;
