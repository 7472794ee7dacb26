import { complement } from '../../fields.ts';
import type { Interval } from '../../interval.ts';
import type { Condition } from '../../model.ts';
import { hasOnly, type MatchReader, onlyOption } from '../rule-syntax.ts';
import { match, matchNumber, NEVER, numbers } from '../statements.ts';
import { parseNumber } from '../values.ts';

function parseIds(text: string): Interval | null {
  const [first = '', second = first, ...more] = text.split('-');
  const low = parseNumber(first);
  const high = parseNumber(second);
  return more.length > 0 || low === null || high === null || low > high ? null : [low, high];
}

/**
 * owner (xt_owner.c). iptables-save prints ids as numbers; a name in a file written by hand is not known here.
 *
 * A packet without a socket meets the match when every part of it is inverted; nft's `meta skuid != 1` never holds for one.
 * So a match of inverted parts only becomes two alternatives, with and without a socket.
 */
export const readOwner: MatchReader = (extension) => {
  if (!hasOnly(extension, ['--uid-owner', '--gid-owner', '--socket-exists'])) return null;
  const conditions: { plain: Condition; inverted: Condition; negated: boolean }[] = [];
  for (const [name, field] of [
    ['--uid-owner', 'skuid'],
    ['--gid-owner', 'skgid'],
  ] as const) {
    const option = onlyOption(extension, name);
    if (!option) continue;
    const ids = parseIds(option.values[0] ?? '');
    if (!ids) return null;
    conditions.push({
      plain: numbers(field, [ids]),
      inverted: numbers(field, complement(field, 4, [ids])),
      negated: option.negated,
    });
  }
  const socket = onlyOption(extension, '--socket-exists');
  if (extension.options.length === 0) return null;
  if (extension.options.every((option) => option.negated)) {
    const without = [numbers('socket', [[0n, 0n]])];
    if (socket) return [match(without)];
    const holder = [numbers('socket', [[1n, 1n]]), ...conditions.map(({ inverted }) => inverted)];
    return [{ kind: 'match', alternatives: [without, holder], negated: false }];
  }
  if (socket?.negated) return [NEVER];
  return [
    ...(socket ? [matchNumber('socket', [[1n, 1n]])] : []),
    ...conditions.map(({ plain, negated }) => match([plain], negated)),
  ];
};
