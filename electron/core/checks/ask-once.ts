import type { Answer, Rules } from '#core/firewall/questions/ask.ts';
import type { Peer } from '#core/firewall/questions/must-pass.ts';
import { askOutbound, type Sender } from '#core/firewall/questions/outbound.ts';
import { askStrangers } from '#core/firewall/questions/peers.ts';

const answers = new WeakMap<object, WeakMap<object, Map<string, Answer>>>();

/** Questions that are kept for one rule set; a node has a few. */
const MAX_KEPT = 64;

/** An answer hangs on the tables, the machine, and what the key says, and on nothing else: checks of one look ask the same. */
function remembered({ ruleset, host }: Rules, key: string, ask: () => Answer): Answer {
  const byHost = answers.get(ruleset.tables) ?? new WeakMap<object, Map<string, Answer>>();
  answers.set(ruleset.tables, byHost);
  const known = byHost.get(host) ?? new Map<string, Answer>();
  byHost.set(host, known);
  const whole = `${key} ${ruleset.missing.join(',')}`;
  const before = known.get(whole);
  if (before !== undefined) return before;
  if (known.size >= MAX_KEPT) known.clear();
  const answer = ask();
  known.set(whole, answer);
  return answer;
}

const keyOf = ({ uid, gid, uids }: Sender): string =>
  `${uid} ${gid ?? ''} ${uids.map(([low, high]) => `${low}-${high}`).join(',')}`;

/** `askOutbound`, remembered. */
export function askOutboundOnce(rules: Rules, version: 4 | 6, sender: Sender): Answer {
  return remembered(rules, `outbound ${version} ${keyOf(sender)}`, () => askOutbound(rules, version, sender));
}

/** `askStrangers`, remembered. */
export function askStrangersOnce(
  rules: Rules,
  version: 4 | 6,
  sender: Sender,
  port: number,
  peers: readonly Peer[],
): Answer {
  const listed = peers.map((peer) => `${peer.version}:${peer.value}`).join(',');
  const key = `strangers ${version} ${port} ${keyOf(sender)} ${listed}`;
  return remembered(rules, key, () => askStrangers(rules, version, sender, port, peers));
}
