import { z } from 'zod';
import { lineText, pathText, shortText } from '../bounds.ts';
import { environment } from './inventory.ts';

/** One place from which packages of a node are loaded, as a list of them shows it. */
export const seenEnvironment = z.object({
  id: pathText,
  kind: environment.shape.kind,
  pythonVersion: shortText.nullable(),
  packages: z.int().min(0),
  /** Whether what is installed there can be pinned by a file of requirements: it is pip's, and not the system's. */
  isLockable: z.boolean(),
  unreadable: lineText.nullable(),
});
export type SeenEnvironment = z.infer<typeof seenEnvironment>;
