import { formatRange } from '../address.ts';
import { domain } from '../fields.ts';
import { intersects, single } from '../interval.ts';
import type { BaseChain, Chain, NatTarget, Rule, Ruleset, Statement, Table, Verdict } from '../model.ts';
import { excludesVersion } from '../prove/ranks.ts';
import { allowed, type Space } from '../prove/space.ts';

/**
 * Chains that packets of this host get to for translation: those at the hook output, and all that they jump to. One that goes round by `lo` has
 * its translation settled when it comes to prerouting, unless rules took it from its connection before and gave it a zone there.
 */
function translating(table: Table, hasZones: boolean): Chain[] {
  return reachedFrom(
    table,
    ({ type, hook }) => type === 'nat' && (hook === 'output' || (hook === 'prerouting' && hasZones)),
  );
}

/**
 * Chains that packets of this host get to: on their way out, and of those that go round by `lo`, or of which the host gets a copy (broadcast, a
 * group), on their way back in.
 */
function metBy(table: Table): Chain[] {
  return reachedFrom(table, ({ hook }) => hook !== 'forward');
}

function givesZones({ chains }: Table): boolean {
  return [...chains.values()].some(({ rules }) =>
    rules.some(({ statements }) => statements.some(({ kind }) => kind === 'zone')),
  );
}

function reachedFrom(table: Table, isStart: (base: BaseChain) => boolean): Chain[] {
  const found = new Set<Chain>();
  const waiting = [...table.chains.values()].filter(({ base }) => base !== null && isStart(base));
  for (let chain = waiting.pop(); chain !== undefined; chain = waiting.pop()) {
    if (found.has(chain)) continue;
    found.add(chain);
    for (const verdict of chain.rules.flatMap(({ statements }) => statements.flatMap(verdictsOf))) {
      const next = 'chain' in verdict ? table.chains.get(verdict.chain) : undefined;
      if (next) waiting.push(next);
    }
  }
  return [...found];
}

function verdictsOf(statement: Statement): Verdict[] {
  if (statement.kind === 'verdict') return [statement.verdict];
  return statement.kind === 'verdictMap' ? statement.entries.map(({ verdict }) => verdict) : [];
}

function leadsInto(space: Space, { address, port }: NatTarget): boolean {
  if (address === null && port === null) return false;
  const [[, highest] = [0n, 0n]] = domain('daddr', space.version);
  if (address !== null && address[1] > highest) return false;
  const reaches = address === null || intersects([address], allowed(space, 'daddr'));
  return reaches && (port === null || intersects([port], allowed(space, 'dport')));
}

function sends(space: Space, { statements }: Rule): NatTarget | null {
  for (const statement of statements) {
    if (statement.kind !== 'nat' || statement.type !== 'dnat') continue;
    const entry = statement.entries.find(({ target }) => leadsInto(space, target));
    if (entry) return entry.target;
  }
  return null;
}

/** Whether a rule can be met by packets of a question: one that asks for another sender first, or another family, cannot. */
function concerns(space: Space, { statements }: Rule): boolean {
  return !statements.some((one) => {
    if (one.kind !== 'match' || one.negated || one.alternatives.length !== 1) return false;
    return one.alternatives[0]?.some(({ field, values }) => {
      if (values.kind !== 'numbers' || values.mask !== null) return false;
      const asked = field === 'skuid' ? allowed(space, 'skuid') : null;
      const family = field === 'nfproto' ? single(space.version) : null;
      return [asked, family].some((set) => set !== null && !intersects(set, values.intervals));
    });
  });
}

/** Gives a packet to a socket of this host (nft_tproxy.c, xt_TPROXY.c): what a program there does with it is asked about relays. */
const TO_SOCKET = /^(?:-j TPROXY|tproxy)\b/;

/**
 * A question about destinations is about packets as they leave by an interface. A rule that this model does not know may write another
 * destination into a packet for the home network, or send a copy of it (payload, dup, NETMAP, TEE, queue).
 * @returns words about the first rule that packets of these senders can meet; null when there is none
 */
export function rewrittenInto({ tables }: Ruleset, space: Space): string | null {
  if (space.direction !== 'out') return null;
  const family = space.version === 4 ? 'ip' : 'ip6';
  const families = ['inet', 'netdev', family];
  for (const table of tables) {
    if (table.dormant || !families.includes(table.family)) continue;
    for (const rule of metBy(table).flatMap(({ rules }) => rules)) {
      const found = rule.statements.find(
        (one) => one.kind === 'unmodelledVerdict' && !TO_SOCKET.test(one.text),
      );
      if (found && concerns(space, rule))
        return `what "${rule.text}" does with packets for the home network is not known`;
    }
  }
  return null;
}

/**
 * A question about destinations is about packets as they leave, and a rule can give a packet another destination on its way out:
 * one to this machine or the home network may then go where the question asks about.
 * @returns words about the first rule that may do so, for any sender; null when there is none
 */
export function translatedInto({ tables }: Ruleset, space: Space): string | null {
  if (space.direction !== 'out') return null;
  const family = space.version === 4 ? 'ip' : 'ip6';
  const hasZones = tables.some(givesZones);
  for (const table of tables) {
    if (table.dormant || (table.family !== 'inet' && table.family !== family)) continue;
    for (const rule of translating(table, hasZones).flatMap(({ rules }) => rules)) {
      const target = sends(space, rule);
      if (target === null || rule.statements.some((one) => excludesVersion(one, space.version))) continue;
      const to = target.address === null ? 'another port' : formatRange(space.version, target.address);
      return `address translation may send other packets to ${to}: ${rule.text}`;
    }
  }
  return null;
}
