import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Whether there are records at all; without them a command that needs none does not make any. */
export function hasRecords(dataFolder: string): boolean {
  return existsSync(join(dataFolder, 'swarmkeep.db'));
}
