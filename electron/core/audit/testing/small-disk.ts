import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { keyInFile } from '#core/ledger/key-file.ts';
import { openAuditReading } from '#core/store/audit/audit-store.ts';
import { prepareDataFolder } from '#core/store/data-folder.ts';
import { readerOperations } from '../reader-operations.ts';
import { writerOperations } from '../writer-operations.ts';
import { endlessFollower, lineOf } from './endless-follower.ts';
import { plainRules } from './plain-rules.ts';

/**
 * Stores an endless log on a small disk until that is full, makes room and goes on; prints what happened as JSON:
 * `small-disk.ts MOUNTED_FOLDER`.
 */
const disk = process.argv[2] ?? '';
const folder = prepareDataFolder(join(disk, 'data'));
const key = keyInFile(folder);
key.make('swarmkeep/small-disk');
const { operations } = writerOperations({
  folder,
  keep: { fullText: true, days: 90, megabytes: 100 },
  openFollower: (_node, _target, position) => endlessFollower(position),
  loadRules: () => plainRules(),
  say: () => undefined,
});
const target = { kind: 'file', path: '/endless' } as const;
const node = {
  id: 'miu',
  name: 'miu',
  address: { kind: 'local' },
  utcOffsetMinutes: 0,
  found: [{ target, name: 'endless' }],
};
const ballast = join(disk, 'ballast');
const { bavail, bsize } = statfsSync(disk);
writeFileSync(ballast, Buffer.alloc(Math.floor(bavail * bsize * 0.6)));

/** Waits for what becomes true within half a minute. */
async function until(isSo: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 600 && !isSo(); tries += 1) await pause(50);
  return isSo();
}

await operations.watch({ nodes: [node as Parameters<typeof operations.watch>[0]['nodes'][number]] });
const filled = await until(() => operations.state().trouble !== '');
const full = { ...operations.state(), source: operations.sources()[0] };
await pause(700);
const stillFull = operations.state().events;
rmSync(ballast);
const wentOn = await until(
  () => operations.state().events > full.events + 500 && operations.state().trouble === '',
);
const after = operations.sources()[0];
await operations.close();

const reading = openAuditReading(folder);
const events = reading.reader.newest();
let wrong = 0;
for (let number = 1; number <= events; number += 1) {
  if (reading.reader.event(number)?.raw !== lineOf(number - 1)) wrong += 1;
}
const gaps = reading.sources.gaps(null);
reading.close();
const reader = readerOperations(folder);
const report = await reader.verify({ keys: [key.read()?.verifier.text ?? ''], roots: [], removedUpTo: 0 });
reader.close();
process.stdout.write(
  JSON.stringify({
    filled,
    full,
    stillFull,
    wentOn,
    after,
    events,
    wrong,
    gaps,
    verified: report.verified,
    upTo: report.upTo,
  }),
);
