import { statSync } from 'node:fs';
import { RUNTIME_OPTIONS } from '#shared/domain/helper/installation.ts';
import { coveredBy, RISK_CLASSES, type RiskClass, riskClassOf } from '#shared/domain/helper/risk-class.ts';
import { connectOnce } from './connect-mode.ts';
import { handleRequest, type Launched, refusedAnswer } from './handle-request.ts';
import { harden } from './harden.ts';
import { type Machine, PROGRAM_FOLDERS, STATE_FOLDER } from './machine.ts';
import { parseRequest, readInput } from './read-request.ts';
import { Refused } from './refused.ts';
import { revertAtBoot, revertInTime } from './revert-mode.ts';
import { answerSecret } from './secret/answer-secret.ts';
import { commitInTime } from './secret/arm.ts';
import { rotateAtBoot } from './secret/at-boot.ts';
import { ownFiles, refuseSetuid, refuseWritable } from './self-check.ts';

/**
 * The privileged one-shot program: one JSON request on standard input, one JSON answer on standard output, then it ends.
 * Besides, fixed arguments for its own timer, unit and probe: `--revert <change>`, `--commit <rotation>`,
 * `--revert-unconfirmed`, `--connect …`.
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
    if (mode === '--revert-unconfirmed' && change === undefined) return atBoot(machine);
    if (mode === '--commit' && /^[0-9a-f]{32}$/.test(change ?? '') && more.length === 0)
      return await commitInTime(machine, String(change));
    if (mode === '--connect') {
      const [port = 0, timeoutMs = 0, uid = 0, gid = 0] = more.slice(0, 4).map(Number);
      const asks = more[4] === 'ask';
      return await connectOnce({ address: String(change), port, timeoutMs, uid, gid, asks });
    }
    const allowed = mode === undefined ? null : classOf(mode);
    if (mode !== undefined && (allowed === null || change !== undefined))
      throw new Refused('bad-request', 'Requests come on standard input.');
    const relaunch = [files.runtime, ...RUNTIME_OPTIONS, files.bundle] as const;
    return print(await answerInput(machine, { ...files, relaunch }, allowed));
  } catch (thrown) {
    return print(refusedAnswer(thrown, 'The helper'));
  }
}

async function answerInput(machine: Machine, launched: Launched, allowed: RiskClass | null) {
  const request = parseRequest(await readInput(process.stdin));
  if (allowed !== null && !coveredBy(allowed, riskClassOf(request)))
    throw new Refused('no-permission', 'What was allowed does not cover this request.');
  if (request.ask !== 'hello' && process.geteuid?.() !== 0)
    throw new Refused('no-permission', 'The helper has to be started as root.');
  return request.ask === 'secret'
    ? answerSecret(machine, request.what, launched.relaunch)
    : handleRequest(machine, request, launched);
}

/** What the unit at boot does: takes back what nobody kept, and goes on with rotations that were decided. */
function atBoot(machine: Machine): number {
  return Math.max(revertAtBoot(machine), rotateAtBoot(machine));
}

/** `--class=look` and the like: what polkit was asked for, given by the constant text of a wrapper. */
function classOf(mode: string): RiskClass | null {
  return RISK_CLASSES.find((name) => mode === `--class=${name}`) ?? null;
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
