import { z } from 'zod';
import { lineText, listOf, pathText, shortText } from '../bounds.ts';

/** Files are named up to this count for each kind of difference; beyond it they are counted. */
export const MOST_NAMED_FILES = 1_000;

const named = listOf(z.object({ package: shortText, path: pathText }), MOST_NAMED_FILES);

/** Installed files of one environment against what their RECORDs say (PEP 376, "Recording installed projects"). */
export const recordCheck = z.object({
  /** Folder of packages. */
  environment: pathText,
  /** Files whose contents were hashed and are as recorded. */
  intact: z.int().min(0),
  /** Other contents than recorded, or a link in the place of a file. */
  changed: named,
  /** Recorded, and not there or not readable. */
  missing: named,
  /** There, and recorded by nobody, beside files that are. */
  added: listOf(
    z.object({
      path: pathText,
      /** Python runs it whenever it starts (site module: `*.pth`, sitecustomize, usercustomize). */
      runsAtStart: z.boolean(),
    }),
    MOST_NAMED_FILES,
  ),
  /** Differences beyond those that are named. */
  omitted: z.int().min(0),
  /** Recorded without a hash, compiled files among them: nobody can say whether they were changed. */
  unverifiable: z.int().min(0),
  /** Recorded outside of the environment: not looked at. */
  outside: z.int().min(0),
  /** Packages whose files nobody recorded (egg-info, packages of the system). */
  withoutRecord: listOf(shortText, 8_192),
  /** Why not all was compared; null when all was. */
  unread: lineText.nullable(),
});
export type RecordCheck = z.infer<typeof recordCheck>;
