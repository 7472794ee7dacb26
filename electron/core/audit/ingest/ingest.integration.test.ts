import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDetector } from '#core/detection/detector.ts';
import { readRuleSet } from '#core/detection/sigma/rule-set.ts';
import { type AuditStore, openAuditStore } from '#core/store/audit/audit-store.ts';
import type { Committed, Intake } from '../pipeline/intake.ts';
import { intakeOn } from '../testing/intake-on.ts';
import { IngestDesk } from './ingest-desk.ts';
import { ingestFile } from './ingest-file.ts';
import { OpenedFile } from './opened-file.ts';

let folder: string;
let store: AuditStore;
let desk: IngestDesk;
let tools: { store: AuditStore; intake: Intake; now: () => number };
let committed: (what: Committed) => void;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-ingest-'));
  store = openAuditStore(folder, true);
  committed = () => undefined;
  const rules = readRuleSet([]);
  const intake = intakeOn(store, {
    createDetector: (state) => createDetector(rules, state),
    committed: (what) => committed(what),
  });
  tools = { store, intake, now: Date.now };
  desk = new IngestDesk(tools);
});
afterEach(async () => {
  await desk.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Lines of a log that takes several batches. */
const LARGE = 400;
const format = 'auto' as const;
const node = 'miu';
const linesOf = (many: number, more = ''): string =>
  Array.from({ length: many }, (_, index) => `line=${index} name=${more}\n`).join('');
const ingest = (path: string) => desk.ingest({ node, path, format });

function largeLog(): string {
  const path = join(folder, 'large.log');
  writeFileSync(path, linesOf(LARGE, 'x'.repeat(8_000)));
  return path;
}

describe('a file that is read once', () => {
  it('is there once although two ask for it at the same time', async () => {
    const path = largeLog();
    const both = await Promise.all([ingest(path), ingest(path)]);
    expect(both.map(({ lines }) => lines)).toEqual([LARGE, 0]);
    expect(store.events.size).toBe(LARGE);
  });

  it('is listed with what is stored of it, and while it is read with how far that is', async () => {
    const path = largeLog();
    const seen: unknown[] = [];
    committed = () => seen.push(desk.list()[0]?.reading);
    await ingest(path);
    const size = readFileSync(path).length;
    expect(seen.length).toBeGreaterThan(2);
    expect(seen[0]).toEqual({ bytes: expect.any(Number), of: size });
    expect(desk.list()).toEqual([
      {
        id: expect.stringMatching(/^ingest-/),
        ...{ node, path, format: 'key-value', events: LARGE, reading: null },
        readAt: expect.stringMatching(/^\d{4}-/),
      },
    ]);
    // What was refused is not in the list.
    await expect(ingest(process.execPath)).rejects.toThrow('a program');
    expect(desk.list()).toHaveLength(1);
  });

  it('can be stopped, keeps what was stored, and goes on there', async () => {
    const path = largeLog();
    const link = join(folder, 'link.log');
    symlinkSync(path, link);
    committed = () => expect(desk.stop({ node, path: link })).toBe(true);
    await expect(ingest(link)).rejects.toThrow('it was stopped');
    const stored = store.events.size;
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(LARGE);
    committed = () => undefined;
    expect(desk.stop({ node, path })).toBe(false);
    expect(await ingest(path)).toMatchObject({ lines: LARGE - stored });
    expect(store.events.size).toBe(LARGE);
    expect(store.reader.event(LARGE)?.fields.line).toBe(LARGE - 1);
  });

  it('is refused where it is followed already: each line would be there twice', async () => {
    const path = join(folder, 'followed.log');
    writeFileSync(path, linesOf(10));
    const target = { kind: 'file', path } as const;
    store.durably(() => store.sources.add({ id: 's', node, target, name: 'Access log', origin: 'found' }));
    await expect(ingest(path)).rejects.toThrow('is followed already, as “Access log”');
    store.durably(() => store.sources.remove('s'));
    expect(await ingest(path)).toMatchObject({ lines: 10 });
  });

  it('is no pipe and no device, and nobody waits for one', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(ingest(pipe)).rejects.toThrow('no plain file');
    await expect(ingest('/dev/zero')).rejects.toThrow('no plain file');
    await expect(ingest(folder)).rejects.toThrow('no plain file');
  });

  it('is the file that was opened, whatever is put in its place meanwhile', async () => {
    const path = join(folder, 'some.log');
    writeFileSync(path, linesOf(40, 'own'));
    const file = await OpenedFile.open(path, new AbortController().signal);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    renameSync(join(folder, 'pipe'), path);
    expect(await ingestFile(file, { node, format }, tools)).toMatchObject({ lines: 40 });
    await file.close();
  });

  it('hides nothing that is written over its beginning while it is read', async () => {
    const path = join(folder, 'some.log');
    writeFileSync(path, linesOf(40, 'own'));
    await ingest(path);
    writeFileSync(path, linesOf(80, 'own'));
    const file = await OpenedFile.open(path, new AbortController().signal);
    const bytes = file.bytes.bind(file);
    let passes = 0;
    file.bytes = () => {
      passes += 1;
      // The first says whether it is text, the second what is known of it.
      if (passes === 3) writeFileSync(path, linesOf(80, 'bad'));
      return bytes();
    };
    await expect(ingestFile(file, { node, format }, tools)).rejects.toThrow('changed while it was read');
    await file.close();
    expect(store.events.size).toBe(40);
    expect(await ingest(path)).toMatchObject({ lines: 80, known: 0 });
  });
});
