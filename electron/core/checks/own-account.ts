import { invocationOf } from '#core/facts/profile/command.ts';
import { isWithin } from '#core/facts/profile/paths.ts';
import type { AccountFact } from '#shared/domain/facts/accounts.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import { type Agent, runningUids } from './agent.ts';
import type { CheckInput } from './check.ts';
import { seen, unitOf } from './knowledge.ts';
import { MOVED_PROGRAM, moveSteps } from './moved-copy.ts';
import {
  daemonOf,
  isInHome,
  noSystemd,
  placeInHome,
  programOf,
  switchSteps,
  unitLines,
  unitName,
} from './own-unit.ts';
import { isOfPerson, isPersonal } from './personal.ts';
import { gainOf } from './powers.ts';
import {
  asRoot,
  asUser,
  byHand,
  dropInBack,
  dropInSteps,
  execWord,
  takeFileBack,
  unitWord,
  wayBack,
  writeFileStep,
} from './steps.ts';

/** After the drop-ins of other steps, so that the places of the new account are the ones that stay open. */
export const ACCOUNT_DROP_IN = '65-swarmkeep-account';
/** Read as one account and written as the other: neither can be led to what it may not read or write. */
const COPY_FOLDER =
  'cd / && runuser -u "$1" -- tar -C "$2" -cf - . | runuser -u "$3" -- tar -C "$4" --no-same-owner -xf -';
const TRY_PROGRAM = 'cd / && runuser -u "$1" -- env HOME="$2" "$3" --help > /dev/null && echo "it starts"';
/** The system's own Python, which every node with mycoSwarm has; curl(1) is not everywhere. */
const ANSWERS =
  'for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do python3 -I -c "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=5).status)" "$1" 2> /dev/null && exit; sleep 1; done; echo "no answer"; exit 1';

/** The account that mycoSwarm moves to. */
export interface AccountTarget {
  name: string;
  group: string;
  home: string;
  /** It is there already, and made for nothing else. */
  exists: boolean;
}

/** Whether an account that exists may be taken: nobody's, without any power, and no other installation runs with it. */
function isFree(input: CheckInput, account: AccountFact): boolean {
  const taken = input.facts.profile.instances.flatMap((instance) => runningUids(input, instance));
  return (
    !isPersonal(account) &&
    account.password === 'locked' &&
    account.sudoRules?.length === 0 &&
    !account.groups.some((group) => gainOf(group) !== undefined) &&
    !taken.includes(account.uid)
  );
}

/** The account that an installation moves to: a free one of the usual name, else a new one. */
export function targetOf(input: CheckInput): AccountTarget {
  const accounts = seen(input, 'accounts')?.accounts ?? [];
  const groups = seen(input, 'accounts')?.groups ?? [];
  for (let number = 0; ; number += 1) {
    const name = number === 0 ? 'mycoswarm' : `mycoswarm-agent${number === 1 ? '' : number}`;
    const account = accounts.find((entry) => entry.name === name);
    if (account !== undefined && isFree(input, account))
      return { name, group: String(account.gid), home: account.home, exists: true };
    // useradd(8) refuses --user-group when a group of that name is there.
    if (account === undefined && !groups.some((group) => group.name === name))
      return { name, group: name, home: `/home/${name}`, exists: false };
  }
}

/** The words after the program, as the daemon was started; without a look at it, or with a place in a home, the usual ones. */
export function wordsOf(input: CheckInput, agent: Agent): string[] {
  const words = invocationOf(daemonOf(input, agent.instance)?.argv ?? [])?.words ?? [];
  const isPlain = words.length > 0 && words.every((word) => /^[A-Za-z0-9.:=_-]+$/.test(word));
  return isPlain ? [...words] : ['daemon', '--port', String(agent.instance.apiPort ?? 7890)];
}

function accountSteps(
  input: CheckInput,
  agent: Agent,
  { name, group, home, exists }: AccountTarget,
): FixStep[] {
  const { configurationFolder, workspace } = agent.instance;
  const copy = (text: string, from: string, to: string) =>
    asRoot(input, text)`sh -c ${COPY_FOLDER} sh ${agent.login} ${from} ${name} ${to}`;
  const folder = (text: string, path: string) =>
    asRoot(input, text)`install -d -o ${name} -g ${group} -m 0700 -- ${path}`;
  return [
    ...(exists
      ? []
      : [
          asRoot(
            input,
            'Make an account that is nobody else, without a password',
          )`useradd --create-home --user-group --shell /bin/bash --key UMASK=0077 ${name}`,
        ]),
    asRoot(input, `Close the home of ${name} to others`)`chmod 0700 -- ${home}`,
    folder('Make the one folder that it works in', `${home}/workspace`),
    ...(workspace === null
      ? []
      : [copy(`Take along what lies in ${visible(workspace)}`, workspace, `${home}/workspace`)]),
    ...(configurationFolder === null
      ? []
      : [
          folder('Make the folder above its settings', `${home}/.config`),
          folder('Make the folder for its settings', `${home}/.config/mycoswarm`),
          copy(
            'Take the settings, the secret and the plugins along',
            configurationFolder,
            `${home}/.config/mycoswarm`,
          ),
        ]),
  ];
}

/**
 * Lines of the section `[Service]` that let a unit run as the new account.
 * @param program words that start the daemon from its new place; null when it stays where it is
 */
export function accountLines(
  input: CheckInput,
  agent: Agent,
  target: AccountTarget,
  program: readonly string[] | null,
): string[] {
  const unit = unitOf(input, agent.instance);
  const properties = unit === null || unit === 'unseen' ? {} : unit.properties;
  const exec = [...(program ?? []), ...wordsOf(input, agent)].map(execWord).join(' ');
  const open = [`${target.home}/workspace`, `${target.home}/.config/mycoswarm/access.log`];
  return [
    `User=${target.name}`,
    `Group=${target.group}`,
    'SupplementaryGroups=',
    `Environment=${unitWord(`HOME=${target.home}`)}`,
    `WorkingDirectory=${target.home.replaceAll('%', '%%')}/workspace`,
    ...(program === null ? [] : ['ExecStart=', `ExecStart=${exec}`]),
    // Limits that were written for the old account would keep the new one from its own folders.
    ...(['yes', 'true', 'tmpfs'].includes(properties.ProtectHome ?? '') && isInHome(target.home)
      ? ['ProtectHome=read-only']
      : []),
    ...(properties.ProtectSystem === 'strict' || (properties.ProtectHome ?? 'no') !== 'no'
      ? [`ReadWritePaths=${open.map((path) => unitWord(`-${path}`)).join(' ')}`]
      : []),
  ];
}

/** Starts mycoSwarm as the new account, and the commands that take that back. */
function startSteps(
  input: CheckInput,
  agent: Agent,
  target: AccountTarget,
  moves: boolean,
): { steps: FixStep[]; back: FixStep[] } {
  const { instance } = agent;
  const unit = unitOf(input, instance);
  const isSystemUnit = instance.unit !== null && (unit === null || unit === 'unseen' || !unit.userUnit);
  if (instance.unit !== null && isSystemUnit)
    return {
      steps: dropInSteps(
        input,
        'Run it as that account',
        instance.unit,
        ACCOUNT_DROP_IN,
        accountLines(input, agent, target, moves ? [MOVED_PROGRAM] : null),
      ),
      back: dropInBack(input, instance.unit, ACCOUNT_DROP_IN),
    };
  const missing = noSystemd(input);
  if (missing !== null) return { steps: [missing], back: [] };
  const program = moves ? [MOVED_PROGRAM] : programOf(input, instance);
  if (program === null)
    return {
      steps: [byHand('Where the program of mycoSwarm lies was not seen. Say it in Setup, then look again.')],
      back: [],
    };
  const configurationFolder =
    instance.configurationFolder === null ? null : `${target.home}/.config/mycoswarm`;
  const moved: Agent = {
    ...agent,
    login: target.name,
    instance: { ...instance, home: target.home, configurationFolder },
  };
  const name = unitName(input, instance);
  const path = `/etc/systemd/system/${name}`;
  return {
    steps: [
      writeFileStep(
        input,
        'Write a unit that runs it as that account',
        path,
        unitLines(moved, program, `${target.home}/workspace`),
      ),
      ...(instance.unit === null
        ? []
        : [
            asRoot(
              input,
              `Stop the unit of ${agent.name} that runs it now, and let it start no more; tasks that are running are lost`,
            )`systemctl --user --machine=${`${agent.login}@`} disable --now -- ${instance.unit}`,
          ]),
      ...(instance.unit === null
        ? switchSteps(input, instance, name)
        : [
            asRoot(input, 'Let systemd read the new unit')`systemctl daemon-reload`,
            asRoot(
              input,
              'Start it, now and at every start of the machine',
            )`systemctl enable --now -- ${name}`,
          ]),
    ],
    back: [
      asRoot(input, 'Back')`systemctl disable --now -- ${name}`,
      takeFileBack(input, path),
      asRoot(input, 'Back')`systemctl daemon-reload`,
      ...(instance.unit === null
        ? []
        : [
            asRoot(
              input,
              'Back',
            )`systemctl --user --machine=${`${agent.login}@`} enable --now -- ${instance.unit}`,
          ]),
    ],
  };
}

function note(agent: Agent): FixStep[] {
  if (!isOfPerson(agent)) return [];
  return [
    byHand(
      agent.uid === 0
        ? 'mycoSwarm moves to an account of its own. The administrator account itself is not changed.'
        : `The account ${visible(agent.name)} is a person's: its groups, password, sudo rules, keys, home and the files in it are not changed by any of these steps. mycoSwarm moves to an account of its own.`,
    ),
  ];
}

/**
 * Steps that give an installation an account of its own and change nothing of the one that it has now: the account and its
 * folders, copies of settings and program that it can read, and only then the start. Ends with the way back.
 */
export function ownAccountSteps(input: CheckInput, agent: Agent): FixStep[] {
  const { instance } = agent;
  const target = targetOf(input);
  const lies = placeInHome(input, instance);
  const moves = lies !== undefined;
  const program = moves ? [MOVED_PROGRAM] : programOf(input, instance);
  const { steps, back } = startSteps(input, agent, target, moves);
  const login = visible(agent.login);
  const remains = [
    instance.configurationFolder,
    instance.workspace,
    ...(moves ? [instance.virtualEnvironment ?? lies] : []),
  ]
    .filter((path) => path !== null && !isWithin(path, target.home))
    .map((path) => visible(path ?? ''));
  return [
    ...note(agent),
    ...accountSteps(input, agent, target),
    ...(moves ? moveSteps(input, instance) : []),
    ...(program?.length === 1
      ? [
          asRoot(
            input,
            'See that the new account can start it',
          )`sh -c ${TRY_PROGRAM} sh ${target.name} ${target.home} ${program[0] ?? ''}`,
        ]
      : []),
    ...steps,
    asUser(
      'See that it answers: 200',
    )`sh -c ${ANSWERS} sh ${`http://127.0.0.1:${instance.apiPort ?? 7890}/health`}`,
    asRoot(input, 'See that it runs as the new account')`ps -o user:32=,pid=,args= -u ${target.name}`,
    ...(remains.length === 0
      ? []
      : [
          byHand(
            `The copies are what counts from now on. ${remains.join(', ')} stay where they are, for the way back; take them away when all has worked for a while.`,
          ),
        ]),
    ...(back.length === 0
      ? []
      : wayBack(
          `The way back, if mycoSwarm does not start: it then runs as ${login} again, as it did before`,
          back,
        )),
    ...(back.length === 0
      ? []
      : wayBack('The way back leaves the copies behind; these commands delete them', [
          ...(target.exists ? [] : [asRoot(input, 'Back')`userdel --remove -- ${target.name}`]),
          ...(moves ? [asRoot(input, 'Back')`rm -r -- /opt/mycoswarm`] : []),
        ])),
  ];
}
