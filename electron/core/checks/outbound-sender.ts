import { type Interval, normalize } from '#core/firewall/interval.ts';
import type { Sender } from '#core/firewall/questions/outbound.ts';
import { type Agent, runningUids } from './agent.ts';
import type { CheckInput } from './check.ts';

/**
 * The uids of an agent as packet rules see them: its own, and every one that it can become. Root is left out for an agent that is not
 * root itself: whoever becomes root lifts the rules, and that is said by itself. Null when its own is not known.
 */
export function senderOf(input: CheckInput, agent: Agent): Sender | null {
  if (agent.uid === null) return null;
  const own = [agent.uid, ...runningUids(input, agent.instance)];
  const uids = normalize([
    ...own.map((uid): Interval => [BigInt(uid), BigInt(uid)]),
    ...agent.powers.flatMap((power) =>
      power.uids
        .map(({ start, count }) => (start === 0 ? { start: 1, count: count - 1 } : { start, count }))
        .filter(({ count }) => count > 0)
        .map(({ start, count }): Interval => [BigInt(start), BigInt(start) + BigInt(count) - 1n]),
    ),
  ]);
  return {
    uids,
    uid: BigInt(agent.uid),
    gid: agent.account === null ? undefined : BigInt(agent.account.gid),
  };
}

/** Uids as ranges in the language of nft: `1001, 100000-165535`. */
export function uidWords(sender: Sender): string {
  return sender.uids.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(', ');
}
