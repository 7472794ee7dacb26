import { z } from 'zod';
import { listOf, pathText, shortText } from '../bounds.ts';

/** A package on the way from one that somebody asked for to the one that is looked at. */
export const wayPackage = z.object({
  name: shortText,
  version: shortText.nullable(),
  /** Somebody asked for it; null when that is not known. */
  direct: z.boolean().nullable(),
  /** Names of packages of the next level that it asks for. */
  asks: listOf(shortText, 64),
});
export type WayPackage = z.infer<typeof wayPackage>;

/** Who pulls a package in: each level asks for the one behind it; the last one is the package itself. Shortest ways only. */
export const dependencyWays = z.object({
  environment: pathText,
  levels: listOf(listOf(wayPackage, 64), 64),
  /** Packages on shortest ways that were left out, so that what is shown can be read. */
  omitted: z.int().min(0),
});
export type DependencyWays = z.infer<typeof dependencyWays>;
