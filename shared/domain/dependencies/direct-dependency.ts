import { z } from 'zod';
import { lineText, listOf, shortText } from '../bounds.ts';
import { installedFrom } from './inventory.ts';
import { dependencyPurpose } from './purpose.ts';

/** A package that somebody asked for, over all environments that were looked at, with what the operator says of it. */
export const directDependency = z.object({
  /** As it is written where it was met first. */
  name: shortText,
  /** Installed ones, as written. */
  versions: listOf(shortText, 64),
  from: installedFrom,
  /** What its metadata says; null when it says nothing. */
  licence: lineText.nullable(),
  /** Null when the operator said nothing yet. */
  told: dependencyPurpose.nullable(),
});
export type DirectDependency = z.infer<typeof directDependency>;
