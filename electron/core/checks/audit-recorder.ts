import type { AuditFacts } from '#shared/domain/facts/software.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import type { Agent } from './agent.ts';
import { ruleSteps } from './audit-rule-parts.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, notSeen, seen } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, byHand, undoneBy, writeFileStep } from './steps.ts';

function recorderSteps(
  input: CheckInput,
  { installed, running, enabled }: NonNullable<AuditFacts['auditd']>,
): FixStep[] {
  const manager = seen(input, 'updates')?.manager ?? null;
  const init = seen(input, 'identity')?.init;
  const install =
    manager === 'apt'
      ? undoneBy(asRoot(input, 'Install the recorder, auditd')`apt-get install -- auditd`, [
          asRoot(input, 'Back')`apt-get remove -- auditd`,
        ])
      : byHand(
          'Install the recorder with the package manager of this node: the package is called auditd on Debian and Ubuntu, and audit on Fedora, Arch and openSUSE.',
          true,
        );
  return [
    ...(installed ? [] : [install]),
    ...ruleSteps(input),
    init === undefined || init === 'systemd'
      ? undoneBy(
          asRoot(input, 'Start it, now and at every start')`systemctl enable --now auditd.service`,
          // auditd.service refuses to be stopped by systemctl(1), so it ends with the machine.
          running ? [] : [asRoot(input, 'Back')`systemctl disable auditd.service`],
        )
      : byHand(
          `This node has no systemd, so start auditd, now and at every start, the way its own init (${init}) does it.`,
          true,
        ),
    undoneBy(
      asRoot(input, 'Switch the recording of auditd on')`auditctl -e 1`,
      enabled === 0 ? [asRoot(input, 'Back')`auditctl -e 0`] : [],
    ),
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
        steps: recorderSteps(input, auditd),
      },
    ];
  }
  const parts: Part[] = [];
  if (auditd.enabled === null)
    parts.push(
      notSeen(
        input,
        'auditd',
        'whether it is switched on is not known, for auditctl -s was not answered',
        source,
        AS_ADMINISTRATOR,
      ),
    );
  else parts.push({ what: 'auditd', seen: 'running and switched on', status: 'pass', source });
  if (auditd.lost === null)
    parts.push(
      notSeen(input, 'records lost by auditd', 'auditctl -s was not answered', source, AS_ADMINISTRATOR),
    );
  else if (auditd.lost > 0) {
    parts.push({
      what: 'records lost by auditd',
      seen: `${auditd.lost}, with room for ${auditd.backlogLimit ?? 'an unknown number'}`,
      status: 'fix',
      severity: 'medium',
      source,
      headline: `The record of ${node} has gaps: ${auditd.lost} entries were lost.`,
      steps: [
        writeFileStep(input, 'Give it more room', '/etc/audit/rules.d/10-swarmkeep-room.rules', ['-b 8192'], {
          mode: '0640',
          back: [
            asRoot(input, 'Back')`augenrules --load`,
            ...(auditd.backlogLimit === null
              ? []
              : [asRoot(input, 'Back')`auditctl -b ${auditd.backlogLimit}`]),
          ],
        }),
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
        '/etc/audit/auditd.conf, or the file that it names, could not be looked at',
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
              undoneBy(asRoot(input, 'Give it to the administrator')`chown root -- ${file.path}`, [
                asRoot(input, 'Back')`chown ${file.uid} -- ${file.path}`,
              ]),
              undoneBy(asRoot(input, 'Let nobody else read or write it')`chmod 0600 -- ${file.path}`, [
                asRoot(input, 'Back')`chmod ${file.mode.toString(8).padStart(4, '0')} -- ${file.path}`,
              ]),
            ],
          }
        : { what, seen: 'outside the reach of the agent', status: 'pass', source },
    );
  }
  return parts;
}
