import { chainsAt } from '../hooks.ts';
import { contains } from '../interval.ts';
import type { Ruleset, Statement } from '../model.ts';
import { ownAddresses } from '../prove/space.ts';
import { type Judged, judge, type Rules } from './ask.ts';
import { packetIn, type Target } from './inbound.ts';

type Nat = Statement & { kind: 'nat' };

const MAX_RULES = 64;

/** Ports that a rule asks for, the lowest of each range; those of a connection that is not translated yet. */
function portsAsked(statements: readonly Statement[], nat: Nat): bigint[] {
  const conditions = [
    ...statements.flatMap((one) => (one.kind === 'match' && !one.negated ? one.alternatives.flat() : [])),
    ...nat.entries.flatMap((entry) => entry.conditions),
  ];
  return conditions.flatMap(({ field, values }) =>
    field === 'dport' && values.kind === 'numbers' ? values.intervals.map(([low]) => low) : [],
  );
}

/** Rules of translation that can lead to a port of the host itself, each with ports to try them on. */
function leadingTo(
  ruleset: Ruleset,
  version: 4 | 6,
  isOwn: (address: bigint) => boolean,
  port: number,
): bigint[] {
  const found: bigint[] = [];
  const tables = new Set(chainsAt(ruleset, 'prerouting', version).map(({ table }) => table));
  for (const table of tables)
    for (const rule of [...table.chains.values()].flatMap((chain) => chain.rules)) {
      for (const statement of rule.statements) {
        if (statement.kind !== 'nat' || (statement.type !== 'dnat' && statement.type !== 'redirect'))
          continue;
        const leads = statement.entries.some(
          ({ target }) =>
            (target.port === null || contains([target.port], BigInt(port))) &&
            (target.address === null || isOwn(target.address[0])),
        );
        if (!leads) continue;
        const asked = portsAsked(rule.statements, statement);
        found.push(...(asked.length === 0 ? [BigInt(port)] : asked));
      }
      if (found.length > MAX_RULES) return found.slice(0, MAX_RULES);
    }
  return found;
}

/**
 * Packets that come in on an address of the host and that translation sends to another port of it: those that get through, or of which it
 * cannot be told. Samples, for a rule is tried on the ports that it names.
 * @param target the address, and the port to which it would lead
 * @param senders addresses to try it from
 */
export function translatedTo(rules: Rules, target: Target, senders: readonly bigint[]): Judged[] {
  const { ruleset, host } = rules;
  const { version, port } = target;
  const own = ownAddresses(host, version);
  const ports = new Set(leadingTo(ruleset, version, (address) => contains(own, address), port));
  ports.delete(BigInt(port));
  return [...ports].flatMap((dport) =>
    senders
      .map((saddr) => judge(rules, packetIn({ ...target, port: Number(dport) }, saddr)))
      .filter(
        ({ verdict }) =>
          verdict.verdict === 'unknown' ||
          (verdict.verdict === 'accept' &&
            verdict.path.some((step) => /^(dnat|redirect)\b/.test(step.outcome))),
      )
      .slice(0, 1),
  );
}
