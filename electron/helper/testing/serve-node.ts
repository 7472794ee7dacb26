import { createInterface } from 'node:readline';
import { HELPER_FOLDER, HELPER_PROGRAM } from '#shared/domain/helper/installation.ts';
import { handleRequest } from '../handle-request.ts';
import { OWN_FOLDER, PROGRAM_FOLDERS, STATE_FOLDER } from '../machine.ts';
import { parseRequest } from '../read-request.ts';

/**
 * The helper's own code as a server of lines on a booted node, with its systemd, lock and log: as the installed program, but one
 * process instead of one per request, and it can be told when to die. For tests that let it die hundreds of times; never installed.
 *
 * A line is a request, or `{"killAt":N}`: ends by SIGKILL at the Nth point between two acts from now on (0: never), and answers how
 * many points there were before. What the node's own timer starts is the installed helper.
 */
let points = 0;
let killAt = 0;
const machine = {
  stateFolder: STATE_FOLDER,
  ownFolder: OWN_FOLDER,
  programFolders: PROGRAM_FOLDERS,
  systemd: true,
  pause() {
    points += 1;
    if (points === killAt) process.kill(process.pid, 'SIGKILL');
  },
};
const launched = {
  bundle: `${HELPER_FOLDER}/swarmkeep-helper.mjs`,
  runtime: `${HELPER_FOLDER}/node`,
  relaunch: [HELPER_PROGRAM] as const,
};
process.umask(0o077);
process.chdir('/');
const said = (line: string): unknown => {
  const order = JSON.parse(line) as { killAt?: number };
  if (order.killAt === undefined) return handleRequest(machine, parseRequest(Buffer.from(line)), launched);
  const before = points;
  points = 0;
  killAt = order.killAt;
  return { points: before };
};
createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(`${JSON.stringify(said(line))}\n`);
});
