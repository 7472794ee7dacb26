import { hostname } from 'node:os';
import { agentOf } from '#core/checks/agent.ts';
import { senderOf } from '#core/checks/outbound-sender.ts';
import { rulesOf } from '#core/checks/packet-rules.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import type { Sender } from '#core/firewall/questions/outbound.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from '../check-command.ts';
import { lookDirectly } from '../direct-look.ts';
import { couldNot } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** Who sends, with the name of the account. */
export interface NamedSender extends Sender {
  readonly name: string;
}

/**
 * Looks at this computer: its rules, and the agents that run on it with every uid that they can become.
 * @throws CommandFailure when the rules could not be seen whole
 */
export async function ownRules(
  place: Place,
  terminal: Terminal,
): Promise<{ rules: Rules; senders: readonly NamedSender[] }> {
  const nodeName = hostname();
  const facts = await lookDirectly(
    { ...place, address: { kind: 'local' }, nodeName, hardware: false },
    terminal,
  );
  const input = {
    facts,
    nodeName,
    now: new Date(facts.collectedAt),
    settings: DEFAULT_SETTINGS,
    declarations: [],
  };
  const seen = rulesOf(input);
  if (!seen.ok) {
    const { headline, what, seen: reason } = seen.part;
    throw couldNot(visible(headline ?? `${what}: ${reason}`), 'As root, or with --ruleset, it can be told.');
  }
  const senders = facts.profile.instances.flatMap((instance): NamedSender[] => {
    const agent = agentOf(input, instance);
    const sender = senderOf(input, agent);
    return sender === null ? [] : [{ ...sender, name: agent.name }];
  });
  return { rules: seen.rules, senders };
}
