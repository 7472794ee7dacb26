import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gapsWhere } from '../../testing/gaps-where.ts';
import type { Disturbance } from '../../testing/stand-in.ts';
import { updatesCollector } from '../updates.ts';

const missing = ['/usr/bin/dpkg-query', '/usr/bin/apt', '/usr/lib/apt/apt-helper'].find(
  (path) => !existsSync(path),
);

describe.runIf(missing === undefined)('updates of which there are', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cut-off-'));
    mkdirSync(join(folder, 'lists'));
    mkdirSync(join(folder, 'apt'));
    writeFileSync(
      join(folder, 'lists', 'x_dists_y_InRelease'),
      'Suite: y\nDate: Sat, 21 Nov 2026 08:00:00 UTC\n',
    );
    const { stdout } = spawnSync('dpkg', ['--print-architecture'], { encoding: 'utf8' });
    writeFileSync(
      join(folder, 'lists', 'x_dists_y_main_binary-z_Packages'),
      `Package: dpkg\nArchitecture: ${stdout.trim()}\nVersion: 999\n\n`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const here = (script: string) =>
    script
      .replaceAll('/var/lib/apt/lists', join(folder, 'lists'))
      .replaceAll('/etc/apt', join(folder, 'apt'))
      .replaceAll('cache=/var/cache/apt/pkgcache.bin', 'cache=/nowhere')
      .replaceAll('limit 3 dpkg-query', 'limit "$seconds" dpkg-query');

  it.for<[Disturbance | null, number]>([
    [null, 60],
    ['hangs', 1],
    ['fails', 60],
    ['tells-half', 60],
  ])('says that it does not know them where dpkg-query %s', ([how, seconds]) => {
    const gaps = gapsWhere(
      updatesCollector,
      how === null ? null : 'dpkg-query',
      how ?? 'fails',
      (script) => `seconds=${seconds}; patience=${how === null ? 20 : 1}\n${here(script)}`,
    );
    if (how === null) expect(gaps).not.toContain('pending updates');
    else expect(gaps).toContain('pending updates');
  });

  it.for<Disturbance>(['fails', 'tells-half'])('says so where apt is asked and %s', (how) => {
    const gaps = gapsWhere(updatesCollector, 'apt', how, (script) =>
      here(script).replace('! decided; then own_lists', 'false; then own_lists'),
    );
    expect(gaps).toContain('pending updates');
  });
});

if (missing !== undefined) it('reads updates', (context) => context.skip(`needs ${missing}`));
