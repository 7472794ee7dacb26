import { CT_STATE } from '../../fields.ts';
import { type IntervalSet, normalize } from '../../interval.ts';
import type { Condition, Statement } from '../../model.ts';
import { hasOnly, type MatchReader, onlyOption } from '../rule-syntax.ts';
import { matchNumber, numbers } from '../statements.ts';

const STATES: ReadonlyMap<string, bigint> = new Map([
  ['INVALID', CT_STATE.invalid],
  ['NEW', CT_STATE.new],
  ['ESTABLISHED', CT_STATE.established],
  ['RELATED', CT_STATE.related],
  ['UNTRACKED', CT_STATE.untracked],
]);

/** IPS_SRC_NAT and IPS_DST_NAT of linux/netfilter/nf_conntrack_common.h. */
const TRANSLATED: ReadonlyMap<string, bigint> = new Map([
  ['SNAT', 16n],
  ['DNAT', 32n],
]);

const WITHOUT_CONNECTION: readonly bigint[] = [CT_STATE.invalid, CT_STATE.untracked];

function setOf(states: readonly bigint[]): IntervalSet {
  return normalize(states.map((state) => [state, state] as const));
}

/**
 * `--ctstate` and `--state` (xt_conntrack.c, xt_state.c). SNAT and DNAT are bits of the connection's status; a packet
 * without a connection has neither, and `! --ctstate DNAT` holds for it.
 */
function readStates(text: string, negated: boolean): Statement | null {
  const states: bigint[] = [];
  let status = 0n;
  for (const name of text.split(',')) {
    const state = STATES.get(name.toUpperCase());
    const bit = TRANSLATED.get(name.toUpperCase());
    if (state !== undefined) states.push(state);
    else if (bit !== undefined) status |= bit;
    else return null;
  }
  if (status === 0n) return matchNumber('ctState', setOf(states), negated);
  if (!negated) {
    const alternatives: Condition[][] = states.length > 0 ? [[numbers('ctState', setOf(states))]] : [];
    for (const bit of TRANSLATED.values())
      if ((status & bit) !== 0n) alternatives.push([numbers('ctStatus', [[bit, bit]], bit)]);
    return { kind: 'match', alternatives, negated: false };
  }
  const others = [...STATES.values()].filter((state) => !states.includes(state));
  const without = others.filter((state) => WITHOUT_CONNECTION.includes(state));
  const tracked = others.filter((state) => !WITHOUT_CONNECTION.includes(state));
  return {
    kind: 'match',
    alternatives: [
      [numbers('ctState', setOf(without))],
      [numbers('ctState', setOf(tracked)), numbers('ctStatus', [[0n, 0n]], status)],
    ],
    negated: false,
  };
}

/** conntrack and state; of the other options of conntrack only `--ctdir` is known, and only alone. */
export const readConntrack: MatchReader = (extension) => {
  if (extension.name === 'conntrack' && hasOnly(extension, ['--ctdir'])) {
    const direction = onlyOption(extension, '--ctdir');
    const index = ['ORIGINAL', 'REPLY'].indexOf(direction?.values[0]?.toUpperCase() ?? '');
    return index < 0 || direction?.negated ? null : [matchNumber('ctDirection', setOf([BigInt(index)]))];
  }
  const name = extension.name === 'state' ? '--state' : '--ctstate';
  const option = onlyOption(extension, name);
  if (!option || !hasOnly(extension, [name])) return null;
  const statement = readStates(option.values[0] ?? '', option.negated);
  return statement ? [statement] : null;
};
