import { expect, it } from 'vitest';
import type { StepPreview } from '#shared/domain/plan.ts';
import { previewLine } from './preview-line.ts';

it.each<[StepPreview, string]>([
  [{ kind: 'command', arguments: ['nft', '-f', "it's"] }, `nft -f 'it'\\''s'`],
  [{ kind: 'command', arguments: ['echo', 'a\u202eb'] }, 'echo "a\\\\u{202e}b"'],
  [{ kind: 'attributes', path: '/etc/a', before: '0644', after: '0600' }, '/etc/a: 0644 → 0600'],
  [{ kind: 'words', text: 'Wait a minute' }, 'Wait a minute'],
])('says %j on one line', (preview, line) => {
  expect(previewLine(preview)).toBe(line);
});
