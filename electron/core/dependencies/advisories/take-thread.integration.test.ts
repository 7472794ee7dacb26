import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readAdvisories } from '#core/store/advisories/advisory-reader.ts';
import type { TakeJob } from './take-protocol.ts';
import { takeInThread } from './take-thread.ts';
import { exampleAdvisory, generatedAdvisories } from './testing/example-advisories.ts';
import { makeZip } from './testing/make-zip.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const quiet = { onProgress: () => undefined };
let folder: string;
let data: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-thread-'));
  data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
});
afterEach(() => rmSync(folder, { recursive: true }));

function job(files: Iterable<{ name: string; text: string }>): TakeJob {
  const path = join(folder, 'all.zip');
  writeFileSync(path, makeZip([...files].map(({ name, text }) => ({ name, contents: text }))));
  return { kind: 'import', folder: data, path, now: NOW };
}
const one = { name: 'A.json', text: JSON.stringify(exampleAdvisory('PYSEC-2026-1', 'django')) };

/** What is in use, and all that lies there. */
function held(): { advisories: number | undefined; files: string[] } {
  const reader = readAdvisories(data);
  const advisories = reader?.facts.advisories;
  reader?.close();
  return { advisories, files: readdirSync(data) };
}

it('takes advisories in another thread, and says how far it is', async () => {
  const words: string[] = [];
  const signal = new AbortController().signal;
  const work = job(generatedAdvisories(3_000));
  const [all, own] = [process.cpuUsage(), process.threadCpuUsage()];
  const result = await takeInThread(work, {
    signal,
    onProgress: (said) => words.push(said),
  });
  expect(result).toMatchObject({ way: 'whole', fetched: 3_000, facts: { advisories: 3_000 } });
  expect(words.at(-1)).toMatch(/^Reading advisories: [\d,]+$/);
  const [total, here] = [process.cpuUsage(all), process.threadCpuUsage(own)];
  expect(here.user + here.system).toBeLessThan((total.user + total.system) / 2);
  expect(held()).toEqual({ advisories: 3_000, files: ['advisories.db'] });
});

it('says in the words of the import what is wrong, and keeps what is there', async () => {
  const { signal } = new AbortController();
  await takeInThread(job([one]), { signal, ...quiet });
  await expect(
    takeInThread(job([{ name: 'B.json', text: '{' }]), { signal, ...quiet }),
  ).rejects.toMatchObject({
    name: 'AdvisoryDataError',
    message: '"B.json" is no JSON.',
  });
  rmSync(data, { recursive: true });
  writeFileSync(data, '');
  await expect(takeInThread(job([one]), { signal, ...quiet })).rejects.toMatchObject({ name: 'StoreError' });
});

it('is called off, before and while it works, and keeps what is there', async () => {
  await takeInThread(job([one]), { signal: new AbortController().signal, ...quiet });
  const stop = new AbortController();
  const going = takeInThread(job(generatedAdvisories(3_000)), {
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await expect(going).rejects.toThrow(/called off/);
  await expect(takeInThread(job([one]), { signal: stop.signal, ...quiet })).rejects.toThrow(/called off/);
  expect(held()).toEqual({ advisories: 1, files: ['advisories.db'] });
});

it.each([
  ['ends in the middle', 'process.exit(1)', /ended before/],
  ['breaks', 'throw new Error("x")', /ended before/],
])('keeps what is there when the thread %s, and leaves nothing behind', async (_what, then, said) => {
  const { signal } = new AbortController();
  await takeInThread(job([one]), { signal, ...quiet });
  const program = join(folder, 'broken.mjs');
  const made = `import { writeFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
writeFileSync(workerData.folder + '/advisories.db.new-' + process.pid, 'half');
${then};
`;
  writeFileSync(program, made);
  await expect(
    takeInThread(job([one]), { signal, ...quiet, program: pathToFileURL(program) }),
  ).rejects.toThrow(said);
  expect(held()).toEqual({ advisories: 1, files: ['advisories.db'] });
});
