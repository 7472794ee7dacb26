import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { factsAs, valueIn } from '../../testing/facts-as.ts';

/** apt's own word on what is pending, its cache kept in memory so that the test writes nothing either. */
function askApt(): string[] {
  const { stdout } = spawnSync(
    'apt',
    ['-o', 'Dir::Cache::pkgcache=', '-o', 'Dir::Cache::srcpkgcache=', 'list', '--upgradable'],
    { encoding: 'utf8', env: { PATH: '/usr/bin:/bin:/usr/sbin', LC_ALL: 'C' } },
  );
  return stdout
    .split('\n')
    .flatMap((line) => {
      const match = /^([^/]+)\/(\S+) (\S+) \S+ \[upgradable from: (\S+)\]$/.exec(line);
      return match ? [`${match[1]} ${match[4]} ${match[3]} ${/security/.test(match[2] ?? '')}`] : [];
    })
    .sort();
}

function cacheListing(): string[] {
  return ['/var/cache/apt', '/var/lib/apt/lists'].flatMap((folder) =>
    readdirSync(folder).map((name) => `${folder}/${name}`),
  );
}

it('says of pending updates what apt says, and leaves apt as it was', async (context) => {
  if (!existsSync('/usr/bin/apt')) context.skip('needs apt');
  const before = cacheListing();
  const looked = await factsAs(process.getuid?.() ?? 0, ['updates']);
  const updates = valueIn(looked, 'updates');
  expect(cacheListing()).toEqual(before);
  if (updates.listsRefreshedAt === null) context.skip('needs package lists (apt-get update)');
  const pending = updates.pending
    .map((entry) => `${entry.package} ${entry.installed} ${entry.available} ${entry.security}`)
    .sort();
  expect(pending).toEqual(askApt());
}, 120_000);
