/**
 * One measurement of `audit-memory.ts`, in a process of its own so that nothing else is counted: follows a folder of logs until so many
 * events are stored or so many seconds are over, and prints as JSON what that process took at most.
 * Arguments: data folder, pattern of the logs, events, seconds.
 */

import { startAuditThread } from '#core/audit/thread-client.ts';
import type { WriterOperations } from '#core/audit/writer-operations.ts';
import { keyInFile } from '#core/ledger/key-file.ts';

const [folder = '', patterns = '', events = '0', seconds = '60'] = process.argv.slice(2);
if (keyInFile(folder).read() === null) keyInFile(folder).make('swarmkeep/bench');
const before = process.memoryUsage.rss();
let gone = '';
const writer = await startAuditThread<WriterOperations>(
  { role: 'writer', folder, keep: { fullText: true, days: 3_650, megabytes: 1_048_576 } },
  () => undefined,
  (why) => {
    gone = why.message;
  },
);
const loaded = process.memoryUsage.rss();
let peak = loaded;
const watching = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);
const found = patterns
  .split('\n')
  .map((pattern) => ({ target: { kind: 'pattern' as const, pattern }, name: pattern }));
const address = { kind: 'local' as const };
await writer.ask.watch({ nodes: [{ id: 'miu', name: 'miu', address, utcOffsetMinutes: 0, found }] });
const end = performance.now() + Number(seconds) * 1_000;
let stored = 0;
while (performance.now() < end && gone === '') {
  stored = (await writer.ask.state().catch(() => ({ events: stored }))).events;
  if (stored >= Number(events)) break;
  await new Promise((resolve) => setTimeout(resolve, 100));
}
clearInterval(watching);
const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
process.stdout.write(
  `${JSON.stringify({ peak: mebibytes(peak - before), rules: mebibytes(loaded - before), stored, gone })}\n`,
);
await writer.close();
process.exit(0);
