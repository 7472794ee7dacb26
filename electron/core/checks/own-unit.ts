import { baseName, invocationOf, roleOfCommand } from '#core/facts/profile/command.ts';
import { absoluteFrom, isWithin } from '#core/facts/profile/paths.ts';
import type { ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import { type Agent, agentOf, processesOf } from './agent.ts';
import type { CheckInput } from './check.ts';
import { seen } from './knowledge.ts';
import { MOVED_PROGRAM, moveSteps } from './moved-copy.ts';
import { accountFirst } from './personal.ts';
import { asRoot, byHand, execWord, unitWord, writeFileStep } from './steps.ts';
import { mainProcesses } from './unit-sandbox.ts';

/** Folders that `ProtectHome=` takes away (systemd.exec(5)). */
const HOMES = ['/home', '/root', '/run/user'];
export const isInHome = (path: string) => HOMES.some((home) => isWithin(path, home));

/** Why a unit is no way out on this node; null when systemd runs there. */
export function noSystemd(input: CheckInput): FixStep | null {
  const init = seen(input, 'identity')?.init;
  const units = seen(input, 'units')?.systemd;
  if (init === 'systemd' || (init === undefined && units === true)) return null;
  if (init === undefined && units === undefined)
    return byHand(
      'Whether this node has systemd was not seen, so no command is shown. Look at it as administrator first.',
      true,
    );
  return byHand(
    `This node has no systemd${init === undefined ? '' : ` (its first process is ${init})`}, so no unit can hold mycoSwarm. Move mycoSwarm to a machine with systemd, or run it in a container with a read-only root, no capabilities, no-new-privileges and only the workspace mounted writable.`,
    true,
  );
}

/** The process of an installation that serves the API, when it was seen. */
export function daemonOf(input: CheckInput, instance: InstanceProfile): ProcessFact | null {
  return (
    processesOf(input, instance).find(
      (process) => roleOfCommand(process.argv, process.executable) === 'daemon',
    ) ?? null
  );
}

/**
 * Without it `-m` loads what lies in the folder where Python is started, which is the workspace (python(1), "-I"). With it
 * packages in the home of the account are not found, so it is left out where nobody knows where the packages are.
 */
function isolation({ home, sitePackages }: InstanceProfile): string[] {
  return sitePackages !== null && (home === null || !isWithin(sitePackages, home)) ? ['-I'] : [];
}

/**
 * The words that start the daemon, without its options: the console script as it was seen, else the interpreter with
 * `-m`, else the script of the virtual environment.
 */
export function programOf(input: CheckInput, instance: InstanceProfile): string[] | null {
  const daemon = daemonOf(input, instance);
  const invocation = daemon === null ? null : invocationOf(daemon.argv);
  if (daemon !== null && invocation !== null) {
    const path = absoluteFrom(daemon.workingDirectory, invocation.program);
    if (path !== null && /^mycoswarm$/i.test(baseName(path))) return [path];
    if (path !== null) return [path, ...isolation(instance), '-m', 'mycoswarm'];
  }
  return instance.virtualEnvironment === null ? null : [`${instance.virtualEnvironment}/bin/mycoswarm`];
}

/** A name for a unit of an installation that no other unit has. */
export function unitName(input: CheckInput, instance: InstanceProfile): string {
  const others = input.facts.profile.instances.filter((other) => other.id !== instance.id);
  const taken = seen(input, 'units')?.units.some((unit) => unit.name === 'mycoswarm.service') ?? false;
  return taken || others.some((other) => other.unit === null)
    ? `mycoswarm-${instance.apiPort ?? 7890}.service`
    : 'mycoswarm.service';
}

/** A value that takes no quotes, such as `WorkingDirectory=`: only specifiers are escaped (systemd.unit(5)). */
const bare = (text: string) => text.replaceAll('%', '%%');

/** Limits that mycoSwarm never notices, wherever its files lie (systemd.exec(5), "Sandboxing"). */
export const LIMITS: readonly string[] = [
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectControlGroups=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'LockPersonality=yes',
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'RestrictSUIDSGID=yes',
  'RestrictRealtime=yes',
];

/**
 * The unit file for an installation that was started by hand, with every limit that its checks ask for and with the
 * namespaces that mycoSwarm isolates code with.
 * @param program words that start the daemon, before `daemon`
 * @param workspace absolute path; it must exist when the unit starts
 */
export function unitLines(
  agent: Pick<Agent, 'login' | 'instance'>,
  program: readonly string[],
  workspace: string,
  outside: readonly string[] = [],
): string[] {
  const { instance } = agent;
  const state = instance.configurationFolder === null ? [] : [`${instance.configurationFolder}/access.log`];
  const read = [
    ...program,
    workspace,
    ...state,
    ...outside,
    ...(instance.home === null ? [] : [instance.home]),
  ];
  const exec = [...program, 'daemon', '--port', String(instance.apiPort ?? 7890)].map(execWord).join(' ');
  return [
    '[Unit]',
    'Description=mycoSwarm node',
    'Wants=network-online.target',
    'After=network-online.target',
    '[Service]',
    `User=${bare(agent.login)}`,
    ...(instance.home === null ? [] : [`Environment=${unitWord(`HOME=${instance.home}`)}`]),
    `WorkingDirectory=${bare(workspace)}`,
    `ExecStart=${exec}`,
    'Restart=on-failure',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    // What lies in a home must stay readable, else the unit could not start.
    `ProtectHome=${read.some(isInHome) ? 'read-only' : 'yes'}`,
    ...LIMITS,
    'RestrictNamespaces=user net',
    'SystemCallArchitectures=native',
    'UMask=0077',
    `ReadWritePaths=${[workspace, ...state].map((path) => unitWord(`-${path}`)).join(' ')}`,
    '[Install]',
    'WantedBy=multi-user.target',
  ];
}

/** Ends what runs now and starts the unit in its place. */
export function switchSteps(input: CheckInput, instance: InstanceProfile, name: string): FixStep[] {
  const processes = mainProcesses(input, instance);
  const pids = processes.map((process) => process.pid);
  const dashboards = processes.filter(
    (process) => roleOfCommand(process.argv, process.executable) === 'dashboard',
  );
  return [
    ...pids.map(
      (pid) => asRoot(input, `Stop what runs now (pid ${pid}); tasks that are running are lost`)`kill ${pid}`,
    ),
    byHand(
      'Take away what started it until now: a line in a crontab, a script at login, an open terminal. Else there will be two of them.',
    ),
    ...(dashboards.length === 0
      ? []
      : [
          byHand(
            'The dashboard ran too, and this unit does not start it. If you need it, copy the unit under another name with "dashboard" in place of "daemon", and its own port.',
            true,
          ),
        ]),
    asRoot(input, 'Let systemd read the new unit')`systemctl daemon-reload`,
    asRoot(input, 'Start it, now and at every start of the machine')`systemctl enable --now -- ${name}`,
    asRoot(input, 'See that it runs')`systemctl status --no-pager -- ${name}`,
  ];
}

/** The first place in a home from which mycoSwarm is loaded; undefined when there is none. */
export function placeInHome(input: CheckInput, instance: InstanceProfile): string | undefined {
  const { source, virtualEnvironment, sitePackages } = instance;
  const places = [...(programOf(input, instance) ?? []), source, virtualEnvironment, sitePackages];
  return places.filter((path) => path !== null).find((path) => path.startsWith('/') && isInHome(path));
}

/**
 * Steps that turn an installation without a unit into one with a unit that keeps limits around it: the program out of
 * homes first, then the unit, then the change from the old process to the new one. Never a unit that cannot start: without
 * systemd, without a known program or account they say what is missing.
 * @param mustMove the program has to leave the place where it lies, whatever that place is
 */
export function ownUnitSteps(input: CheckInput, instance: InstanceProfile, mustMove = false): FixStep[] {
  const missing = noSystemd(input);
  if (missing !== null) return [...(mustMove ? moveSteps(input, instance) : []), missing];
  const agent = agentOf(input, instance);
  if (agent.uid === null)
    return [
      byHand(
        'The account of mycoSwarm is not known. First look at this node as administrator, then look here again.',
        true,
      ),
    ];
  const first = accountFirst(agent);
  if (first !== null) return first;
  const found = programOf(input, instance);
  const lies = placeInHome(input, instance);
  const moves = mustMove || lies !== undefined;
  const program = moves ? [MOVED_PROGRAM] : found;
  if (program === null)
    return [byHand('Where the program of mycoSwarm lies was not seen. Say it in Setup, then look again.')];
  const workspace = instance.workspace ?? `${instance.home ?? '/var/lib/mycoswarm'}/workspace`;
  const executable = daemonOf(input, instance)?.executable ?? null;
  const name = unitName(input, instance);
  const group = agent.account?.gid ?? agent.login;
  return [
    ...(lies === undefined
      ? []
      : [byHand(`The program lies in a home, in ${lies}. It moves out of there first.`)]),
    ...(moves ? moveSteps(input, instance) : []),
    asRoot(
      input,
      'Make the one folder that it may write in',
    )`install -d -o ${agent.login} -g ${group} -m 0700 -- ${workspace}`,
    writeFileStep(
      input,
      'Write a unit for it: systemd then keeps the limits, whatever the program does',
      `/etc/systemd/system/${name}`,
      unitLines(agent, program, workspace, moves || executable === null ? [] : [executable]),
    ),
    ...switchSteps(input, instance, name),
  ];
}
