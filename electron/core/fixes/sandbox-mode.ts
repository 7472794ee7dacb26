import { type Agent, agentOf } from '#core/checks/agent.ts';
import { seen } from '#core/checks/knowledge.ts';
import { accountFirst } from '#core/checks/personal.ts';
import { forbiddenBy } from '#core/checks/sandbox-isolation.ts';
import {
  APPARMOR_DROP_IN,
  APPARMOR_LINES,
  APPARMOR_PROFILE,
  apparmorLines,
  NAMESPACES_SYSCTL,
  SANDBOX_DROP_IN,
  sandboxLines,
} from '#core/checks/sandbox-lines.ts';
import type { PlanProof, PlanSetting, PlanStep } from '#shared/domain/plan.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import { accessLogNeeds, accessLogSteps } from './access-log.ts';
import { type Needed, obstacleAt } from './at-path.ts';
import { dropInNeeds, systemUnit, targetsFor, writeDropIn } from './drop-in.ts';
import type { Fix, FixInput } from './fix.ts';
import { plainPlaceSteps } from './plain-places.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { settingFolderNeeds, settingFolderSteps } from './setting-folders.ts';
import {
  afterUndo,
  DAEMON_RESTART_SECONDS,
  makeDirectory,
  restartUnit,
  step,
  typed,
  writeFile,
} from './steps.ts';

type Known = Omit<FixInput, 'states'>;

/** Systems that forbid user namespaces except to programs with a profile; the Python of mycoSwarm then needs one. */
function needsProfile(input: Known, instance: InstanceProfile): boolean {
  const facts = seen(input, 'sandbox');
  const refused = facts?.instances.some((one) => one.instance === instance.id && one.unshare === 'refused');
  return (
    facts?.apparmorRestrictsUserNamespaces === true &&
    refused === true &&
    forbiddenBy(input, instance) === null
  );
}

/** An account of the agent alone, whose home can be the administrator's; a person needs to write in theirs. */
const isDedicated = (agent: Agent) =>
  agent.uid !== null && agent.account !== null && accountFirst(agent) === null;

function neededFor(input: Known, instance: InstanceProfile): Needed[] {
  const found = systemUnit(input, instance);
  if (!found.ok) return [];
  const cause = forbiddenBy(input, instance)?.cause;
  const agent = agentOf(input, instance);
  return [
    ...dropInNeeds(found.unit.name, [
      SANDBOX_DROP_IN,
      ...(needsProfile(input, instance) ? [APPARMOR_DROP_IN] : []),
    ]),
    ...accessLogNeeds(instance),
    ...(isDedicated(agent) ? settingFolderNeeds(input, agent) : []),
    ...(instance.workspace === null ? [] : [{ path: instance.workspace, kind: 'directory' } as const]),
    ...(cause?.includes('.') ? [{ path: NAMESPACES_SYSCTL, kind: 'file' } as const] : []),
    ...(needsProfile(input, instance) ? [{ path: APPARMOR_PROFILE, kind: 'file' } as const] : []),
  ];
}

/** Lets code be isolated again, where a switch of the system, a missing program or AppArmor forbids it. */
function isolationSteps(input: FixInput, instance: InstanceProfile): PlanStep[] {
  const forbidden = forbiddenBy(input, instance);
  if (forbidden?.cause === 'unshare')
    return [
      step(
        input,
        'Install unshare, with which mycoSwarm isolates code',
        { verb: 'install-packages', packages: ['util-linux'] },
        typed('apt-get', 'install', '-y', 'util-linux'),
        {
          needs: ['root', 'package', 'network'],
          undo: 'The packages that were not there before are removed.',
        },
      ),
    ];
  if (
    forbidden?.cause === 'user.max_user_namespaces' ||
    forbidden?.cause === 'kernel.unprivileged_userns_clone'
  ) {
    const value = forbidden.cause === 'user.max_user_namespaces' ? 4_096 : 1;
    return [
      ...writeFile(input, 'Keep user namespaces possible at every start', {
        path: NAMESPACES_SYSCTL,
        text: `${forbidden.cause} = ${value}\n`,
      }),
      step(
        input,
        'Allow user namespaces now: code of agents is isolated with them',
        { verb: 'set-kernel-switch', name: forbidden.cause, value },
        typed('sysctl', '-w', `${forbidden.cause}=${value}`),
        { undo: 'The switch gets back the value that it had.' },
      ),
    ];
  }
  if (!needsProfile(input, instance)) return [];
  return [
    ...writeFile(
      input,
      'Allow namespaces to the Python of mycoSwarm and to what it starts, and to nobody else',
      {
        path: APPARMOR_PROFILE,
        text: apparmorLines(instance)
          .map((line) => `${line}\n`)
          .join(''),
      },
    ),
    step(
      input,
      'Load that profile',
      { verb: 'load-apparmor-profile', path: APPARMOR_PROFILE },
      typed('apparmor_parser', '-r', '--', APPARMOR_PROFILE),
      { undo: 'The profile is taken out of the kernel.' },
    ),
  ];
}

/**
 * What the limits leave writable has to be there when they begin, and to lie where the agent cannot put a link in its place: systemd
 * would follow it, and open what it leads to.
 */
function placeSteps(input: FixInput, agent: Agent): PlanStep[] {
  const { uid, account, instance } = agent;
  return [
    ...(instance.workspace === null || uid === null
      ? []
      : makeDirectory(
          input,
          'Make one folder for the agent to write in',
          { path: instance.workspace, uid, gid: account?.gid ?? uid, mode: 0o700 },
          { undoable: false, undo: 'The folder stays, with what the agent put into it.' },
        )),
    ...accessLogSteps(input, agent),
    ...(isDedicated(agent) ? settingFolderSteps(input, agent) : []),
  ];
}

function whyNotConfined(input: FixInput, instance: InstanceProfile): string | null {
  const found = systemUnit(input, instance);
  if (!found.ok) return found.why;
  const cause = forbiddenBy(input, instance)?.cause;
  const manager = seen(input, 'updates')?.manager ?? null;
  if (cause === 'unshare' && manager !== 'apt')
    return 'The program unshare is missing, with which mycoSwarm isolates code, and with what it could be installed was not recognised. Install util-linux, then look again.';
  return null;
}

function settingOf(input: FixInput, instance: InstanceProfile, unit: string): PlanSetting {
  const places = instance.workspace ?? 'no folder';
  return {
    check: input.finding.check,
    setting: `Limits around ${unit}`,
    from: input.finding.summary,
    to: `the system and all homes read-only, no new rights, temporary files of its own; it may write in ${places} and its access log. Namespaces of users and networks stay possible, for code of agents is isolated with them${isDedicated(agentOf(input, instance)) ? '. Settings and plugins belong to the administrator' : ''}`,
    takesEffect: `when ${unit} is restarted, which this does`,
    recover: `Undo this change in Activity; at the machine: remove ${SANDBOX_DROP_IN}.conf from /etc/systemd/system/${unit}.d, then systemctl daemon-reload and restart`,
  };
}

/** Puts limits of the system around the daemon, and sees to it that code of agents is isolated all the same. */
export const sandboxModeFix: Fix = {
  check: 'sandbox-mode',
  words:
    'Puts the strongest limits of systemd around mycoSwarm under which it still isolates the code of its agents.',
  after: ['dedicated-user'],
  targets: (input) =>
    targetsFor(input.facts.profile.instances.flatMap((instance) => neededFor(input, instance))),
  plan: (input) => {
    const offered = whyNotOffered(input, ['units', 'processes', 'sandbox']);
    if (offered !== null) return notAutomatic(offered);
    const { instances } = input.facts.profile;
    for (const instance of instances) {
      const why = whyNotConfined(input, instance) ?? obstacleAt(input, neededFor(input, instance));
      if (why !== null) return notAutomatic(why);
    }
    const units = instances.flatMap((instance) => instance.unit ?? []);
    const steps = instances.flatMap((instance) => [
      ...isolationSteps(input, instance),
      ...placeSteps(input, agentOf(input, instance)),
      ...writeDropIn(input, `Put the limits around ${instance.unit ?? 'mycoSwarm'}`, {
        unit: instance.unit ?? '',
        name: SANDBOX_DROP_IN,
        lines: sandboxLines(instance),
      }),
      ...(needsProfile(input, instance)
        ? writeDropIn(input, 'Run it in the profile that allows namespaces', {
            unit: instance.unit ?? '',
            name: APPARMOR_DROP_IN,
            lines: APPARMOR_LINES,
          })
        : []),
    ]);
    return planned({
      title: 'Put limits around mycoSwarm that the system keeps',
      settings: instances.map((instance) => settingOf(input, instance, instance.unit ?? '')),
      steps: [
        afterUndo(input, { rereadUnits: true, units: units.map((unit) => ({ unit, action: 'restart' })) }),
        ...steps,
        ...instances.flatMap((instance) =>
          plainPlaceSteps(input, agentOf(input, instance), instance.workspace),
        ),
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
        { kind: 'check', check: 'sandbox-mode' },
        ...instances.flatMap(({ uid }): PlanProof[] =>
          uid === null ? [] : [{ kind: 'isolation', check: 'sandbox-mode', uid }],
        ),
      ],
      mayCutOff: false,
    });
  },
};
