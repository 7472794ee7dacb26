import type { MarkChange, Statement } from '../../model.ts';
import { type Extension, hasOnly, onlyOption } from '../rule-syntax.ts';
import { parseMasked, parseNumber } from '../values.ts';

const ALL = 0xffff_ffffn;

/** `--set-mark`, `--set-xmark`, `--and-mark`, `--or-mark`, `--xor-mark` of MARK and CONNMARK in iptables-extensions(8). */
function readChange(extension: Extension): MarkChange | null {
  const [option, ...more] = extension.options;
  if (!option || more.length > 0 || option.negated) return null;
  const text = option.values[0] ?? '';
  const bits = parseNumber(text);
  switch (option.name) {
    case '--set-xmark':
    case '--set-mark': {
      const masked = parseMasked(text);
      if (!masked) return null;
      const cleared = option.name === '--set-mark' ? masked.mask | masked.value : masked.mask;
      return { kind: 'value', keep: ALL & ~cleared, value: masked.value };
    }
    case '--and-mark':
      return bits === null ? null : { kind: 'value', keep: bits, value: 0n };
    case '--or-mark':
      return bits === null ? null : { kind: 'value', keep: ALL & ~bits, value: bits };
    case '--xor-mark':
      return bits === null ? null : { kind: 'value', keep: ALL, value: bits };
    default:
      return null;
  }
}

function maskOf(extension: Extension, name: string): bigint | null {
  const option = onlyOption(extension, name) ?? onlyOption(extension, '--mask');
  return option ? parseNumber(option.values[0] ?? '') : ALL;
}

/** MARK (xt_mark.c). */
export function readMarkTarget(extension: Extension): readonly Statement[] | null {
  const change = readChange(extension);
  return change ? [{ kind: 'setMark', field: 'mark', change }] : null;
}

/** CONNMARK (xt_connmark.c): set, or copy from or to the packet's mark; shifts are not known here. */
export function readConnmarkTarget(extension: Extension): readonly Statement[] | null {
  const change = readChange(extension);
  if (change) return [{ kind: 'setMark', field: 'ctMark', change }];
  const isSave = onlyOption(extension, '--save-mark') !== null;
  const way = isSave ? '--save-mark' : '--restore-mark';
  if (!onlyOption(extension, way) || !hasOnly(extension, [way, '--nfmask', '--ctmask', '--mask']))
    return null;
  const nfmask = maskOf(extension, '--nfmask');
  const ctmask = maskOf(extension, '--ctmask');
  if (nfmask === null || ctmask === null) return null;
  const copy: MarkChange = isSave
    ? { kind: 'copy', keep: ALL & ~ctmask, from: 'mark', take: nfmask }
    : { kind: 'copy', keep: ALL & ~nfmask, from: 'ctMark', take: ctmask };
  return [{ kind: 'setMark', field: isSave ? 'ctMark' : 'mark', change: copy }];
}
