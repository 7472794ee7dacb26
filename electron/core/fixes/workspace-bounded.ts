import { type Agent, agentOf } from '#core/checks/agent.ts';
import { filesByPath, seen } from '#core/checks/knowledge.ts';
import { accountFirst } from '#core/checks/personal.ts';
import { WORKSPACE_DROP_IN, workspaceLines, workspaceOf } from '#core/checks/writable-places.ts';
import type { TreeFact } from '#shared/domain/facts/files.ts';
import type { PlanSetting, PlanStep } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { accessLogNeeds, accessLogSteps } from './access-log.ts';
import { type Needed, obstacleAt } from './at-path.ts';
import { dropInNeeds, systemUnit, targetsFor, writeDropIn } from './drop-in.ts';
import type { Fix, FixInput } from './fix.ts';
import { closeHomesSteps, homeNeeds } from './other-homes.ts';
import { plainPlaceSteps } from './plain-places.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { settingFolderNeeds, settingFolderSteps } from './setting-folders.ts';
import { afterUndo, DAEMON_RESTART_SECONDS, makeDirectory, restartUnit, setAttributes } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

const agentsOf = (input: Known) => input.facts.profile.instances.map((instance) => agentOf(input, instance));

function neededFor(input: Known, agent: Agent): Needed[] {
  const found = systemUnit(input, agent.instance);
  return [
    ...settingFolderNeeds(input, agent),
    { path: workspaceOf(agent), kind: 'directory' },
    ...accessLogNeeds(agent.instance),
    ...(found.ok ? dropInNeeds(found.unit.name, [WORKSPACE_DROP_IN]) : []),
  ];
}

function workspaceTree(input: Known, { instance }: Agent): TreeFact | undefined {
  return seen(input, 'files')?.trees.find(
    (tree) => tree.purpose === 'workspace' && tree.instance === instance.id,
  );
}

/** Why a program cannot bound this agent; null when it can. */
function whyNotBounded(input: FixInput, agent: Agent): string | null {
  const [first] = accountFirst(agent) ?? [];
  if (first !== undefined) return first.text;
  if (agent.uid === null || agent.account === null)
    return 'The account of mycoSwarm is not known. Look at this node as administrator first.';
  const found = systemUnit(input, agent.instance);
  if (!found.ok) return found.why;
  const tree = workspaceTree(input, agent);
  const leaving =
    (tree?.linksOutCount ?? 0) +
    (tree?.hardLinksCount ?? 0) +
    (tree?.special.length ?? 0) +
    (tree?.mounts.length ?? 0);
  if (leaving > 0)
    return `In ${visible(workspaceOf(agent))} ${leaving === 1 ? 'one thing leads' : `${leaving} things lead`} out of it, and a program cannot know which of them you need. Look at each of them by the steps of the finding, then plan this again.`;
  if (filesByPath(input).get(workspaceOf(agent))?.kind === 'link')
    return 'The workspace is a link, which no program follows. Name the real folder in Setup.';
  return null;
}

/** Programs in the workspace that run with other rights lose these. */
function setuidSteps(input: FixInput, agent: Agent): PlanStep[] {
  return (workspaceTree(input, agent)?.setuid ?? []).flatMap(({ path, uid, gid, mode }) =>
    setAttributes(
      input,
      'Take the mark off by which a program runs with the rights of its owner',
      path,
      { uid, gid, mode },
      { uid, gid, mode: mode & ~0o6000 },
    ),
  );
}

function boundSteps(input: FixInput, agent: Agent): PlanStep[] {
  const { uid, account, instance } = agent;
  const own = { uid: uid ?? 0, gid: account?.gid ?? uid ?? 0 };
  return [
    ...makeDirectory(
      input,
      'Make one folder for the agent to write in',
      {
        path: workspaceOf(agent),
        ...own,
        mode: 0o700,
      },
      { undoable: false, undo: 'The folder stays, with what the agent put into it.' },
    ),
    ...setuidSteps(input, agent),
    ...accessLogSteps(input, agent),
    ...settingFolderSteps(input, agent),
    ...writeDropIn(input, 'Let it write in its workspace and its access log only', {
      unit: instance.unit ?? '',
      name: WORKSPACE_DROP_IN,
      lines: workspaceLines(agent),
    }),
  ];
}

function settingOf(input: FixInput, agent: Agent): PlanSetting {
  return {
    check: input.finding.check,
    setting: `Where ${agent.name} may write`,
    from: input.finding.summary,
    to: `${workspaceOf(agent)}, its access log and temporary files of its own. Settings and plugins belong to the administrator`,
    takesEffect: 'when mycoSwarm is restarted, which this does',
    recover: 'Undo this change in Activity: owners, modes and the unit are as they were',
  };
}

/** One folder to write in: settings and plugins become the administrator's, and the unit leaves nothing else writable. */
export const workspaceBoundedFix: Fix = {
  check: 'workspace-bounded',
  words:
    'Gives the agent one folder to write in, and takes settings, plugins and other homes out of its reach.',
  after: ['dedicated-user', 'sandbox-mode'],
  targets: (input) => {
    const agents = agentsOf(input);
    return [
      ...targetsFor(agents.flatMap((agent) => neededFor(input, agent))),
      ...targetsFor(homeNeeds(input, agents)),
      ...agents.flatMap((agent) =>
        (workspaceTree(input, agent)?.setuid ?? []).map(({ path }) => ({ path, text: false })),
      ),
    ];
  },
  plan: (input) => {
    const offered = whyNotOffered(input, ['accounts', 'files', 'units']);
    if (offered !== null) return notAutomatic(offered);
    const agents = agentsOf(input);
    for (const agent of agents) {
      const why = whyNotBounded(input, agent) ?? obstacleAt(input, neededFor(input, agent));
      if (why !== null) return notAutomatic(why);
    }
    const blocked = obstacleAt(input, homeNeeds(input, agents));
    if (blocked !== null) return notAutomatic(blocked);
    const units = [...new Set(agents.flatMap(({ instance }) => instance.unit ?? []))];
    return planned({
      title: 'Give mycoSwarm one folder to write in',
      settings: agents.map((agent) => settingOf(input, agent)),
      steps: [
        afterUndo(input, { rereadUnits: true, units: units.map((unit) => ({ unit, action: 'restart' })) }),
        ...agents.flatMap((agent) => boundSteps(input, agent)),
        ...closeHomesSteps(input, agents),
        ...agents.flatMap((agent) => plainPlaceSteps(input, agent, workspaceOf(agent))),
        ...units.map((unit) =>
          restartUnit(
            input,
            unit,
            DAEMON_RESTART_SECONDS,
            'limits hold from the start; tasks that are running are lost',
          ),
        ),
      ],
      proofs: [
        { kind: 'check', check: 'workspace-bounded' },
        ...agents.flatMap(({ uid }) =>
          uid === null ? [] : [{ kind: 'isolation' as const, check: 'workspace-bounded' as const, uid }],
        ),
      ],
      mayCutOff: false,
    });
  },
};
