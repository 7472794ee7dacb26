import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { PRELUDE } from '../../script/prelude.ts';
import { type Disturbance, type StandIn, standIn } from '../../testing/stand-in.ts';
import { PINNED } from './script.ts';

let folder = '';
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the node would say with these preferences, and lists from deb.debian.org only. */
function isPinned(preferences: Record<string, string>, broken: StandIn | null = null): boolean {
  folder = mkdtempSync(join(tmpdir(), 'pins-'));
  for (const name of ['preferences.d', 'lists']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'lists', 'Deb.debian.org_debian_dists_bookworm_InRelease'), '');
  for (const [name, text] of Object.entries(preferences)) writeFileSync(join(folder, name), text);
  const script = PINNED.replaceAll('/etc/apt', folder).replaceAll(
    '/var/lib/apt/lists',
    join(folder, 'lists'),
  );
  const before = broken?.within(PRELUDE) ?? PRELUDE;
  return spawnSync('/bin/sh', ['-s'], { input: `${before}${script}pinned` }).status === 0;
}
const pin = (names: string, what: string) => `Package: ${names}\nPin: ${what}\nPin-Priority: 600\n`;
const near = 'origin deb.debian.org';

it.for<[string, Record<string, string>, boolean]>([
  ['there are no preferences', {}, false],
  ['nothing is said', { preferences: '# a comment\n\n' }, false],
  ['an installed package is pinned', { preferences: pin('dpkg', near) }, true],
  ['a package that is not installed is pinned', { preferences: pin('no-such-package', near) }, false],
  ['the origin has no lists', { 'preferences.d/x': pin('dpkg', 'origin deb.example.org') }, false],
  ['the origin has no lists, but its name is a pattern', { preferences: pin('dpkg', 'origin *.org') }, true],
  ['the second of two pins counts', { preferences: `${pin('x', near)}\n${pin('x dpkg', near)}` }, true],
  [
    'the second of two files counts',
    { preferences: pin('x', near), 'preferences.d/y': pin('dpkg', near) },
    true,
  ],
  ['a release is pinned', { preferences: pin('dpkg', 'release a=testing') }, true],
  ['all packages are pinned', { preferences: pin('*', 'release a=testing') }, true],
  ['a pattern is pinned', { preferences: pin('lib*', near) }, true],
  ['a source package is pinned', { preferences: pin('src:dpkg', near) }, true],
  ['a line goes on', { preferences: `Package: x\n dpkg\nPin: ${near}\nPin-Priority: 1\n` }, true],
  ['it is no text of ours', { preferences: '\0\u00ff' }, true],
])('asks apt or not where %s', ([, preferences, expected], context) => {
  if (!existsSync('/usr/bin/dpkg-query')) context.skip('needs dpkg-query');
  expect(isPinned(preferences)).toBe(expected);
});

it.for<Disturbance>(['fails', 'tells-half'])('asks apt where dpkg-query %s', (how, context) => {
  const broken = standIn('dpkg-query', how);
  if (broken === null) return context.skip('needs dpkg-query');
  expect(isPinned({ preferences: pin('no-such-package', near) }, broken)).toBe(true);
  broken.remove();
});
