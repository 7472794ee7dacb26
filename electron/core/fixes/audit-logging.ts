import { type Agent, agentOf } from '#core/checks/agent.ts';
import { ioUringPart } from '#core/checks/audit-logging.ts';
import { RULES_FILE, rulesFor } from '#core/checks/audit-rule-parts.ts';
import { seen } from '#core/checks/knowledge.ts';
import { isOfPerson } from '#core/checks/personal.ts';
import type { AuditFacts } from '#shared/domain/facts/software.ts';
import type { PlanSetting, PlanStep } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { type Needed, obstacleAt } from './at-path.ts';
import { dropInNeeds, systemUnit, targetsFor, writeDropIn } from './drop-in.ts';
import type { Fix, FixInput } from './fix.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import {
  afterUndo,
  DAEMON_RESTART_SECONDS,
  makeDirectory,
  restartUnit,
  setAttributes,
  step,
  typed,
  writeFile,
} from './steps.ts';

type Known = Omit<FixInput, 'states'>;
type Auditd = NonNullable<AuditFacts['auditd']>;

const IO_URING_SYSCTL = '/etc/sysctl.d/60-swarmkeep-io-uring.conf';
const IO_URING_DROP_IN = '60-swarmkeep-io-uring';
/** A call that is filtered fails with an error, as it does where the kernel has none; it does not end the program. */
const IO_URING_LINES = [
  'SystemCallFilter=~io_uring_setup io_uring_enter io_uring_register',
  'SystemCallErrorNumber=EPERM',
];
const JOURNAL_FOLDER = '/etc/systemd/journald.conf.d';
const JOURNAL_FILE = `${JOURNAL_FOLDER}/60-swarmkeep.conf`;
const JOURNAL_LINES = ['[Journal]', 'Storage=persistent', 'SystemMaxUse=1G', 'MaxRetentionSec=3month'];

const agentsOf = (input: Known) => input.facts.profile.instances.map((instance) => agentOf(input, instance));
const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

/** How io_uring is kept from an agent: by the switch of the kernel, by its unit, or not at all because nothing is to do. */
function ioUringBy(input: Known, agent: Agent): 'switch' | 'unit' | null {
  const audit = seen(input, 'audit');
  if (audit === null) return null;
  const { status } = ioUringPart(input, agent, audit);
  if (status === 'pass') return null;
  return audit.ioUringDisabled === null ? 'unit' : 'switch';
}

/** Only io_uring is not known, on a kernel without a switch for it: its unit then refuses it, and that is seen. */
function isIoUringAlone(input: Known): boolean {
  const doubts = input.finding.evidence.filter(({ status }) => status === 'unknown');
  return doubts.length > 0 && doubts.every(({ what }) => /(^|: )io_uring$/.test(what));
}

/** The journal is forgotten at every start. */
const isForgetful = (input: Known) => seen(input, 'audit')?.journal?.persistent === false;

function unitsFor(input: Known): string[] {
  return agentsOf(input)
    .filter((agent) => ioUringBy(input, agent) === 'unit')
    .flatMap(({ instance }) => {
      const found = systemUnit(input, instance);
      return found.ok ? [found.unit.name] : [];
    });
}

function neededFor(input: Known): Needed[] {
  const agents = agentsOf(input);
  return [
    { path: RULES_FILE, kind: 'file' },
    ...(agents.some((agent) => ioUringBy(input, agent) === 'switch')
      ? [{ path: IO_URING_SYSCTL, kind: 'file' } as const]
      : []),
    ...unitsFor(input).flatMap((unit) => dropInNeeds(unit, [IO_URING_DROP_IN])),
    ...(isForgetful(input)
      ? ([
          { path: JOURNAL_FOLDER, kind: 'directory' },
          { path: JOURNAL_FILE, kind: 'file' },
        ] as const)
      : []),
  ];
}

function whyNotRecorded(input: FixInput, auditd: Auditd | null): string | null {
  if (auditd === null)
    return 'What records the agent was not seen. Look at this node as administrator first.';
  for (const agent of agentsOf(input)) {
    if (agent.uid === null)
      return 'The account of mycoSwarm is not known. Look at this node as administrator first.';
    if (isOfPerson(agent))
      return `mycoSwarm runs as ${visible(agent.name)}, and these rules would record every file that the person opens too. First give it an account of its own, as "Its own account" does, then look again.`;
  }
  if (auditd.enabled === 2)
    return 'The rules in force are locked until the machine starts again. Take the steps of the finding by hand, and restart the machine.';
  const manager = seen(input, 'updates')?.manager ?? null;
  if (!auditd.installed && manager !== 'apt')
    return 'The recorder auditd is not on this node, and with what it could be installed was not recognised. Install it (the package is called audit on Fedora, Arch and openSUSE), then look again.';
  if ((seen(input, 'identity')?.init ?? 'systemd') !== 'systemd')
    return 'This node has no systemd, so nothing would start the recorder. Take the steps of the finding by hand.';
  return null;
}

/** Installs and starts the recorder, and gives its file to the administrator. */
function recorderSteps(input: FixInput, { installed, running, logFile }: Auditd): PlanStep[] {
  const isReachable =
    logFile !== null &&
    (agentsOf(input).some((agent) => agent.canBe(logFile.uid)) || (logFile.mode & 0o002) !== 0);
  return [
    ...(installed
      ? []
      : [
          step(
            input,
            'Install the recorder, auditd',
            { verb: 'install-packages', packages: ['auditd'] },
            typed('apt-get', 'install', '-y', 'auditd'),
            {
              needs: ['root', 'package', 'network'],
              undo: 'The packages that were not there before are removed. With them goes what was recorded in /var/log/audit, so save it before if you need it. The kernel’s own switch for records goes off, unless others need it: then it stays on, and the undo says so.',
            },
          ),
        ]),
    ...(running
      ? []
      : [
          step(
            input,
            'Start the recorder, now and at every start',
            { verb: 'set-unit', unit: 'auditd.service', enabled: true, action: 'start', reread: false },
            typed('systemctl', 'enable', '--now', '--', 'auditd.service'),
            {
              undo: 'It starts no more with the machine; auditd lets nobody stop it by systemctl, so it may go on until the next start.',
            },
          ),
        ]),
    ...(isReachable && logFile !== null
      ? setAttributes(
          input,
          'Take the record out of the reach of the agent',
          logFile.path,
          { uid: logFile.uid, gid: 0, mode: logFile.mode },
          { uid: 0, gid: 0, mode: 0o600 },
        )
      : []),
  ];
}

function ruleSteps(input: FixInput, { enabled, installed }: Auditd): PlanStep[] {
  // Of settings in several files augenrules(8) puts this one last, where it belongs.
  const lines = [...rulesFor(input), ...(enabled === 0 && installed ? ['-e 1'] : [])];
  return [
    ...writeFile(
      input,
      'Record what the agent starts, connects to and opens, 64-bit and 32-bit, with how each call ended',
      { path: RULES_FILE, text: textOf(lines), mode: 0o640 },
    ),
    step(input, 'Load the rules', { verb: 'load-audit-rules' }, typed('augenrules', '--load'), {
      undo: 'The rules are loaded again, without these.',
    }),
  ];
}

function ioUringSteps(input: FixInput): PlanStep[] {
  const isSwitch = agentsOf(input).some((agent) => ioUringBy(input, agent) === 'switch');
  return [
    ...(isSwitch
      ? [
          ...writeFile(input, 'Keep io_uring off at every start', {
            path: IO_URING_SYSCTL,
            text: 'kernel.io_uring_disabled = 2\n',
          }),
          step(
            input,
            'Switch io_uring off for the whole machine: what is done through it is recorded by no rule',
            { verb: 'set-kernel-switch', name: 'kernel.io_uring_disabled', value: 2 },
            typed('sysctl', '-w', 'kernel.io_uring_disabled=2'),
            { undo: 'The switch gets back the value that it had.' },
          ),
        ]
      : []),
    ...unitsFor(input).flatMap((unit) =>
      writeDropIn(input, `Refuse io_uring to ${unit}: this kernel has no switch for it`, {
        unit,
        name: IO_URING_DROP_IN,
        lines: IO_URING_LINES,
      }),
    ),
  ];
}

function journalSteps(input: FixInput): PlanStep[] {
  if (!isForgetful(input)) return [];
  return [
    ...makeDirectory(input, 'Make a folder for your own settings of the journal', { path: JOURNAL_FOLDER }),
    ...writeFile(input, 'Keep the journal over restarts, for three months and at most 1 GB', {
      path: JOURNAL_FILE,
      text: textOf(JOURNAL_LINES),
    }),
    restartUnit(input, 'systemd-journald.service', 1, 'the journal is then kept on disk', { reread: false }),
  ];
}

function settingsOf(input: FixInput, auditd: Auditd): PlanSetting[] {
  const row = (setting: string, from: string, to: string): PlanSetting => ({
    check: input.finding.check,
    setting,
    from,
    to,
    takesEffect: 'at once and at every start',
    recover: auditd.installed
      ? 'Undo this change in Activity; what was recorded stays'
      : 'Undo this change in Activity; the recorder then goes, and what it recorded with it: save /var/log/audit before',
  });
  return [
    row(
      'What the agent does',
      input.finding.summary,
      'every program that it starts, every connection and every file that it opens is recorded in /var/log/audit, with how it ended. On a busy node that is some megabytes a day',
    ),
    ...((auditd.lost ?? 0) > 0
      ? [
          row(
            'Records that were lost before',
            `${auditd.lost}`,
            'they stay lost, and the count begins anew only with the next start of the machine, or with auditctl --reset-lost',
          ),
        ]
      : []),
  ];
}

/** Records what the agents do where they cannot reach it. */
export const auditLoggingFix: Fix = {
  check: 'audit-logging',
  words:
    'Installs and starts auditd where it is missing, and records what the agent starts, connects to and opens, outside its reach.',
  after: ['dedicated-user'],
  targets: (input) => {
    const file = seen(input, 'audit')?.auditd?.logFile;
    return [...targetsFor(neededFor(input)), ...(file ? [{ path: file.path, text: false }] : [])];
  },
  plan: (input) => {
    const offered = whyNotOffered(input, ['audit', 'accounts', 'identity', 'units'], isIoUringAlone(input));
    if (offered !== null) return notAutomatic(offered);
    const auditd = seen(input, 'audit')?.auditd ?? null;
    const refused = whyNotRecorded(input, auditd) ?? obstacleAt(input, neededFor(input));
    if (refused !== null || auditd === null) return notAutomatic(refused ?? '');
    const units = unitsFor(input);
    return planned({
      title: 'Record what mycoSwarm’s agent does, where it cannot reach',
      settings: settingsOf(input, auditd),
      steps: [
        ...recorderSteps(input, auditd),
        afterUndo(input, {
          rereadUnits: true,
          loadAuditRules: true,
          units: [
            ...units.map((unit) => ({ unit, action: 'restart' as const })),
            ...(isForgetful(input) ? [{ unit: 'systemd-journald.service', action: 'restart' as const }] : []),
          ],
        }),
        ...ruleSteps(input, auditd),
        ...ioUringSteps(input),
        ...journalSteps(input),
        ...units.map((unit) =>
          restartUnit(
            input,
            unit,
            DAEMON_RESTART_SECONDS,
            'io_uring is refused from its start; tasks that are running are lost',
          ),
        ),
      ],
      proofs: [{ kind: 'check', check: 'audit-logging' }],
      mayCutOff: false,
    });
  },
};
