import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import {
  PIP_CHECK_ARGUMENTS,
  type PinnedPackage,
  pipInstallArguments,
} from '#shared/domain/helper/pip-arguments.ts';
import type { Machine } from '../machine.ts';
import { asRefused, codeOf, Refused } from '../refused.ts';
import { unusedNumber } from '../run/unused-number.ts';
import { lookUp } from '../verbs/account-files.ts';
import { clearAway } from '../verbs/remove-tree.ts';
import type { Work } from '../verbs/verb.ts';
import { close, inFolder, openFolder, statOf, throughDescriptor } from '../walk/descriptor.ts';
import { type PipAccount, runPython } from './run-python.ts';

/** Where pip unpacks: a place for larger temporary files (file-hierarchy(7)), in a folder of root's own with a name of its own. */
const STAGES = '/var/tmp';
const INSTALL_MS = 900_000;
const CHECK_MS = 180_000;

/**
 * The account for an environment: its owner, with the owner's own settings of pip. Of an environment of root's a number that no
 * account has, for nothing that lies in an environment is ever started as root; it can only read what everybody can, or the group.
 */
export function pipAccount(machine: Machine, owner: { uid: number; gid: number }): PipAccount {
  if (owner.uid === 0) {
    const uid = unusedNumber(machine);
    if (uid === null) throw new Refused('program-failed', 'No number is free under which pip could run.');
    return { uid, gid: owner.gid === 0 ? uid : owner.gid, home: null };
  }
  const [, , , group, , home] = lookUp(machine, 'passwd', owner.uid)?.split(':') ?? [];
  const gid = Number(group ?? owner.gid);
  if (!Number.isInteger(gid) || gid === 0)
    throw new Refused(
      'unsafe-path',
      'The owner of the environment is in the group of root: pip is not run as that.',
    );
  return { uid: owner.uid, gid, home: home?.startsWith('/') ? home : null };
}

/** A folder of root's own with one folder for each thing that pip needs. */
export interface Stage {
  name: string;
  path: string;
  /** Takes the files, below it laid out as the environment is. */
  files: string;
}

/** Makes it, under a name that is written down before: a later run takes away what a killed one has left. */
export function makeStage(work: Work, account: PipAccount): Stage {
  const name = work.record.newWorkName();
  const path = `${STAGES}/${name}`;
  mkdirSync(path, 0o700);
  for (const folder of ['files', 'home', 'scratch']) {
    mkdirSync(`${path}/${folder}`, 0o700);
    chownSync(`${path}/${folder}`, account.uid, account.gid);
  }
  // Only now can others go into it, and none can write.
  chmodSync(path, 0o711);
  work.machine.pause?.('stage-made');
  return { name, path, files: `${path}/files` };
}

/** After pip has ended nobody but root reaches what it left. */
export function closeStage(stage: Stage): void {
  chmodSync(stage.path, 0o700);
}

/**
 * Removes the stages that runs of this step have left. What cannot be removed stays, closed to everybody but root, and is said with the
 * outcome of the step: what lies there is what pip left, and decides nothing.
 */
export function removeStages(work: Work): void {
  const names = work.record.workNames();
  if (names.length === 0) return;
  let all: number | null = null;
  try {
    all = openFolder(STAGES);
    for (const name of names) removeStage(work, all, name);
  } catch (thrown) {
    work.record.leftBehind.set(STAGES, asRefused(thrown, STAGES).message);
  } finally {
    close(all);
  }
}

function removeStage(work: Work, all: number, name: string): void {
  let stage: number | null = null;
  try {
    stage = openFolder(inFolder(all, name));
    if (statOf(stage).uid !== 0n) return;
    chmodSync(throughDescriptor(stage), 0o700);
    const left = clearAway(all, name);
    if (left !== null) throw left;
    work.record.leftBehind.delete(name);
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(thrown) ?? '')) return;
    const why = asRefused(thrown, name).message;
    work.record.leftBehind.set(name, `What pip unpacked stayed in ${STAGES}/${name}, for root only: ${why}`);
  } finally {
    close(stage);
  }
}

const NO_NETWORK =
  /NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|SSLError|Max retries exceeded|Connection (?:refused|reset|aborted|timed out|broken)|name resolution|Network is unreachable|No route to host/i;

/**
 * Lets pip fetch exactly these packages, as wheels and without their dependencies, and unpack them into the stage. pip itself holds
 * each file to the hash that its index names. Refuses `no-network`, `no-space`, `timed-out`, `not-found` where there is no wheel, and
 * `program-failed` with pip's words.
 * @param tellsFiles this pip can write down which files it unpacked
 */
export function unpackPackages(
  work: Work,
  root: string,
  account: PipAccount,
  stage: Stage,
  packages: readonly PinnedPackage[],
  tellsFiles: boolean,
): string {
  const scratch = { home: `${stage.path}/home`, temporary: `${stage.path}/scratch` };
  const args = pipInstallArguments(
    stage.files,
    packages,
    tellsFiles ? `${stage.path}/scratch/report.json` : null,
  );
  const end = runPython(work.machine, root, account, args, scratch, INSTALL_MS, stage.path);
  closeStage(stage);
  work.machine.pause?.('unpacked');
  const output = end.output.toString('utf8');
  if (end.status === 0 && !end.cut) return output.slice(-8_000);
  const words = `${output}\n${end.errors}`;
  const what = packages.map(({ name, to }) => `${name} ${to}`).join(', ');
  if (end.timedOut) throw new Refused('timed-out', `pip did not fetch ${what} within 15 minutes.`);
  if (/no space left|disk quota/i.test(words))
    throw new Refused('no-space', `There is no space left to unpack ${what}.`);
  if (/DO NOT MATCH THE HASHES/i.test(words))
    throw new Refused(
      'program-failed',
      `What was fetched is not what its index says it is (hash mismatch): ${last(words)}`,
    );
  if (NO_NETWORK.test(words))
    throw new Refused(
      'no-network',
      `pip could not reach the index of that environment as uid ${account.uid}: ${last(words)}`,
    );
  if (/No matching distribution found/i.test(words))
    throw new Refused(
      'not-found',
      `The index of that environment has no wheel of ${what} for its Python. Where there is only source, it would run programs of its own while it is installed: read it, then install it by hand as the owner of ${root}. ${last(words)}`,
    );
  throw new Refused('program-failed', `pip ended with ${end.status ?? 'a signal'}: ${last(words)}`);
}

/** Requirements that are not met among what is installed, one line each, as pip says them. */
export function unmetRequirements(work: Work, root: string, account: PipAccount): ReadonlySet<string> {
  const scratch = { home: '/', temporary: '/tmp' };
  const end = runPython(work.machine, root, account, PIP_CHECK_ARGUMENTS, scratch, CHECK_MS, null);
  if (
    end.timedOut ||
    end.cut ||
    (end.status !== 0 && end.status !== 1) ||
    (end.status === 1 && end.output.length === 0)
  )
    throw new Refused(
      'program-failed',
      `pip could not say whether the packages of ${root} fit together: ${last(end.errors || end.output.toString('utf8'))}`,
    );
  if (end.status === 0) return new Set();
  return new Set(
    end.output
      .toString('utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  );
}

const last = (words: string) => words.trim().split('\n').slice(-4).join(' ').slice(-600);
