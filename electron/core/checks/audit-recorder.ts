import type { AuditFacts } from '#shared/domain/facts/software.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import type { Agent } from './agent.ts';
import { ruleSteps } from './audit-rule-parts.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, notSeen, seen } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, byHand, writeFileStep } from './steps.ts';

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
    asRoot(input, 'Switch the recording of auditd on')`auditctl -e 1`,
  ];
}

/** Whether auditd runs, loses nothing, and keeps its record where the agent cannot reach it. */
export function recorderParts(
  input: CheckInput,
  agent: Agent,
  auditd: NonNullable<AuditFacts['auditd']>,
): Part[] {
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
