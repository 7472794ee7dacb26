import type { AuditFacts } from '#shared/domain/facts/software.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import { type Agent, agentOf, runningUids } from './agent.ts';
import { type CallWidth, callsOf, RECORDED, recordsAll, recordsIoUring } from './audit-rules.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import { AS_ADMINISTRATOR, labelOf, notSeen, seen, sourceOf, unitOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, byHand, endWithLook, writeFileStep } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

/** First in the folder: of several rules the first that matches decides, so no exception may stand before these. */
const RULES_FILE = '/etc/audit/rules.d/00-swarmkeep.rules';

/** Every uid with which an agent of this node runs: one file holds the rules for all of them. */
function agentUids(input: CheckInput): number[] {
  const uids = input.facts.profile.instances.flatMap((instance) => {
    const { uid } = agentOf(input, instance);
    return [...(uid === null ? [] : [uid]), ...runningUids(input, instance)];
  });
  return [...new Set(uids)].toSorted((a, b) => a - b);
}

/**
 * The lines of a rules file that record what the agents of a node start, connect to and open (audit.rules(7)).
 * @returns no line when no uid of an agent is known
 */
export function rulesFor(input: CheckInput): string[] {
  const architecture = seen(input, 'identity')?.architecture;
  return agentUids(input).flatMap((uid) =>
    widthsOf(input).map((width) => {
      const calls = RECORDED.flatMap((kind) => callsOf(kind, width, architecture));
      return `-a always,exit -F arch=${width} -S ${[...calls, 'sendto'].join(',')} -F uid=${uid} -F key=swarmkeep`;
    }),
  );
}

function ruleSteps(input: CheckInput): FixStep[] {
  const lines = rulesFor(input);
  if (lines.length === 0)
    return [byHand('Say in Setup which account mycoSwarm uses: the rules need the number of that account.')];
  const isLocked = seen(input, 'audit')?.auditd?.enabled === 2;
  return [
    writeFileStep(
      input,
      'Record what the agent starts, connects to and opens, 64-bit and 32-bit',
      RULES_FILE,
      lines,
    ),
    isLocked
      ? byHand('The rules in force are locked until the machine starts again: restart the machine.', true)
      : asRoot(input, 'Load the rules')`augenrules --load`,
  ];
}

function recorderSteps(input: CheckInput, isInstalled: boolean): FixStep[] {
  const manager = seen(input, 'updates')?.manager ?? null;
  const init = seen(input, 'identity')?.init;
  const install =
    manager === 'apt'
      ? asRoot(input, 'Install the recorder, auditd')`apt-get install -- auditd`
      : byHand(
          'Install the recorder with the package manager of this node: the package is called auditd on Debian and Ubuntu, and audit on Fedora, Arch and openSUSE.',
          true,
        );
  return [
    ...(isInstalled ? [] : [install]),
    ...ruleSteps(input),
    init === undefined || init === 'systemd'
      ? asRoot(input, 'Start it, now and at every start')`systemctl enable --now auditd.service`
      : byHand(
          `This node has no systemd, so start auditd, now and at every start, the way its own init (${init}) does it.`,
          true,
        ),
    asRoot(input, 'Switch recording on')`auditctl -e 1`,
  ];
}

/**
 * Which kinds of system calls there are on this machine (names of uname -m). Every Linux machine that agents run on knows
 * 32-bit calls; without knowing the architecture only these are judged, and `identity` itself is a part that was not seen.
 */
function widthsOf(input: CheckInput): readonly CallWidth[] {
  const architecture = seen(input, 'identity')?.architecture;
  if (architecture === undefined) return ['b32'];
  return /^(i[3-6]86|armv[67])/.test(architecture) ? ['b32'] : ['b64', 'b32'];
}

function ruleParts(
  input: CheckInput,
  agent: Agent,
  rules: readonly string[] | null,
  when: 'now' | 'boot',
): Part[] {
  const label = labelOf(input, agent.instance);
  const source = when === 'now' ? 'auditctl -l' : '/etc/audit/rules.d';
  const where = when === 'now' ? 'in force' : 'at the next start';
  if (rules === null || agent.uid === null)
    return [notSeen(input, `${label}audit rules ${where}`, 'could not be read', source, AS_ADMINISTRATOR)];
  const uid = agent.uid;
  const architecture = seen(input, 'identity')?.architecture;
  const missing = RECORDED.flatMap((kind) =>
    widthsOf(input)
      .filter(
        (width) =>
          !callsOf(kind, width, architecture).every((call) =>
            recordsAll(rules, call, width, uid, agent.login),
          ),
      )
      .map((width) => `${kind.name} (${width === 'b64' ? '64' : '32'}-bit)`),
  );
  const what = `${label}audit rules ${where}: ${rules.length}`;
  const raw = rules.join('\n');
  if (missing.length === 0)
    return [
      { what, seen: 'record what the agent starts, connects to and opens', status: 'pass', source, raw },
    ];
  return [
    {
      what,
      seen: `do not record: ${missing.join(', ')}`,
      status: 'fix',
      severity: when === 'now' ? 'high' : 'medium',
      source,
      raw,
      headline:
        when === 'now'
          ? `What the agent on ${input.nodeName} does is not recorded where it cannot reach.`
          : `The record of what the agent on ${input.nodeName} does would end with a restart of the machine.`,
      steps: ruleSteps(input),
    },
  ];
}

function recorderParts(input: CheckInput, agent: Agent, auditd: NonNullable<AuditFacts['auditd']>): Part[] {
  const node = input.nodeName;
  const source = 'auditctl -s';
  if (!auditd.installed || !auditd.running || auditd.enabled === 0) {
    const seenThere = !auditd.installed
      ? 'auditd is not installed'
      : !auditd.running
        ? 'not running'
        : 'switched off';
    return [
      {
        what: 'auditd',
        seen: seenThere,
        status: 'fix',
        severity: 'high',
        source,
        headline: `What the agent on ${node} does is not recorded where it cannot reach.`,
        steps: recorderSteps(input, auditd.installed),
      },
    ];
  }
  const parts: Part[] = [];
  if (auditd.enabled === null)
    parts.push(
      notSeen(input, 'auditd', 'whether it is switched on could not be read', source, AS_ADMINISTRATOR),
    );
  else parts.push({ what: 'auditd', seen: 'running and switched on', status: 'pass', source });
  if (auditd.lost === null)
    parts.push(notSeen(input, 'records lost by auditd', 'could not be read', source, AS_ADMINISTRATOR));
  else if (auditd.lost > 0) {
    parts.push({
      what: 'records lost by auditd',
      seen: `${auditd.lost}, with room for ${auditd.backlogLimit ?? 'an unknown number'}`,
      status: 'fix',
      severity: 'medium',
      source,
      headline: `The record of ${node} has gaps: ${auditd.lost} entries were lost.`,
      steps: [
        writeFileStep(input, 'Give it more room', '/etc/audit/rules.d/10-swarmkeep-room.rules', ['-b 8192']),
        asRoot(input, 'Load it')`augenrules --load`,
        asRoot(input, 'Begin the count anew')`auditctl --reset-lost`,
      ],
    });
  } else parts.push({ what: 'records lost by auditd', seen: 'none', status: 'pass', source });
  const file = auditd.logFile;
  if (file === null)
    parts.push(
      notSeen(
        input,
        'the file of the record',
        'could not be looked at',
        '/etc/audit/auditd.conf',
        AS_ADMINISTRATOR,
      ),
    );
  else {
    const what = `${file.path}, mode ${file.mode.toString(8).padStart(4, '0')}, uid ${file.uid}`;
    const isReachable = agent.canBe(file.uid) || (file.mode & 0o002) !== 0;
    parts.push(
      isReachable
        ? {
            what,
            seen: 'the agent can change it',
            status: 'fix',
            severity: 'high',
            source,
            headline: `The agent on ${node} can rewrite the record of what it does.`,
            steps: [
              asRoot(input, 'Give it to the administrator')`chown root:root -- ${file.path}`,
              asRoot(input, 'Let nobody else write it')`chmod 0600 -- ${file.path}`,
            ],
          }
        : { what, seen: 'outside the reach of the agent', status: 'pass', source },
    );
  }
  return parts;
}

/** io_uring does work for a program without the calls that rules see, so it must be off or have rules of its own. */
function ioUringPart(input: CheckInput, agent: Agent, audit: AuditFacts): Part {
  const source = 'sysctl kernel.io_uring_disabled';
  const label = labelOf(input, agent.instance);
  const unit = unitOf(input, agent.instance);
  const filter = unit === null || unit === 'unseen' ? '' : (unit.properties.SystemCallFilter ?? '');
  const names = filter.replace(/^~/, '').split(/\s+/);
  const isFiltered =
    filter !== '' &&
    (filter.startsWith('~') ? names.includes('io_uring_setup') : !names.includes('io_uring_setup'));
  if (audit.ioUringDisabled === 2) return { what: 'io_uring', seen: 'switched off', status: 'pass', source };
  if (agent.uid !== null && audit.auditd?.rules && recordsIoUring(audit.auditd.rules, agent.uid)) {
    return {
      what: `${label}io_uring`,
      seen: 'recorded by rules of its own',
      status: 'pass',
      source: 'auditctl -l',
    };
  }
  if (isFiltered)
    return {
      what: `${label}io_uring`,
      seen: 'refused to mycoSwarm by SystemCallFilter=',
      status: 'pass',
      source: sourceOf(input, 'units'),
    };
  if (audit.ioUringDisabled === 1)
    return { what: 'io_uring', seen: 'refused to ordinary accounts', status: 'pass', source };
  if (audit.ioUringDisabled === null) {
    return notSeen(
      input,
      'io_uring',
      'this kernel has no switch for it, or it could not be read',
      source,
      'refuse io_uring to mycoSwarm in its unit, with SystemCallFilter=~io_uring_setup',
    );
  }
  return {
    what: 'io_uring',
    seen: 'allowed: work done through it is not recorded',
    status: 'fix',
    severity: 'medium',
    source,
    headline: `The agent on ${input.nodeName} can open files and connections without being recorded, through io_uring.`,
    steps: [
      writeFileStep(input, 'Switch it off', '/etc/sysctl.d/60-swarmkeep-io-uring.conf', [
        'kernel.io_uring_disabled = 2',
      ]),
      asRoot(input, 'Let the kernel read it')`sysctl --system`,
    ],
  };
}

function probePart(input: CheckInput, audit: AuditFacts): Part {
  const { probe } = audit;
  const what = `a harmless program started as the agent: ${probe.detail}`;
  const source = 'ausearch';
  if (!probe.tried && audit.auditd?.installed === false)
    return {
      what: 'a harmless program started as the agent',
      seen: 'not tried: there is nothing that could record it, auditd is not installed',
      status: 'not-applicable',
      source,
    };
  if (!probe.tried || probe.recorded === null)
    return notSeen(input, what, probe.tried ? 'no answer came' : 'not tried', source, AS_ADMINISTRATOR);
  if (probe.recorded) return { what, seen: 'arrived in the record', status: 'pass', source, raw: probe.raw };
  return {
    what,
    seen: 'did not arrive in the record',
    status: 'fix',
    severity: 'high',
    source,
    raw: probe.raw,
    headline: `A test on ${input.nodeName} was not recorded: what the agent does leaves no trace.`,
    steps: [
      asRoot(input, 'See the state of the recorder')`auditctl -s`,
      asRoot(input, 'See the rules in force')`auditctl -l`,
      asRoot(input, 'Load the rules anew')`augenrules --load`,
    ],
  };
}

/** Checklist item 8: what the agent does is recorded where it cannot reach, with nothing lost. */
export const auditLogging: Check = {
  id: 'audit-logging',
  run(input) {
    const absent = withoutMycoswarm('audit-logging', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const hidden = [unseenPart(input, 'audit'), unseenPart(input, 'identity')].filter(
      (part) => part !== null,
    );
    const audit = seen(input, 'audit');
    const parts: Part[] = [...hidden];
    for (const instance of audit === null ? [] : input.facts.profile.instances) {
      if (audit === null) break;
      const agent = agentOf(input, instance);
      if (audit.auditd === null)
        parts.push(notSeen(input, 'auditd', 'could not be looked at', 'auditctl -s', AS_ADMINISTRATOR));
      else {
        const recorder = recorderParts(input, agent, audit.auditd);
        parts.push(...recorder);
        if (!recorder.some((part) => part.what === 'auditd' && part.status === 'fix')) {
          parts.push(
            ...ruleParts(input, agent, audit.auditd.rules, 'now'),
            ...ruleParts(input, agent, audit.auditd.rulesAtBoot, 'boot'),
          );
        }
      }
      parts.push(ioUringPart(input, agent, audit), ...agent.doubts);
    }
    if (audit !== null) parts.push(probePart(input, audit));
    const concluded = conclude('audit-logging', input, parts, {
      pass: `What the agent on ${node} does is recorded where it cannot reach, and a test arrived there.`,
      detail: {
        fix: 'The logs of mycoSwarm itself lie in the home of the agent, or nowhere: they are no record.',
      },
      wouldChange: {
        pass: 'A rule that goes missing, or a record that is lost, would change this.',
        otherwise:
          'Rules for what the agent starts, connects to and opens, kept over a restart, and a test that arrives, would make this fine.',
      },
    });
    return endWithLook(concluded);
  },
};
