import { createInterface } from 'node:readline';
import { answerUnlocked, refusedAnswer } from '../handle-request.ts';
import { OWN_FOLDER, PROGRAM_FOLDERS, STATE_FOLDER } from '../machine.ts';
import { parseRequest } from '../read-request.ts';
import { openStateFolder } from '../record/state-folder.ts';

/**
 * The helper's own code as a server of lines, for tests that ask hundreds of times: one process instead of one per request.
 * Runs in a test node only; the installed program has no such mode.
 */
const machine = {
  stateFolder: STATE_FOLDER,
  ownFolder: OWN_FOLDER,
  programFolders: PROGRAM_FOLDERS,
  systemd: false,
};
const launched = { bundle: '/bin/true', runtime: '/bin/true', relaunch: ['/bin/true'] as const };
process.umask(0o077);
process.chdir('/');
openStateFolder(machine);
createInterface({ input: process.stdin }).on('line', (line) => {
  let answer: unknown;
  try {
    answer = answerUnlocked(machine, parseRequest(Buffer.from(line)), launched);
  } catch (thrown) {
    answer = refusedAnswer(thrown, 'the request');
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
