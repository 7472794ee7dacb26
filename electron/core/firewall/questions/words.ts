import { formatAddress } from '../address.ts';
import { PROTOCOL, WITH_PORTS } from '../fields.ts';
import { chainsAt, type HookedChain } from '../hooks.ts';
import type { Hook, Ruleset } from '../model.ts';
import type { Packet, PacketVerdict, PathStep } from '../packet.ts';

const NAMES: ReadonlyMap<bigint, string> = new Map(
  Object.entries(PROTOCOL).map(([name, number]) => [number, name]),
);

/** Longest text of a rule inside a sentence, in UTF-16 units. */
const MAX_RULE = 160;

/** A rule in a sentence, without what counts up with every packet: the same rules give the same sentence. */
function quoted(rule: string): string {
  const steady = rule.replace(/\b(counter|used) packets \d+ bytes \d+/g, '$1').replace(/ used \d+ \w+/g, '');
  return `"${steady.length > MAX_RULE ? `${steady.slice(0, MAX_RULE)}…` : steady}"`;
}

function endpoint(version: 4 | 6, address: bigint, l4proto: bigint, port: bigint | undefined): string {
  const text = formatAddress(version, address);
  if (port === undefined || !WITH_PORTS.includes(l4proto)) return text;
  return version === 6 ? `[${text}]:${port}` : `${text}:${port}`;
}

/** `tcp`, `icmpv6`, or `protocol 89`. */
export function protocolName(l4proto: bigint): string {
  return NAMES.get(l4proto) ?? `protocol ${l4proto}`;
}

const OF_ANOTHER = 'in a connection that another account has opened';

/** A packet as the machine would say it: `tcp to [2001:4860:4860::8888]:443 as uid 1001`, `tcp from 8.8.8.8 to 192.0.2.7:7890`. */
export function packetWords(packet: Packet): string {
  const { version, l4proto } = packet;
  const to = endpoint(version, packet.daddr, l4proto, packet.dport);
  const from = packet.saddr === undefined ? '' : ` from ${formatAddress(version, packet.saddr)}`;
  if (packet.direction !== 'out') return `${protocolName(l4proto)}${from} to ${to}`;
  const user = packet.skuid === undefined ? '' : ` as uid ${packet.skuid}`;
  const begun = packet.connection === undefined ? '' : `, ${OF_ANOTHER}`;
  return `${protocolName(l4proto)} to ${to}${user}${begun}`;
}

/** Why nothing holds a packet, as one phrase. */
export function whyOpen(packet: Packet, verdict: PacketVerdict): string {
  const accepted = verdict.path.findLast((step) => step.rule !== null && step.outcome === 'accept');
  if (accepted?.rule && packet.connection !== undefined)
    return `${OF_ANOTHER}: the rule ${quoted(accepted.rule)} lets it pass`;
  if (accepted?.rule) return `accepted by ${quoted(accepted.rule)}`;
  const some = verdict.path.find((step) => step.outcome === 'may pass');
  if (some?.rule) return `${quoted(some.rule)} lets some packets through`;
  const family = `IPv${packet.version}`;
  return packet.direction === 'out' ? `no ${family} rule for this user` : `no ${family} rule against it`;
}

/** What stops a packet, as one phrase. */
export function whyStopped(ruleset: Ruleset, verdict: PacketVerdict): string {
  const last = verdict.path.at(-1);
  if (last === undefined) return 'by the rules';
  if (last.rule === null) return `by the policy of ${last.table} ${last.chain}`;
  const table = ruleset.tables.find((one) => `${one.family} ${one.name}` === last.table);
  const rules = table?.chains.get(last.chain)?.rules ?? [];
  const place = rules.findIndex((rule) => rule.id === last.ruleId);
  const where = `${last.table} ${last.chain}`;
  if (place < 0) return `by ${quoted(last.rule)} in ${where}`;
  const which = rules.length === 1 ? 'the one rule' : `rule ${place + 1} of ${rules.length}`;
  return `by ${which} in ${where}: ${quoted(last.rule)}`;
}

/** What an answer rests on that says of all packets that none comes in: two programs agree about those that go out, one here. */
export const BY_PROVER_ALONE = 'said of all packets by the prover alone, no checker went over it';

function chainLabel({ table, chain, base }: HookedChain): string {
  const count = chain.rules.length === 1 ? '1 rule' : `${chain.rules.length} rules`;
  return `${table.family} ${table.name} ${chain.name}: ${count}, policy ${base.policy}`.slice(0, 256);
}

type Stop = { label: string; state: 'passed' | 'failing' | 'stopped' | 'unknown' };

const HOOKS: Readonly<Record<Packet['direction'], readonly Hook[]>> = {
  out: ['output', 'postrouting'],
  in: ['prerouting', 'input'],
  forward: ['prerouting', 'forward', 'postrouting'],
};

function isAt(step: PathStep, { table, chain, base }: HookedChain): boolean {
  return (
    step.hook === base.hook &&
    step.table === `${table.family} ${table.name}` &&
    (step.chain === chain.name || table.chains.has(step.chain))
  );
}

/** Chains that are drawn; more would not fit on a line. */
const MAX_CHAINS = 4;

/**
 * The way of a packet from its sender to where it ends. What should have stopped it, or did, is marked.
 * @param ends labels of both ends and of the interface on the way
 */
export function wayOf(
  ruleset: Ruleset,
  packet: Packet,
  verdict: PacketVerdict,
  ends: { from: string; to: string },
): Stop[] {
  const isOpen = verdict.verdict === 'accept';
  const chains = HOOKS[packet.direction].flatMap((hook) =>
    chainsAt(ruleset, hook, packet.version).filter(({ base }) => base.type !== 'nat'),
  );
  const last = verdict.path.at(-1);
  const at = last === undefined ? -1 : chains.findLastIndex((chain) => isAt(last, chain));
  const through = isOpen || at < 0 ? chains : chains.slice(0, at + 1);
  // With many chains the first ones are left out: what decides stands last.
  const shown = through
    .slice(-MAX_CHAINS)
    .map((chain): Stop => ({ label: chainLabel(chain), state: 'passed' }));
  if (shown.length === 0) shown.push({ label: `no IPv${packet.version} rules`, state: 'passed' });
  const decides = shown.at(-1) as Stop;
  decides.state = isOpen ? 'failing' : verdict.verdict === 'unknown' ? 'unknown' : 'stopped';
  const face = packet.direction === 'out' ? packet.oifname : packet.iifname;
  const middle: Stop[] = face === undefined ? [] : [{ label: face.slice(0, 256), state: 'passed' }];
  const from: Stop = { label: ends.from.slice(0, 256), state: 'passed' };
  const to: Stop = { label: ends.to.slice(0, 256), state: isOpen ? 'failing' : 'stopped' };
  if (packet.direction === 'out') return isOpen ? [from, ...shown, ...middle, to] : [from, ...shown];
  return isOpen ? [from, ...middle, ...shown, to] : [from, ...middle, ...shown];
}
