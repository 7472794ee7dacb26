import { isWithin } from '#core/facts/profile/paths.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, labelOf, notSeen, sourceOf, unitOf } from './knowledge.ts';
import { ownUnitSteps } from './own-unit.ts';
import type { Part } from './part.ts';
import { accountFirst } from './personal.ts';
import { stateFiles } from './sandbox-lines.ts';
import { asRoot, dropInBack, dropInSteps, unitWord, wayBack } from './steps.ts';
import { pathPart } from './tree-access.ts';
import { placesOf } from './unit-places.ts';
import { changedSinceStart, isConfined } from './unit-sandbox.ts';

/** Places that a unit leaves writable under `ProtectSystem=strict`, with what is meant by each. */
function writableBySandbox(input: CheckInput, agent: Agent): Part[] | null {
  const unit = unitOf(input, agent.instance);
  if (unit === null || unit === 'unseen' || unit.properties.ProtectSystem !== 'strict') return null;
  const { workspace, configurationFolder: configuration } = agent.instance;
  const label = labelOf(input, agent.instance);
  const source = sourceOf(input, 'units');
  const state =
    configuration === null
      ? []
      : ['swarm-token', 'access.log', 'node_id'].map((name) => `${configuration}/${name}`);
  const listed = placesOf(unit, agent.instance.home);
  return listed.map((path): Part => {
    const what = `${label}${unit.name}: may write ${path}`;
    const isMeant =
      (workspace !== null && isWithin(path, workspace)) ||
      state.includes(path) ||
      isWithin(path, '/tmp') ||
      isWithin(path, '/var/tmp');
    if (isMeant)
      return { what, seen: 'workspace, declared state or temporary files', status: 'pass', source };
    return {
      what,
      seen: 'neither the workspace nor declared state',
      status: 'fix',
      severity: 'medium',
      source,
      headline: `The agent on ${input.nodeName} may write outside its workspace, in ${path}.`,
      steps: limitSteps(input, agent),
    };
  });
}

export const WORKSPACE_DROP_IN = '60-swarmkeep-workspace';

/** The one folder that an agent may write in, whether it is there or not. */
export const workspaceOf = ({ instance }: Agent): string =>
  instance.workspace ?? `${instance.home ?? '/home/mycoswarm'}/workspace`;

/** Makes the workspace. A place of `ReadWritePaths=` that is not there at the start stays read-only (systemd.exec(5)). */
export function workspaceStep(input: CheckInput, agent: Agent): FixStep {
  return asRoot(
    input,
    'Make one folder for the agent to write in',
  )`install -d -o ${agent.login} -g ${agent.account?.gid ?? agent.login} -m 0700 -- ${workspaceOf(agent)}`;
}

/** Lines of the section `[Service]` that let an agent write in its workspace and its access log only. */
export function workspaceLines(agent: Agent): string[] {
  const writable = [workspaceOf(agent), ...stateFiles(agent.instance)];
  return [
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    'PrivateTmp=yes',
    'ReadWritePaths=',
    `ReadWritePaths=${writable.map((path) => unitWord(`-${path}`)).join(' ')}`,
  ];
}

/** As the account itself, so that a link that the agent planted leads nowhere that it may not write. */
const MAKE_LOG = 'cd / && { test -e "$2" || runuser -u "$1" -- touch -- "$2"; }';

/** Folders and files first, then the limits that name them. */
function limitSteps(input: CheckInput, agent: Agent): FixStep[] {
  const { instance } = agent;
  const first = accountFirst(agent);
  if (first !== null) return first;
  if (instance.unit === null) return ownUnitSteps(input, instance);
  const [log = null] = stateFiles(instance);
  return [
    workspaceStep(input, agent),
    ...(log === null
      ? []
      : [
          asRoot(
            input,
            'Make the access log, if there is none yet',
          )`sh -c ${MAKE_LOG} sh ${agent.login} ${log}`,
        ]),
    ...dropInSteps(
      input,
      'Let it write in its workspace and its access log only',
      instance.unit,
      WORKSPACE_DROP_IN,
      workspaceLines(agent),
    ),
    ...wayBack(
      'The way back, if mycoSwarm does not start or a task fails: this takes the limits away',
      dropInBack(input, instance.unit, WORKSPACE_DROP_IN),
    ),
  ];
}

/** Whether the agent can write outside the workspace: in what its unit leaves writable, else in its home. */
export function writablePlaceParts(input: CheckInput, agent: Agent): Part[] {
  const { instance } = agent;
  const label = labelOf(input, instance);
  const confined = writableBySandbox(input, agent);
  const inForce = confined === null ? 'no' : isConfined(input, instance);
  if (confined !== null && inForce === 'yes') {
    return [
      {
        what: `${label}${instance.unit ?? ''}: ProtectSystem=strict`,
        seen: 'everything else is read-only to the running process',
        status: 'pass',
        source: sourceOf(input, 'units'),
      },
      ...confined,
    ];
  }
  if (confined !== null && inForce === 'unknown') {
    if (changedSinceStart(input, instance) === 'yes') {
      return [
        notSeen(
          input,
          `${label}${instance.unit ?? ''}: ProtectSystem=strict`,
          'changed since it was started: restart it',
          sourceOf(input, 'units'),
          `restart ${instance.unit ?? 'mycoSwarm'} and look again`,
        ),
        ...confined,
      ];
    }
    return [
      notSeen(
        input,
        `${label}${instance.unit ?? ''}: ProtectSystem=strict`,
        'whether it is in force on the running process could not be seen',
        sourceOf(input, 'processes'),
        AS_ADMINISTRATOR,
      ),
      ...confined,
    ];
  }
  if (unitOf(input, instance) === 'unseen') {
    return [
      notSeen(
        input,
        `${label}${instance.unit ?? ''}`,
        'where it may write could not be read',
        sourceOf(input, 'units'),
        AS_ADMINISTRATOR,
      ),
    ];
  }
  if (instance.home === null)
    return [
      notSeen(
        input,
        `${label}home of ${agent.name}`,
        'the table of accounts names none',
        sourceOf(input, 'accounts'),
        'say in Setup which account it uses',
      ),
    ];
  return [
    pathPart(input, agent, instance.home, {
      headline: `The agent on ${input.nodeName} writes wherever its account may, not only in a workspace.`,
      steps: () => limitSteps(input, agent),
    }),
  ];
}
