import { hostname } from 'node:os';
import { type Agent, agentOf } from '#core/checks/agent.ts';
import type { CheckInput } from '#core/checks/check.ts';
import { seen } from '#core/checks/knowledge.ts';
import { senderOf } from '#core/checks/outbound-sender.ts';
import { rulesOf } from '#core/checks/packet-rules.ts';
import { type Interval, type IntervalSet, normalize, subtract } from '#core/firewall/interval.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from '../check-command.ts';
import { lookDirectly } from '../direct-look.ts';
import { couldNot } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { type Beside, besidePackets } from './beside-packets.ts';

/** An agent of this machine, with every uid that it can become. */
export interface OwnAgent {
  readonly name: string;
  readonly uid: bigint;
  readonly uids: IntervalSet;
  /** Uids that belong to it and that it cannot become at present, and why; null when there are none. */
  readonly dormant: { readonly uids: IntervalSet; readonly because: string } | null;
  readonly beside: readonly Beside[];
}

/** This machine, as far as questions about packets go. */
export interface OwnMachine {
  readonly rules: Rules;
  readonly agents: readonly OwnAgent[];
  /** Agents whose uid is not known: nothing can be asked about them. */
  readonly unknown: readonly string[];
  /** @throws CommandFailure when no account has this name */
  uidOf(name: string): bigint;
}

/** Subordinate uids (subuid(5)) that nothing but newuidmap(1) would give, where it gives none. */
function dormantOf(input: CheckInput, agent: Agent, uids: IntervalSet): OwnAgent['dormant'] {
  const ranges = agent.entries
    .flatMap((entry) => entry.subordinateUids)
    .filter(({ start, count }) => start > 0 && count > 0 && start + count - 1 <= 4_294_967_294)
    .map(({ start, count }): Interval => [BigInt(start), BigInt(start) + BigInt(count) - 1n]);
  const rest = subtract(normalize(ranges), uids);
  if (rest.length === 0) return null;
  const because =
    seen(input, 'accounts')?.newuidmapWorks === false
      ? 'newuidmap is not installed, or without its rights, so they are not usable now'
      : 'whether newuidmap works, and they are usable, is not known';
  return { uids: rest, because };
}

/**
 * What facts of this machine say for questions about packets.
 * @throws CommandFailure when the rules could not be seen whole
 */
export function machineOf(facts: Facts, nodeName: string): OwnMachine {
  const input: CheckInput = {
    facts,
    nodeName,
    now: new Date(facts.collectedAt),
    settings: DEFAULT_SETTINGS,
    declarations: [],
  };
  const read = rulesOf(input);
  if (!read.ok) {
    const { headline, what, seen: reason } = read.part;
    const words = headline === undefined ? `${what}: ${reason}.` : `${headline} The reason: ${reason}.`;
    throw couldNot(visible(words), 'As root, or with --ruleset, it can be told.');
  }
  const { rules } = read;
  const agents: OwnAgent[] = [];
  const unknown: string[] = [];
  for (const instance of facts.profile.instances) {
    const agent = agentOf(input, instance);
    const sender = senderOf(input, agent);
    if (sender === null) unknown.push(agent.name);
    else
      agents.push({
        name: agent.name,
        uid: sender.uid,
        uids: sender.uids,
        dormant: dormantOf(input, agent, sender.uids),
        beside: besidePackets(input, agent, sender, rules),
      });
  }
  const uidOf = (name: string): bigint => {
    const accounts = seen(input, 'accounts')?.accounts;
    const entry = accounts?.find((account) => account.name === name);
    if (entry !== undefined) return BigInt(entry.uid);
    throw couldNot(
      accounts === undefined
        ? 'The accounts of this machine could not be seen, so a name cannot be looked up.'
        : `There is no account called ${visible(name)} on this machine.`,
      'Give the number: --uid N',
    );
  };
  return { rules, agents, unknown, uidOf };
}

/**
 * Looks at this computer: its rules, its accounts, and the agents that run on it.
 * @throws CommandFailure when the rules could not be seen whole
 */
export async function ownMachine(place: Place, terminal: Terminal): Promise<OwnMachine> {
  const nodeName = hostname();
  const facts = await lookDirectly(
    { ...place, address: { kind: 'local' }, nodeName, hardware: false },
    terminal,
  );
  return machineOf(facts, nodeName);
}
