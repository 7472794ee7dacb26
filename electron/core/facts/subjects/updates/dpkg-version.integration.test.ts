import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareDpkgVersions } from './dpkg-version.ts';

/** What dpkg itself says, for many pairs in one shell. */
function askDpkg(pairs: readonly (readonly [string, string])[]): number[] {
  const lines = pairs.map(
    ([a, b]) =>
      `if dpkg --compare-versions '${a}' lt '${b}'; then echo -1; elif dpkg --compare-versions '${a}' gt '${b}'; then echo 1; else echo 0; fi`,
  );
  const { stdout } = spawnSync('/bin/sh', ['-s'], { input: lines.join('\n'), encoding: 'utf8' });
  return stdout.trim().split('\n').map(Number);
}

const part = fc.array(fc.constantFrom('0', '1', '9', '10', '00', 'a', 'Z', '~', '+', '.', 'rc', '~~'), {
  minLength: 1,
  maxLength: 5,
});
const version = fc
  .tuple(fc.constantFrom('', '1:', '2:'), part, fc.option(part, { nil: null }))
  .map(
    ([epoch, upstream, revision]) =>
      `${epoch}1${upstream.join('')}${revision ? `-${revision.join('')}` : ''}`,
  );

it('orders versions as dpkg does', (context) => {
  if (!existsSync('/usr/bin/dpkg')) context.skip('needs dpkg');
  const pairs = fc.sample(fc.tuple(version, version), 150);
  const known = [
    ['1.0~rc1', '1.0'],
    ['5.4.1-1', '5.4.1-1+deb12u2'],
    ['1:1.0', '2.0'],
    ['1.0-1', '1.0'],
    ['2.9', '2.10'],
  ] as const;
  const all = [...known, ...pairs];
  expect(all.map(([a, b]) => Math.sign(compareDpkgVersions(a, b)) + 0)).toEqual(askDpkg(all));
});
