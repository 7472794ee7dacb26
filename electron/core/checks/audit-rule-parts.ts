import type { FixStep } from '#shared/domain/finding.ts';
import { type Agent, agentOf, runningUids } from './agent.ts';
import { type CallWidth, callsOf, RECORDED, recordsAll } from './audit-rules.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, labelOf, notSeen, seen } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, byHand, writeFileStep } from './steps.ts';

/** First in the folder: of several rules the first that matches decides, so no exception may stand before these. */
export const RULES_FILE = '/etc/audit/rules.d/00-swarmkeep.rules';

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
  return agentUids(input).flatMap((uid) => ruleLines(uid, widthsOf(input), architecture));
}

/**
 * The rules that record one account (audit.rules(7)), a line for each width of system calls.
 * @param architecture name of `uname -m`, or undefined when it is not known
 */
export function ruleLines(
  uid: number,
  widths: readonly CallWidth[],
  architecture: string | undefined,
): string[] {
  return widths.map((width) => {
    const calls = RECORDED.flatMap((kind) => callsOf(kind, width, architecture));
    return `-a always,exit -F arch=${width} -S ${[...calls, 'sendto'].join(',')} -F uid=${uid} -F key=swarmkeep`;
  });
}

/** Steps that put these rules in place. */
export function ruleSteps(input: CheckInput): FixStep[] {
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
      { mode: '0640', back: isLocked ? [] : [asRoot(input, 'Back')`augenrules --load`] },
    ),
    isLocked
      ? byHand('The rules in force are locked until the machine starts again: restart the machine.', true)
      : asRoot(input, 'Load the rules')`augenrules --load`,
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

/** Whether the rules, in force or at the next start, record what the agent does; null when they could not be read. */
export function ruleParts(
  input: CheckInput,
  agent: Agent,
  rules: readonly string[] | null,
  when: 'now' | 'boot',
): Part[] {
  const label = labelOf(input, agent.instance);
  const source = when === 'now' ? 'auditctl -l' : '/etc/audit/rules.d';
  const where = when === 'now' ? 'in force' : 'at the next start';
  if (rules === null || agent.uid === null)
    return [
      notSeen(
        input,
        `${label}audit rules ${where}`,
        rules === null ? `${source} was not answered` : 'the number of its account is not known',
        source,
        AS_ADMINISTRATOR,
      ),
    ];
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
