import { createInterface } from 'node:readline';
import { answerUnlocked } from '../handle-request.ts';
import { OWN_FOLDER, PROGRAM_FOLDERS, STATE_FOLDER } from '../machine.ts';
import { parseRequest } from '../read-request.ts';
import { openStateFolder } from '../record/state-folder.ts';
import { refusedAnswer } from '../refused.ts';

/**
 * The helper's own code as a server of lines, for tests that ask hundreds of times: one process instead of one per request.
 * Runs in a test node only; the installed program has no such mode.
 *
 * `serve.ts N`: ends by SIGKILL at the Nth point between two acts, as a power cut would. */
const killAt = Number(process.argv[2] ?? 0);
let points = 0;
const pause = () => {
  points += 1;
  if (points === killAt) process.kill(process.pid, 'SIGKILL');
};
const machine = {
  stateFolder: STATE_FOLDER,
  ownFolder: OWN_FOLDER,
  programFolders: PROGRAM_FOLDERS,
  systemd: false,
  pause,
};
const launched = { bundle: '/bin/true', runtime: '/bin/true', relaunch: ['/bin/true'] as const };
process.umask(0o077);
process.chdir('/');
createInterface({ input: process.stdin }).on('line', (line) => {
  let answer: unknown;
  try {
    // Each request finds the folder as a program that has just started does.
    openStateFolder(machine);
    answer = answerUnlocked(machine, parseRequest(Buffer.from(line)), launched);
  } catch (thrown) {
    answer = refusedAnswer(thrown, 'the request');
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
