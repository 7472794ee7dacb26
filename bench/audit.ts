import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditResponse } from '#core/audit/protocol.ts';
import type { ReaderOperations } from '#core/audit/reader-operations.ts';
import { type AuditThreadClient, startAuditThread } from '#core/audit/thread-client.ts';
import type { WriterOperations } from '#core/audit/writer-operations.ts';
import { keyInFile } from '#core/ledger/key-file.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';
import { alertLine, benchRules, lineOf } from './audit-lines.ts';
import { inWords, median, report, series } from './measure.ts';

/** Lines of one run of the pipeline, and events that are searched; five million with AUDIT_BENCH_EVENTS=5000000. */
const LINES = 200_000;
const SEARCHED = Number(process.env.AUDIT_BENCH_EVENTS ?? 1_000_000);
const RUNS = 3;
/** Alerts that are waited for, and lines a second that come besides. */
const ALERTS = 200;
const BACKGROUND = 5_000;

interface Opened {
  writer: AuditThreadClient<WriterOperations>;
  close(): Promise<void>;
}

async function openWriter(
  folder: string,
  fullText: boolean,
  said: (response: AuditResponse) => void,
): Promise<Opened> {
  if (keyInFile(folder).read() === null) keyInFile(folder).make('swarmkeep/bench');
  const data = { role: 'writer' as const, folder, keep: { fullText, days: 3_650, megabytes: 1_048_576 } };
  const writer = await startAuditThread<WriterOperations>(data, said, (why) => {
    throw why;
  });
  return { writer, close: () => writer.close() };
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-bench-audit-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Appends lines to a log in pieces, so that no more of it is in memory than need be. */
function writeLog(file: string, lines: number): void {
  writeFileSync(file, '');
  for (let from = 0; from < lines; from += 10_000) {
    const piece = Array.from({ length: Math.min(10_000, lines - from) }, (_, index) => lineOf(from + index));
    appendFileSync(file, `${piece.join('\n')}\n`);
  }
}

const node = (found: { target: { kind: 'file'; path: string }; name: string }[]) => ({
  nodes: [{ id: 'miu', name: 'miu', address: { kind: 'local' as const }, utcOffsetMinutes: 0, found }],
});

/** What following a file to its end took. */
interface Followed {
  ms: number;
  /** Microseconds of processor time for each event, of all threads: what other programs do beside hardly changes it. */
  work: number;
  /** MiB of resident memory that the threads added at most. */
  memory: number;
}

/** From beginning to follow a file until all of it is on the disk. */
async function followed(folder: string, fullText: boolean, lines: number): Promise<Followed> {
  const log = join(folder, 'tool.log');
  writeLog(log, lines);
  const before = process.memoryUsage.rss();
  const opened = await openWriter(folder, fullText, () => undefined);
  const began = performance.now();
  const usage = process.cpuUsage();
  let peak = 0;
  await opened.writer.ask.watch(node([{ target: { kind: 'file', path: log }, name: 'tool log' }]));
  while ((await opened.writer.ask.state()).events < lines) {
    peak = Math.max(peak, process.memoryUsage.rss());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(usage);
  await opened.close();
  return { ms, work: (user + system) / lines, memory: (peak - before) / 2 ** 20 };
}

const QUERIES = [
  'tool:shell level:error',
  'task:4711',
  '"took 88 ms"',
  'host:10.0.3.7 tool:fetch bytes:>99000',
  'severity:error at:[2026-11-01 TO 2026-11-02]',
  'mirror.example NOT tool:search',
  'User:minotaur tool:re*',
  'nowhere.example.invalid',
];

async function benchSearch(folder: string): Promise<void> {
  const data = { role: 'reader' as const, folder, keep: { fullText: true, days: 1, megabytes: 1 } };
  const reader = await startAuditThread<ReaderOperations>(
    data,
    () => undefined,
    () => undefined,
  );
  const times: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    for (const text of QUERIES) {
      const read = readQuery(text);
      if (!read.ok) throw new Error(read.message);
      const began = performance.now();
      await reader.ask.events({ query: read.query, limit: 200 });
      if (round > 0) times.push(performance.now() - began);
    }
  }
  await reader.close();
  times.sort((a, b) => a - b);
  const at95 = times[Math.floor(times.length * 0.95)] ?? Number.NaN;
  report(
    `search over ${SEARCHED} events, 95th percentile of ${QUERIES.length} typical queries, 200 newest matches each`,
    { unit: 'ms', values: [at95] },
    { atMost: 150, text: `≤ 150 ms${SEARCHED < 5_000_000 ? ' over 5,000,000 events' : ''}` },
    `median ${median(times).toFixed(1)} ms, longest ${times.at(-1)?.toFixed(0)} ms; ${(statSync(join(folder, 'audit.db')).size / SEARCHED).toFixed(0)} bytes an event`,
  );
}

/** From the write of a line until the alert about it is said by the thread, while other lines come. */
async function benchLatency(): Promise<void> {
  await inFolder(async (folder) => {
    const log = join(folder, 'auth.log');
    writeFileSync(log, '');
    mkdirSync(join(folder, 'rules'));
    writeFileSync(join(folder, 'rules', 'bench.yml'), benchRules(ALERTS));
    const waiting = new Map<string, (at: number) => void>();
    const opened = await openWriter(folder, true, (said) => {
      if (!('alerts' in said)) return;
      for (const { alert } of said.alerts) waiting.get(alert.entity)?.(performance.now());
    });
    await opened.writer.ask.watch(node([{ target: { kind: 'file', path: log }, name: 'log' }]));
    await new Promise((resolve) => setTimeout(resolve, 500));
    let number = 0;
    const background = setInterval(() => {
      const count = BACKGROUND / 50;
      appendFileSync(log, `${Array.from({ length: count }, () => lineOf(number++)).join('\n')}\n`);
    }, 20);
    const times: number[] = [];
    for (let alert = 0; alert < ALERTS; alert += 1) {
      const { line, entity } = alertLine(alert);
      await new Promise((resolve) => setTimeout(resolve, 40));
      const began = performance.now();
      const came = new Promise<number>((resolve) => {
        waiting.set(entity, resolve);
        setTimeout(() => resolve(Number.POSITIVE_INFINITY), 5_000);
      });
      appendFileSync(log, `${line}\n`);
      times.push((await came) - began);
    }
    clearInterval(background);
    await opened.close();
    times.sort((a, b) => a - b);
    report(
      `line appended → alert at the core, ${BACKGROUND} events/s besides, 99th percentile of ${ALERTS}`,
      { unit: 'ms', values: [times[Math.floor(times.length * 0.99)] ?? Number.NaN] },
      { atMost: 250, text: '≤ 250 ms on the page' },
      `median ${median(times).toFixed(1)} ms`,
    );
  });
}

/** Figures of the audit: following, storing, searching, alerting. */
export async function benchAudit(): Promise<void> {
  for (const fullText of [false, true]) {
    const runs: Followed[] = [];
    const took = await series(RUNS, 'ms', async () => {
      const run = await inFolder((folder) => followed(folder, fullText, LINES));
      runs.push(run);
      return run.ms;
    });
    const wanted = fullText ? 25_000 : 40_000;
    report(
      `follow → parse → match (own rules) → ledger → store, durable, ${fullText ? 'with' : 'without'} full text: ${LINES} lines`,
      took,
      { atMost: (LINES / wanted) * 1_000, text: `≥ ${wanted / 1_000} thousand a second` },
      `${(LINES / median(took.values)).toFixed(1)} thousand a second; ${median(runs.map(({ work }) => work)).toFixed(1)} µs of processor time an event`,
    );
    report(
      '    memory that the threads of the audit added at most',
      // A later run finds what an earlier one gave back.
      { unit: 'MiB', values: [Math.max(...runs.map(({ memory }) => memory))] },
      { atMost: 200, text: '≤ 200 MiB' },
    );
  }
  await inFolder(async (folder) => {
    const filled = await series(1, 'ms', async () => (await followed(folder, true, SEARCHED)).ms, 0);
    console.log(`    ${SEARCHED} events stored to be searched: ${inWords(filled)}`);
    await benchSearch(folder);
  });
  await benchLatency();
}
