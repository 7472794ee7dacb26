import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { requireSafeFile } from '#core/store/data-folder.ts';
import { writeWhole } from '#core/store/write-whole.ts';
import { instant } from '#shared/domain/bounds.ts';
import { pausedNode } from '#shared/domain/pause/pause-state.ts';

const pauseFile = z.object({
  is: z.enum(['running', 'paused', 'resuming']),
  since: instant.nullable(),
  nodes: z.array(pausedNode).max(256),
});
export type PauseFile = z.infer<typeof pauseFile>;

export const RUNNING: PauseFile = { is: 'running', since: null, nodes: [] };

/** @returns what was ordered last; a file that cannot be read counts as a pause: agents are never let go by a mistake */
export function readPause(folder: string): PauseFile {
  const file = join(folder, 'pause.json');
  try {
    if (!requireSafeFile(file)) return RUNNING;
    return pauseFile.parse(JSON.parse(readFileSync(file, 'utf8').slice(0, 1_048_576)));
  } catch {
    return { is: 'paused', since: null, nodes: [] };
  }
}

/** On the disk when this returns. @throws the error of the file system */
export function writePause(folder: string, state: PauseFile): void {
  writeWhole(join(folder, 'pause.json'), JSON.stringify(state), 0o600);
}
