import type { Statement, TableFamily } from '../model.ts';
import type { Dependencies } from './expression.ts';

/**
 * Whether nft may leave `ip6 nexthdr` out in front of an expression: in tables of family ip6 it lists `ip6 nexthdr udp udp dport 53` as
 * `udp dport 53`, also with other matches between the two (netlink_delinearize.c, payload_dependency_kill; seen with nft 1.0.6).
 * @param dependencies what the expression asks for silently; with a header of one protocol that is this protocol
 */
export function hidesNextHeader(family: TableFamily, dependencies: Dependencies): boolean {
  return (
    family === 'ip6' &&
    dependencies.some(({ field, values }) => {
      const [only, second] = values.kind === 'numbers' ? values.intervals : [];
      return field === 'l4proto' && only !== undefined && second === undefined && only[0] === only[1];
    })
  );
}

const ASKS: ReadonlySet<Statement['kind']> = new Set(['match', 'may', 'unmodelled']);

/**
 * The statements of a rule in front of which `ip6 nexthdr` may have been left out: for packets with an extension header, which a program may
 * add without any right, what the rule does is not known. Where it accepts it is taken to accept those too.
 */
export function withHiddenNextHeader(statements: readonly Statement[], text: string): readonly Statement[] {
  const first = statements.findIndex(({ kind }) => !ASKS.has(kind));
  const effects = first < 0 ? [] : statements.slice(first);
  if (effects.every((one) => one.kind === 'verdict' && one.verdict.kind === 'accept')) return statements;
  const hidden: Statement = {
    kind: 'unmodelled',
    text: `ip6 nexthdr in front of ${text}`,
    holdsPlainly: true,
  };
  return [...statements.slice(0, first), hidden, ...effects];
}
