import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localHost } from '#core/hosts/local.ts';
import { Gather } from '../testing/gather.ts';
import { JournalFollower } from './journal-follower.ts';

/**
 * A stand-in for what a journal rarely does (the real one: `real-journald.integration.test.ts`): a program with the name of journalctl
 * that does what journalctl(1) says of `--cursor`, `--since` and `--follow`, over a file of lines as the real one prints them.
 */
const STAND_IN = `#!/bin/sh
cd "$(dirname "$0")"
printf '%s\\n' "$*" >> called
from=1
for word do
  case $word in
    --cursor=*)
      wanted=\${word#--cursor=}
      case $wanted in *bad*) echo 'Failed to seek to cursor: Invalid argument' >&2; exit 1 ;; esac
      from=$(grep -n -F "\\"$wanted\\"" entries | head -n 1 | cut -d: -f1) ;;
  esac
done
exec tail -n +"\${from:-1}" -f -s 0.05 entries
`;

let folder = '';
const open: Gather[] = [];

beforeEach(() => {
  folder = mkdtempSync('/tmp/swarmkeep-journal-');
  writeFileSync(`${folder}/journalctl`, STAND_IN);
  chmodSync(`${folder}/journalctl`, 0o755);
  mkdirSync(`${folder}/journal/id`, { recursive: true });
  writeFileSync(`${folder}/journal/id/system.journal`, '');
  writeFileSync(`${folder}/entries`, '');
});
afterEach(async () => {
  for (const gather of open.splice(0)) await gather.stop();
  rmSync(folder, { recursive: true, force: true });
});

const entry = (number: number, cursor = `s=a;i=${number}`) =>
  JSON.stringify({
    __CURSOR: cursor,
    __REALTIME_TIMESTAMP: String(1_000_000 + number),
    MESSAGE: `event ${number} says "__CURSOR" : "s=forged"`,
  });
const write = (...entries: string[]) => appendFileSync(`${folder}/entries`, `${entries.join('\n')}\n`);
const events = (gather: Gather) => gather.texts.map((text) => Number(/event (\d+)/.exec(text)?.[1]));

function follow(position?: unknown): Gather {
  const options = { program: `${folder}/journalctl`, folders: [`${folder}/journal`], pauseMs: 50 };
  const gather = new Gather(
    new JournalFollower({ host: localHost(), unit: 'x.service', position, ...options }),
  );
  open.push(gather);
  return gather;
}

it('follows by cursor, and goes on behind the last entry', async () => {
  write(entry(1), entry(2));
  const first = follow();
  await first.until(({ lines }) => lines.length === 2);
  write(entry(3));
  await first.until(({ lines }) => lines.length === 3);
  const position = await first.stop();
  expect(position).toMatchObject({ cursor: 's=a;i=3', skip: 0 });
  write(entry(4), 'no entry', entry(5));
  const second = follow(position);
  await second.until(({ lines }) => lines.length === 3);
  expect(events(first)).toEqual([1, 2, 3]);
  expect(events(second)).toEqual([4, Number.NaN, 5]);
  expect(second.gaps).toEqual([]);
  expect(second.follower.status().state).toBe('live');
});

it('does not hand over twice what says no cursor', async () => {
  write(entry(1), 'no entry');
  const first = follow();
  await first.until(({ lines }) => lines.length === 2);
  const position = await first.stop();
  write(entry(2));
  const second = follow(position);
  await second.until(({ lines }) => lines.length === 1);
  expect(events(second)).toEqual([2]);
});

it('tells when the journal was vacuumed', async () => {
  write(entry(1), entry(2));
  const first = follow();
  await first.until(({ lines }) => lines.length === 2);
  const position = await first.stop();
  writeFileSync(`${folder}/entries`, `${entry(7)}\n`);
  const second = follow(position);
  await second.until(({ lines }) => lines.length === 1);
  expect(second.gaps.map(({ kind }) => kind)).toEqual(['journal-vacuumed']);
});

it('goes by time when the cursor is not taken, and tells it', async () => {
  write(entry(1), entry(2, 's=bad'), entry(3));
  const second = follow({ form: 'journal-1', cursor: 's=bad', skip: 0, time: '1000002', at: 0 });
  await second.until(({ lines }) => lines.length === 1);
  expect(events(second)).toEqual([3]);
  expect(second.gaps.map(({ kind }) => kind)).toEqual(['journal-vacuumed']);
});

it('says when there is no journal, and finds it when it appears', async () => {
  rmSync(`${folder}/journal`, { recursive: true });
  const gather = follow();
  await gather.until(({ follower }) => follower.status().trouble.includes('no journal'));
  mkdirSync(`${folder}/journal/id`, { recursive: true });
  writeFileSync(`${folder}/journal/id/system.journal`, '');
  write(entry(1));
  await gather.until(({ lines }) => lines.length === 1);
});

it('makes journalctl wait for a slow reader, and leaves no process behind', async () => {
  const line = `${JSON.stringify({ __CURSOR: 's=1', MESSAGE: 'm'.repeat(2_000) })}\n`;
  writeFileSync(`${folder}/entries`, line.repeat(15_000));
  const options = { program: `${folder}/journalctl`, folders: [`${folder}/journal`] };
  const follower = new JournalFollower({ host: localHost(), unit: null, ...options });
  const before = process.memoryUsage().rss;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(process.memoryUsage().rss - before).toBeLessThan(24_000_000);
  let count = 0;
  while (count < 15_000) count += (await follower.next())?.lines.length ?? 0;
  expect(count).toBe(15_000);
  await follower.close();
  const left = () =>
    execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' }).includes('-f -s 0.05 entries');
  for (let wait = 0; wait < 40 && left(); wait += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(left()).toBe(false);
});
