import { type Agent, agentOf } from '#core/checks/agent.ts';
import { seen } from '#core/checks/knowledge.ts';
import { ACCOUNT_DROP_IN, type AccountTarget, accountLines, targetOf } from '#core/checks/own-account.ts';
import type { PlanSetting, PlanStep } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { expectedAt, type Needed } from './at-path.ts';
import { dropInFolder, dropInPath, dropInText, systemUnit } from './drop-in.ts';
import type { FixInput } from './fix.ts';
import { needsNewAccount } from './kept-account.ts';
import { copyNeeds, copyOf, copySteps, liesInHome, type ProgramCopy, whyPlaceUnfit } from './program-copy.ts';
import {
  afterUndo,
  DAEMON_RESTART_SECONDS,
  makeDirectory,
  rereadUnits,
  restartUnit,
  said,
  step,
  typed,
  writeFile,
} from './steps.ts';

type Known = Omit<FixInput, 'states'>;

/** The move of one installation to an account of its own. */
export interface Move {
  agent: Agent;
  target: AccountTarget;
  /** Number of the account and of its group. */
  id: number;
  gid: number;
  unit: string;
  copy: ProgramCopy | null;
  needs: readonly Needed[];
  /** The agent as it is after the move. */
  newAgent: Agent;
  whyUnfit(input: FixInput): string | null;
}

/** mycoSwarm writes in its copies from its first minute, and what somebody wrote is not deleted by an undo. */
const STAYS = {
  undoable: false,
  undo: 'It stays, with what was written there since; the original was never touched, and counts again.',
} as const;

/** Numbers of system accounts that useradd(8) gives out, highest first; the lowest hundred are the distribution's own. */
const HIGHEST_SYSTEM_ID = 999;
const LOWEST_SYSTEM_ID = 200;

/** A number that neither an account, nor a group, nor a running program has. */
function freeId(input: Known): number | null {
  const accounts = seen(input, 'accounts');
  if (accounts?.groups == null) return null;
  const taken = new Set([
    ...accounts.accounts.flatMap(({ uid, gid }) => [uid, gid]),
    ...accounts.groups.map(({ gid }) => gid),
    ...(seen(input, 'processes')?.processes ?? []).flatMap(({ uid, gid }) => [uid, gid]),
  ]);
  for (let id = HIGHEST_SYSTEM_ID; id >= LOWEST_SYSTEM_ID; id -= 1) if (!taken.has(id)) return id;
  return null;
}

const runtimeFolder = (unit: string) => `/run/systemd/system/${unit}.d`;
const runtimePath = (unit: string) => `${runtimeFolder(unit)}/${ACCOUNT_DROP_IN}.conf`;

function movedAgent(agent: Agent, target: AccountTarget, id: number, gid: number): Agent {
  return {
    ...agent,
    name: target.name,
    login: target.name,
    uid: id,
    account:
      agent.account === null
        ? null
        : { ...agent.account, name: target.name, uid: id, gid, home: target.home },
    entries: [],
    groupIds: new Set([gid]),
    groupNames: [target.name],
    powers: [],
    doubts: [],
    canBe: (other) => other === id,
  };
}

function moveNeeds(agent: Agent, target: AccountTarget, unit: string, copy: ProgramCopy | null): Needed[] {
  const { configurationFolder, workspace } = agent.instance;
  const { home, exists } = target;
  return [
    exists ? { path: home, kind: 'directory' } : { path: home, kind: 'directory', there: false },
    { path: `${home}/workspace`, kind: 'directory', ...(workspace === null ? {} : { there: false }) },
    ...(workspace === null ? [] : [{ path: workspace, kind: 'directory', there: true } as const]),
    ...(configurationFolder === null
      ? []
      : ([
          { path: configurationFolder, kind: 'directory', there: true },
          { path: `${home}/.config`, kind: 'directory' },
          { path: `${home}/.config/mycoswarm`, kind: 'directory', there: false },
        ] as const)),
    { path: runtimeFolder(unit), kind: 'directory' },
    { path: runtimePath(unit), kind: 'file' },
    { path: dropInFolder(unit), kind: 'directory' },
    { path: dropInPath(unit, ACCOUNT_DROP_IN), kind: 'file' },
    ...(copy === null ? [] : copyNeeds(copy)),
  ];
}

/** The move that the node needs, or why a program cannot make it; null when no installation was found to need one. */
export function moveOf(input: Known): { ok: true; move: Move } | { ok: false; why: string } | null {
  const agents = input.facts.profile.instances.map((instance) => agentOf(input, instance));
  const [agent, second] = agents.filter(needsNewAccount);
  if (agent === undefined) return null;
  if (second !== undefined || input.facts.profile.omitted !== undefined)
    return {
      ok: false,
      why: 'Several installations of mycoSwarm need an account here, and which of them belong together only you know. Take the steps of the finding by hand.',
    };
  if (agent.uid === null)
    return {
      ok: false,
      why: 'The account of mycoSwarm is not known. Look at this node as administrator first.',
    };
  const found = systemUnit(input, agent.instance);
  if (!found.ok) return found;
  if (found.unit.properties.DynamicUser === 'yes')
    return {
      ok: false,
      why: `${visible(found.unit.name)} makes an account for each run by itself (DynamicUser=). Take the steps of the finding by hand.`,
    };
  const target = targetOf(input);
  const account = seen(input, 'accounts')?.accounts.find(({ name }) => name === target.name);
  const id = target.exists ? (account?.uid ?? null) : freeId(input);
  if (id === null)
    return {
      ok: false,
      why: 'Which numbers of accounts are free was not seen. Look at this node as administrator first.',
    };
  const answer = liesInHome(input, agent.instance) ? copyOf(input, agent.instance) : null;
  if (answer !== null && !answer.ok) return answer;
  const copy = answer?.copy ?? null;
  const gid = target.exists ? (account?.gid ?? id) : id;
  return {
    ok: true,
    move: {
      agent,
      target,
      id,
      gid,
      unit: found.unit.name,
      copy,
      needs: moveNeeds(agent, target, found.unit.name, copy),
      newAgent: movedAgent(agent, target, id, gid),
      whyUnfit: (whole) => (copy === null ? null : whyPlaceUnfit(whole)),
    },
  };
}

function accountSteps(input: FixInput, { target, id }: Move): PlanStep[] {
  if (target.exists) return [];
  return [
    step(
      input,
      'Make an account that is nobody else: no password, no login, no numbers besides its own',
      { verb: 'create-account', name: target.name, id, home: target.home, comment: 'mycoSwarm agent' },
      typed(
        'useradd',
        '--system',
        '--user-group',
        '--no-create-home',
        '--home-dir',
        target.home,
        '--shell',
        '/usr/sbin/nologin',
        '--uid',
        String(id),
        target.name,
      ),
      {
        undoable: false,
        undo: `The account ${target.name} stays, locked and with no program running as it, for what it wrote still belongs to it. When you need that no more: userdel --remove ${target.name}`,
      },
    ),
  ];
}

function copyStep(input: FixInput, move: Move, title: string, from: string, to: string): PlanStep {
  return step(
    input,
    title,
    { verb: 'copy-tree', from, path: to, uid: move.id, gid: move.gid, expect: expectedAt(input, from) },
    said(
      `${from} is copied to ${to}, owned by ${move.target.name}. The original stays where it is, as it is.`,
    ),
    STAYS,
  );
}

/** Home and data of the new account: copies, so that the way back is the old account as it was. */
function homeSteps(input: FixInput, move: Move): PlanStep[] {
  const { agent, target, id: uid, gid } = move;
  const { configurationFolder, workspace } = agent.instance;
  const folder = (title: string, path: string, mode: number) =>
    makeDirectory(input, title, { path, uid, gid, mode }, STAYS);
  return [
    ...folder('Make its home, closed to others', target.home, 0o750),
    ...(workspace === null
      ? folder('Make the one folder that it works in', `${target.home}/workspace`, 0o700)
      : [
          copyStep(
            input,
            move,
            'Take along what lies in its folder to work in',
            workspace,
            `${target.home}/workspace`,
          ),
        ]),
    ...(configurationFolder === null
      ? []
      : [
          ...folder('Make the folder above its settings', `${target.home}/.config`, 0o750),
          copyStep(
            input,
            move,
            'Take the settings, the secret and the plugins along',
            configurationFolder,
            `${target.home}/.config/mycoswarm`,
          ),
        ]),
  ];
}

/**
 * The whole move: account, copies, and a start as that account. What starts it lies below /run first, which a reboot
 * forgets; only when the change is kept it is written where it lasts.
 */
export function moveSteps(input: FixInput, move: Move): PlanStep[] {
  const { agent, target, unit, copy } = move;
  const lines = accountLines(input, agent, target, copy?.program ?? null);
  const text = dropInText(lines);
  return [
    ...accountSteps(input, move),
    ...homeSteps(input, move),
    ...(copy === null ? [] : copySteps(input, copy)),
    // Taken back before account and copies go: nothing may run as an account that is deleted.
    afterUndo(input, { rereadUnits: true, units: [{ unit, action: 'restart' }] }),
    ...makeDirectory(input, `Make a folder for settings of ${unit} until the next start of the machine`, {
      path: runtimeFolder(unit),
    }),
    ...writeFile(input, 'Run it as that account, until the next start of the machine', {
      path: runtimePath(unit),
      text,
    }),
    restartUnit(
      input,
      unit,
      DAEMON_RESTART_SECONDS,
      'it then runs as the new account; tasks that are running are lost',
    ),
    ...makeDirectory(
      input,
      `Make a folder for your own settings of ${unit}`,
      { path: dropInFolder(unit) },
      { phase: 'when-kept' },
    ),
    ...writeFile(
      input,
      'Run it as that account at every start',
      { path: dropInPath(unit, ACCOUNT_DROP_IN), text },
      { phase: 'when-kept' },
    ),
    rereadUnits(input, { phase: 'when-kept' }),
  ];
}

/** What the card says about the move. */
export function moveRows(input: FixInput, { agent, target, id, copy, unit }: Move): PlanSetting[] {
  const { check } = input.finding;
  const recover = `Undo this change in Activity: ${unit} then runs as ${agent.name} again, from where it was`;
  const { configurationFolder } = agent.instance;
  return [
    {
      check,
      setting: `The account of ${unit}`,
      from: agent.name,
      to: `${target.name} (uid ${id}), ${target.exists ? 'which is there already and has no power of its own' : 'made for this alone, without a password'}. ${agent.name} itself is not changed`,
      takesEffect: 'at once; at every start only after you kept it',
      recover,
    },
    {
      check,
      setting: 'Its settings, secret and data',
      from: configurationFolder ?? 'not known',
      to: `copies in ${target.home}; the originals stay until you take them away`,
      takesEffect: 'at once',
      recover,
    },
    ...(copy === null
      ? []
      : [
          {
            check,
            setting: 'The program itself',
            from: copy.trees.map((tree) => tree.from).join(', '),
            to: `a copy in ${copy.trees.map((tree) => tree.to).join(', ')} that only the administrator can change. Compare it with the released version: until now the agent could change it`,
            takesEffect: 'at once',
            recover,
          },
        ]),
  ];
}
