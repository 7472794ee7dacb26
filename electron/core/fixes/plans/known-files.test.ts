import { expect, it } from 'vitest';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import { withKnownFiles } from './known-files.ts';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const upgrade: HelperAction = {
  verb: 'upgrade-packages',
  path: '/srv/env',
  site: 'lib/python3.11/site-packages',
  packages: [
    { name: 'demo', from: '1.0', to: '1.1', sha256: [A, B] },
    { name: 'other', from: '1.0', to: '2.0' },
  ],
  expect: { kind: 'any' },
};
const wheel = (name: string, version: string, sha256: string | null) => ({ name, version, file: '', sha256 });

it('does an upgrade again from the very files that it was done from', () => {
  expect(withKnownFiles(upgrade, [wheel('demo', '1.1', B), wheel('other', '2.0', A)])).toEqual({
    ...upgrade,
    packages: [
      { name: 'demo', from: '1.0', to: '1.1', sha256: [B] },
      { name: 'other', from: '1.0', to: '2.0', sha256: [A] },
    ],
  });
});

it('leaves everything as it was planned where nobody knows the file', () => {
  expect(withKnownFiles(upgrade, undefined)).toBe(upgrade);
  expect(withKnownFiles(null, [])).toBeNull();
  const others = [wheel('demo', '1.2', A), wheel('other', '2.0', null), wheel('third', '2.0', A)];
  expect(withKnownFiles(upgrade, others)).toEqual(upgrade);
});
