import { formatRange } from '../address.ts';
import { domain } from '../fields.ts';
import { intersects } from '../interval.ts';
import type { Chain, NatTarget, Rule, Ruleset, Statement, Table, Verdict } from '../model.ts';
import { allowed, type Space } from '../prove/space.ts';

/** Chains that packets of this host get to for translation: those at the hook output, and all that they jump to. */
function translating(table: Table): Chain[] {
  const found = new Set<Chain>();
  const waiting = [...table.chains.values()].filter(
    ({ base }) => base?.type === 'nat' && base.hook === 'output',
  );
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

/**
 * A question about destinations is about packets as they leave, and a rule can give a packet another destination on its way out:
 * one to this machine or the home network may then go where the question asks about.
 * @returns words about the first rule that may do so, for any sender; null when there is none
 */
export function translatedInto({ tables }: Ruleset, space: Space): string | null {
  if (space.direction !== 'out') return null;
  const family = space.version === 4 ? 'ip' : 'ip6';
  for (const table of tables) {
    if (table.dormant || (table.family !== 'inet' && table.family !== family)) continue;
    for (const rule of translating(table).flatMap(({ rules }) => rules)) {
      const target = sends(space, rule);
      if (target === null) continue;
      const to = target.address === null ? 'another port' : formatRange(space.version, target.address);
      return `address translation may send other packets to ${to}: ${rule.text}`;
    }
  }
  return null;
}
