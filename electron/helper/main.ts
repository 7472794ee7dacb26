import { statSync } from 'node:fs';
import { handleRequest, type Launched, refusedAnswer } from './handle-request.ts';
import { harden } from './harden.ts';
import { type Machine, PROGRAM_FOLDERS, STATE_FOLDER } from './machine.ts';
import { parseRequest, readInput } from './read-request.ts';
import { Refused } from './refused.ts';
import { revertAtBoot, revertInTime } from './revert-mode.ts';
import { ownFiles, refuseSetuid, refuseWritable } from './self-check.ts';

/**
 * The privileged one-shot program: one JSON request on standard input, one JSON answer on standard output, then it ends.
 * Besides, two fixed arguments for its own timer and unit: `--revert <change>` and `--revert-unconfirmed`.
 */
async function main(): Promise<number> {
  try {
    harden();
    refuseSetuid();
    const [, script, mode, change, ...more] = process.argv;
    if (script === undefined) throw new Refused('unsafe-helper', 'The helper does not know where it lies.');
    const files = ownFiles(script);
    refuseWritable(files.bundle);
    refuseWritable(files.runtime);
    const machine = machineOf(files.bundle);
    if (mode === '--revert' && /^[0-9a-f]{32}$/.test(change ?? '') && more.length === 0)
      return await revertInTime(machine, String(change));
    if (mode === '--revert-unconfirmed' && change === undefined) return revertAtBoot(machine);
    if (mode !== undefined) throw new Refused('bad-request', 'Requests come on standard input.');
    const launched: Launched = { ...files, relaunch: [files.runtime, files.bundle] };
    return print(await answerInput(machine, launched));
  } catch (thrown) {
    return print(refusedAnswer(thrown, 'The helper'));
  }
}

async function answerInput(machine: Machine, launched: Launched) {
  const request = parseRequest(await readInput(process.stdin));
  if (request.ask !== 'hello' && process.geteuid?.() !== 0)
    throw new Refused('no-permission', 'The helper has to be started as root.');
  return handleRequest(machine, request, launched);
}

function machineOf(bundle: string): Machine {
  return {
    stateFolder: STATE_FOLDER,
    ownFolder: bundle.slice(0, bundle.lastIndexOf('/')),
    programFolders: PROGRAM_FOLDERS,
    systemd: statSync('/run/systemd/system', { throwIfNoEntry: false })?.isDirectory() ?? false,
  };
}

/** Exit status 0: an answer; 1: a refusal. Both are one JSON document. */
function print(answer: ReturnType<typeof refusedAnswer>): number {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  return answer.answer === 'refused' ? 1 : 0;
}

process.exitCode = await main();
// Whatever still writes to standard input is not waited for.
process.stdin.destroy();
