import { z } from 'zod';
import { lineText, listOf, pathText, rawText, shortText } from '../bounds.ts';
import { dependencyReport } from './finding.ts';

const leftOut = listOf(z.object({ name: shortText, why: lineText }), 16_384);

/** What a file of requirements would bring, before anything of it is installed. */
export const beforeInstall = z.object({
  report: dependencyReport,
  /** What floats or is fetched from elsewhere, by line. */
  problems: listOf(
    z.object({ place: pathText, line: z.int().min(1).nullable(), text: lineText, seen: lineText }),
    4_096,
  ),
  /** How to install exactly these contents; null when the file is no lock with hashes. */
  pinned: z
    .object({ lines: listOf(rawText, 16_384), command: listOf(lineText, 16), left: leftOut })
    .nullable(),
});
export type BeforeInstall = z.infer<typeof beforeInstall>;

/** A requirements file that pins what is installed, as far as hashes are known without network. */
export const installedLock = z.object({
  text: rawText,
  /** Lines with hashes. */
  hashed: z.int().min(0),
  /** Pinned by version only: no hash is known here. */
  unhashed: leftOut,
  /** Not in the file. */
  left: leftOut,
  /** How to install exactly these contents, argument vector, FILE for the file; null while a line has no hash: pip refuses it then. */
  command: listOf(lineText, 16).nullable(),
});
export type InstalledLock = z.infer<typeof installedLock>;
