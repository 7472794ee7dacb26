import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flatEvent } from '#core/detection/sigma/events/flat-event.ts';
import { JsonEvents, type ParsedEvent } from '#core/detection/sigma/events/json-events.ts';
import { matchesNaively } from '#core/detection/sigma/match/naive.ts';
import { readRuleFiles } from '#core/detection/sigma/rule-files.ts';
import { type RuleSet, type RuleText, readRuleSet } from '#core/detection/sigma/rule-set.ts';
import { createRun } from '#core/detection/sigma/run.ts';
import type { LogSource } from '#shared/domain/audit/event.ts';
import { median, report, type Series, series } from './measure.ts';
import { linuxEvents, windowsEvents, windowsRules } from './sigma-events.ts';
import { runWatched } from './watched-program.ts';

const CLI = new URL('../dist/cli/main.js', import.meta.url).pathname;
const PIECE = 1_048_576;
/** As many as a checkout of SigmaHQ has. */
const ALL_RULES = 3_700;

/** @returns events that were read @param each told of every one; stops when it returns false */
function eachEvent(bytes: Buffer, each: (object: ParsedEvent['object'], number: number) => boolean): number {
  const events = new JsonEvents();
  let number = 0;
  for (let at = 0; at < bytes.length; at += PIECE)
    for (const { object } of events.push(bytes.subarray(at, at + PIECE))) {
      number += 1;
      if (!each(object, number)) return number;
    }
  events.end();
  return number;
}

/** Microseconds of processor time of this process: what the work costs, however many others want the processor meanwhile. */
function processorMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Microseconds for one event, with JSON parsing. */
function engineRun(
  set: RuleSet,
  source: LogSource,
  bytes: Buffer,
): { once: () => number; matched: () => number; processor: number[] } {
  const run = createRun(set);
  const processor: number[] = [];
  let matched = 0;
  return {
    matched: () => matched,
    processor,
    once: () => {
      matched = 0;
      const began = performance.now();
      const before = processorMicroseconds();
      const events = eachEvent(bytes, (object, number) => {
        if (run.take({ fields: flatEvent(object), raw: '' }, source, number, 0, '').length > 0) matched += 1;
        return true;
      });
      processor.push((processorMicroseconds() - before) / events);
      return ((performance.now() - began) * 1_000) / events;
    },
  };
}

/** The slow twin on the rules of the log, a part of the same events. */
function naiveMicroseconds(set: RuleSet, source: LogSource, bytes: Buffer, most: number): number {
  const rules = set.detections.filter(
    ({ rule }) =>
      (rule.logsource.category ?? source.category) === source.category &&
      (rule.logsource.service ?? source.service) === source.service,
  );
  const began = performance.now();
  const events = eachEvent(bytes, (object, number) => {
    const event = { fields: flatEvent(object), raw: '' };
    for (const { rule } of rules) matchesNaively(rule.expression, event);
    return number < most;
  });
  return ((performance.now() - began) * 1_000) / events;
}

async function matching(
  name: string,
  texts: RuleText[],
  source: LogSource,
  lines: string,
  perSecond: number,
): Promise<void> {
  const set = readRuleSet(texts);
  if (set.failed.length > 0) throw new Error(`${set.failed[0]?.file}: ${set.failed[0]?.reason}`);
  const bytes = Buffer.from(lines);
  const { once, matched, processor } = engineRun(set, source, bytes);
  const measured: Series = await series(7, 'µs an event', once, 2);
  const naive = naiveMicroseconds(set, source, bytes, 300);
  const each = median(measured.values);
  const count = lines.split('\n').length - 1;
  report(
    `Sigma: ${name}, one thread, JSON parsing included`,
    measured,
    { atMost: 1e6 / perSecond, text: `≥ ${perSecond} events a second` },
    `${Math.round(1e6 / each)} events a second; ${median(processor).toFixed(1)} µs of processor time, threads of the runtime included; ${Math.round(bytes.length / count)} bytes an event, ${matched()} of ${count} matched; the slow twin takes ${naive.toFixed(0)} µs, ratio ${(naive / each).toFixed(0)} : 1`,
  );
}

/** Peak of the command itself, on a file of 200,000 events. */
async function memory(rules: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-bench-'));
  try {
    const file = join(folder, 'events.jsonl');
    writeFileSync(file, linuxEvents(200_000));
    const done = await runWatched(process.execPath, [
      CLI,
      ...['detect', '--rules', rules, '--events', file, '--json'],
      ...['--logsource', 'product=linux,category=process_creation'],
    ]);
    if (done.code !== 1) throw new Error(`swarmkeep detect ended with ${done.code}`);
    const { events, seconds } = JSON.parse(done.stdout);
    report(
      '    peak of swarmkeep detect on 200,000 events',
      { unit: 'MiB', values: [done.peakMib] },
      { atMost: 150, text: '≤ 150 MB' },
      `${Math.round(events / seconds)} events a second from the file to the document`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Figures of detection. Without SIGMA_RULES the Linux figure is of generated rules, and says so. */
export async function benchSigma(): Promise<void> {
  const path = process.env.SIGMA_RULES;
  const linux = { product: 'linux', category: 'process_creation', service: null };
  const windows = { product: 'windows', category: 'process_creation', service: 'sysmon' };
  const generated = windowsRules(3_000);
  const published = path ? readRuleFiles([path], 'imported').texts : [];
  if (published.length > 0)
    await matching(
      `${published.length} public rules of SIGMA_RULES, starts of programs on Linux`,
      published,
      linux,
      linuxEvents(60_000),
      200_000,
    );
  else
    await matching(
      '3,000 generated rules (SIGMA_RULES is not set), starts of programs on Linux',
      generated.map((rule) => ({ ...rule, text: rule.text.replace('product: windows', 'product: linux') })),
      linux,
      linuxEvents(60_000),
      200_000,
    );
  if (path) await memory(path);
  await matching(
    '3,000 generated rules with Windows shapes, nested events of Sysmon',
    generated,
    windows,
    windowsEvents(15_000),
    40_000,
  );
  const many = Array.from({ length: ALL_RULES }, (_, index) => {
    const rule = published[index % Math.max(1, published.length)] ?? generated[index % generated.length];
    if (rule === undefined) throw new Error('there are no rules');
    return { ...rule, file: `${index}.yml`, text: rule.text.replace(/^id: .*$/m, `id: rule-${index}`) };
  });
  const compiled = await series(
    3,
    'ms',
    () => {
      const began = performance.now();
      const set = readRuleSet(many);
      createRun(set);
      if (set.failed.length > 0) throw new Error(set.failed[0]?.reason);
      return performance.now() - began;
    },
    0,
  );
  report(`${ALL_RULES} rules read and compiled, the first without warm-up`, compiled, {
    atMost: 2_000,
    text: '≤ 2 s',
  });
}
