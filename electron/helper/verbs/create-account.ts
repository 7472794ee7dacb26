import { lstatSync } from 'node:fs';
import { z } from 'zod';
import type { Difference } from '#shared/domain/helper/answers.ts';
import { accountName, targetPath } from '#shared/domain/helper/targets.ts';
import { Refused } from '../refused.ts';
import { findProgram, mustRun, needProgram } from '../run/run-program.ts';
import { furtherGroups, hasSubordinateIds, localLine, lookUp, processesOf } from './account-files.ts';
import { anyVerb, type Work } from './verb.ts';

const before = z.strictObject({
  name: accountName,
  id: z.int().nullable(),
  home: targetPath,
  comment: z.string().max(64),
  shell: z.string().max(256),
});
type Before = z.infer<typeof before>;
/** The line of passwd(5), and whether the password is locked. */
const left = z.strictObject({ line: z.string().max(4_096), locked: z.boolean() });
type Left = z.infer<typeof left>;

const LOCKED = '!*';

const uidOf = (line: string) => Number(line.split(':')[2]);
const isLocked = (name: string) =>
  /^[!*]/.test((localLine('/etc/shadow', name) ?? ':x').split(':')[1] ?? 'x');

function refuseTaken({ machine }: Work, name: string, id: number | null): void {
  const taken =
    lookUp(machine, 'passwd', name) ??
    lookUp(machine, 'group', name) ??
    (id === null ? null : (lookUp(machine, 'passwd', id) ?? lookUp(machine, 'group', id)));
  if (taken === null) return;
  const [who, , number] = taken.split(':');
  throw new Refused(
    'changed-since',
    `The account, group or number is taken: ${who} (${number}). Nothing was touched.`,
  );
}

/** What is there is the account that this step makes, in every part. */
function refuseOther(kept: Before, line: string): void {
  const [, , uid, gid, , home, shell] = line.split(':');
  const right = home === kept.home && shell === kept.shell && (kept.id === null || Number(uid) === kept.id);
  if (!right || uid !== gid || !isLocked(kept.name))
    throw new Refused('program-failed', `The account ${kept.name} did not become what it has to be: ${line}`);
  if (hasSubordinateIds(kept.name, Number(uid)))
    throw new Refused(
      'program-failed',
      `The system gave ${kept.name} subordinate ids, which it must not have.`,
    );
}

function make(work: Work, kept: Before): Left {
  const { machine } = work;
  const number = kept.id === null ? [] : ['--gid', String(kept.id)];
  if (lookUp(machine, 'group', kept.name) === null)
    mustRun(machine, { program: 'groupadd', arguments: ['--system', ...number, kept.name] });
  machine.pause?.('group-made');
  const group = lookUp(machine, 'group', kept.name)?.split(':')[2] ?? '';
  if (lookUp(machine, 'passwd', kept.name) === null)
    mustRun(machine, {
      program: 'useradd',
      arguments: [
        '--system',
        '--uid',
        group,
        '--gid',
        group,
        '--no-create-home',
        '--home-dir',
        kept.home,
        '--shell',
        kept.shell,
        '--comment',
        kept.comment,
        '--password',
        LOCKED,
        kept.name,
      ],
    });
  machine.pause?.('account-made');
  const line = lookUp(machine, 'passwd', kept.name) ?? '';
  refuseOther(kept, line);
  return { line, locked: true };
}

/** A system account (`create-account` of the protocol). */
export const createAccount = anyVerb<'create-account', Before, Left>({
  verb: 'create-account',
  before,
  left,
  target: (action) => action.name,
  look: ({ name, id, home, comment }, work) => {
    for (const program of ['useradd', 'groupadd', 'userdel', 'groupdel', 'getent'])
      needProgram(work.machine, program);
    const shell = findProgram(work.machine, 'nologin') ?? needProgram(work.machine, 'false');
    refuseTaken(work, name, id ?? null);
    return { name, id: id ?? null, home, comment, shell };
  },
  perform: (_action, kept, work) => ({ left: make(work, kept), already: false, notUndone: null, output: '' }),
  differences: (kept, leftThere, { machine, record }) => {
    const line = lookUp(machine, 'passwd', kept.name);
    if (line === null) return [];
    const found: Difference[] = [];
    const note = (now: string, was: string) => found.push({ path: kept.name, what: 'state', left: was, now });
    if (leftThere !== null && record.marked('undoing') === null) {
      if (line !== leftThere.line) note(line.slice(0, 512), leftThere.line.slice(0, 512));
      if (isLocked(kept.name) !== leftThere.locked) note('password not locked', 'password locked');
    }
    const running = processesOf(uidOf(line));
    if (running > 0) note(`${running} processes run as it`, 'no process');
    const groups = furtherGroups(kept.name);
    if (groups.length > 0)
      note(`member of ${groups.join(' ').slice(0, 400)}`, 'member of its own group only');
    const home = lstatSync(kept.home, { throwIfNoEntry: false });
    if (home !== undefined && home.uid === uidOf(line)) note(`${kept.home} belongs to it`, 'no home');
    return found;
  },
  takeBack: (kept, _left, { machine, record }) => {
    record.mark('undoing', {});
    if (lookUp(machine, 'passwd', kept.name) !== null)
      mustRun(machine, { program: 'userdel', arguments: [kept.name] });
    machine.pause?.('account-gone');
    if (lookUp(machine, 'group', kept.name) !== null)
      mustRun(machine, { program: 'groupdel', arguments: [kept.name] });
    return `The account ${kept.name} is gone again.`;
  },
});
