import type { AuditFacts } from '#shared/domain/facts/software.ts';
import { type Agent, agentOf } from './agent.ts';
import { recorderParts } from './audit-recorder.ts';
import { ruleParts } from './audit-rule-parts.ts';
import { recordsIoUring } from './audit-rules.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import { AS_ADMINISTRATOR, labelOf, notSeen, seen, sourceOf, unitOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, endWithLook, undoneBy, writeFileStep } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

/** io_uring does work for a program without the calls that rules see, so it must be off or have rules of its own. */
export function ioUringPart(input: CheckInput, agent: Agent, audit: AuditFacts): Part {
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
    seen: 'io_uring is allowed: work done through it is not recorded',
    status: 'fix',
    severity: 'medium',
    source,
    headline: `The agent on ${input.nodeName} can open files and connections without being recorded, through io_uring.`,
    steps: [
      writeFileStep(
        input,
        'Switch io_uring off for the whole machine, at every start',
        '/etc/sysctl.d/60-swarmkeep-io-uring.conf',
        ['kernel.io_uring_disabled = 2'],
      ),
      undoneBy(asRoot(input, 'Switch io_uring off now')`sysctl -w kernel.io_uring_disabled=2`, [
        asRoot(input, 'Back')`sysctl -w kernel.io_uring_disabled=${audit.ioUringDisabled}`,
      ]),
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
