import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keyInFile } from '#core/ledger/key-file.ts';
import { prepareDataFolder } from '#core/store/data-folder.ts';
import { endlessFollower } from '../testing/endless-follower.ts';
import { plainRules } from '../testing/plain-rules.ts';
import { writerOperations } from '../writer-operations.ts';

it('calls a source that was found by what is known of its node now, and leaves one that was removed away', async () => {
  const above = mkdtempSync(join(tmpdir(), 'swarmkeep-names-'));
  const folder = prepareDataFolder(join(above, 'data'));
  keyInFile(folder).make('swarmkeep/names');
  const begin = () =>
    writerOperations({
      folder,
      keep: { fullText: true, days: 90, megabytes: 100 },
      openFollower: () => ({ ...endlessFollower(null), next: async () => null }),
      loadRules: () => plainRules(),
      say: () => undefined,
    }).operations;
  const named = (...names: string[]) => ({
    nodes: [
      {
        ...{ id: 'miu', name: 'miu', address: { kind: 'local' as const }, utcOffsetMinutes: 0 },
        found: names.map((name, at) => ({ target: { kind: 'file' as const, path: `/log-${at}` }, name })),
      },
    ] as Parameters<ReturnType<typeof begin>['watch']>[0]['nodes'],
  });
  const operations = begin();
  const names = (of = operations) => of.sources().map(({ name }) => name);
  await operations.watch(named('Access log (1000-7890)', 'Tool calls'));
  expect(names()).toEqual(['Access log (1000-7890)', 'Tool calls']);
  await operations.watch(named('Files that the agent of miu asked for', 'Tool calls'));
  expect(names()).toEqual(['Files that the agent of miu asked for', 'Tool calls']);
  const gone = operations.sources().find(({ name }) => name === 'Tool calls');
  await operations.removeSource({ source: gone?.id ?? '' });
  await operations.watch(named('Files that the agent of miu asked for', 'Tool calls of the agent'));
  expect(names()).toEqual(['Files that the agent of miu asked for']);
  await operations.close();
  const later = begin();
  expect(names(later)).toEqual(['Files that the agent of miu asked for']);
  await later.close();
  rmSync(above, { recursive: true, force: true });
});
