import { hasOnly, type MatchReader, onlyOption } from '../rule-syntax.ts';
import { match, numbers } from '../statements.ts';
import { parseMasked } from '../values.ts';

/** mark and connmark (xt_mark.c, xt_connmark.c): `(mark & mask) == value`, so a value with bits outside of the mask is never met. */
export const readMark: MatchReader = (extension) => {
  const option = onlyOption(extension, '--mark');
  const masked = option ? parseMasked(option.values[0] ?? '') : null;
  if (!option || !masked || !hasOnly(extension, ['--mark'])) return null;
  const { value, mask } = masked;
  const wanted = (value & ~mask) === 0n ? [[value, value] as const] : [];
  const field = extension.name === 'mark' ? 'mark' : 'ctMark';
  return [match([numbers(field, wanted, mask === 0xffff_ffffn ? null : mask)], option.negated)];
};
