import { type Extension, extensionText, type MatchReader } from '../rule-syntax.ts';
import { NEVER } from '../statements.ts';
import { parseNumber } from '../values.ts';

function flag(extension: Extension, name: string): boolean {
  return extension.options.some((option) => option.name === name);
}

function value(extension: Extension, name: string): string | null {
  return extension.options.find((option) => option.name === name)?.values[0] ?? null;
}

/** What the match says of the first packet when nothing else flows; null: it depends on what was before, on the clock or on chance. */
function whenQuiet(extension: Extension): boolean | null {
  const negated = extension.options.some((option) => option.negated);
  switch (extension.name) {
    case 'limit':
      return true;
    case 'hashlimit':
      // `! --hashlimit-upto` is how older versions write above.
      return flag(extension, '--hashlimit-rate-match')
        ? null
        : flag(extension, '--hashlimit-above') === negated;
    case 'connlimit': {
      const above = flag(extension, '--connlimit-above') !== negated;
      const text = value(extension, '--connlimit-above') ?? value(extension, '--connlimit-upto');
      const count = parseNumber(text ?? '');
      // The new connection counts itself.
      return count === null ? null : count >= 1n ? !above : above;
    }
    case 'recent': {
      // A rule in front may have entered the address just now, with one time stamp.
      const hits = parseNumber(value(extension, '--hitcount') ?? '') ?? 1n;
      const found = flag(extension, '--rcheck') || flag(extension, '--update');
      return found && hits > 1n ? negated : null;
    }
    default:
      return null;
  }
}

/**
 * limit, hashlimit, connlimit, recent, statistic, time, quota: what a packet finds depends on others, the clock or chance.
 * ttl, hl, length, dscp, tos: the sender chooses them. rpfilter: it depends on the sender's address.
 */
export const readLimit: MatchReader = (extension) => {
  if (extension.name === 'recent' && flag(extension, '--set')) {
    // Entering an address always succeeds (xt_recent.c), and so `! --set` never does.
    const set = extension.options.find((option) => option.name === '--set');
    return set?.negated ? [NEVER] : [];
  }
  return [{ kind: 'may', text: extensionText('-m', extension), whenQuiet: whenQuiet(extension) }];
};
