import { EARLIER_ROTATIONS } from '../files/gap-words.ts';
import { readJournal } from './torture-journal.ts';
import { lineOf, type Writer } from './torture-writer.ts';

/** What a run of the torture test found. */
export interface TortureResult {
  kills: number;
  written: number;
  rotations: Record<string, number>;
  doubled: string[];
  /** Lines that are missing and that no copy-and-cut explains. */
  lost: string[];
  /** Lines between a copy and its cut, which nobody can have. */
  cutAway: number;
  /** Rotations by copying and cutting, gaps that tell of such ones, and those of them that have none in its place. */
  copies: number;
  told: number;
  untold: number;
  /** Lines that were never written so. */
  strange: string[];
  otherGaps: { kind: string; detail: string }[];
}

/** What was committed, as numbers of lines and the batch that they came with. */
interface Taken {
  events: { at: number; number: number }[];
  gaps: { at: number; kind: string; detail: string }[];
  batches: number;
  strange: string[];
}

/**
 * Holds what was committed against what was written.
 * @param about said where something is lost
 */
export async function compare(
  writer: Writer,
  journal: string,
  kills: number,
  about: string,
): Promise<TortureResult> {
  const taken = await take(journal);
  const { gaps, strange } = taken;
  const times = new Map<number, number>();
  let newest = -1;
  for (const { number } of taken.events) {
    times.set(number, (times.get(number) ?? 0) + 1);
    if (number < newest) strange.push(`${number} comes after ${newest}`);
    newest = Math.max(newest, number);
  }
  const doubled = [...times].filter(([, count]) => count > 1).map(([number]) => number);
  const missing = Array.from({ length: writer.written }, (_, index) => index).filter(
    (index) => !times.has(index),
  );
  const isCut = (number: number) => writer.cuts.some(({ from, to }) => number >= from && number < to);
  const lost = missing.filter((number) => !isCut(number));
  if (lost.length > 0) strange.push(about);
  return {
    kills,
    written: writer.written,
    rotations: writer.rotations,
    doubled: ranges(doubled.sort((one, other) => one - other)),
    lost: ranges(lost),
    cutAway: missing.length - lost.length,
    copies: writer.cuts.length,
    told: gaps.filter(({ kind }) => kind === 'copytruncate').length,
    untold: untold(writer, taken),
    strange: strange.slice(0, 20),
    otherGaps: gaps
      .filter(({ kind }) => kind !== 'copytruncate')
      .map(({ kind, detail }) => ({ kind, detail })),
  };
}

async function take(journal: string): Promise<Taken> {
  const taken: Taken = { events: [], gaps: [], batches: 0, strange: [] };
  for await (const { lines, gaps } of readJournal(journal)) {
    const at = taken.batches;
    for (const { kind, detail } of gaps) taken.gaps.push({ at, kind, detail });
    for (const line of lines) {
      const number = Number(/^event (\d+) /.exec(line)?.[1] ?? -1);
      // Every line is told by its number: a piece of one is none.
      if (line === lineOf(number)) taken.events.push({ at, number });
      else taken.strange.push(line.slice(0, 200));
    }
    taken.batches += 1;
  }
  return taken;
}

/**
 * @returns how many cuts have no gap of their own: between the last event before the cut and the first one after it, or later, in
 *   words that speak of an earlier rotation
 */
function untold(writer: Writer, { events, gaps, batches }: Taken): number {
  const tellings = gaps
    .filter(({ kind }) => kind === 'copytruncate')
    .map(({ detail, at }) => ({ at, detail, used: false }));
  /** The smallest number from here to the end: by it the last event before a cut is found without going through all of them each time. */
  const least = events.map(({ number }) => number);
  for (let index = least.length - 2; index >= 0; index -= 1)
    least[index] = Math.min(least[index] ?? 0, least[index + 1] ?? 0);
  let [last, first] = [-1, 0];
  let count = 0;
  // Cuts are in order, so both only go on.
  for (const { to } of writer.cuts) {
    while (last + 1 < events.length && (least[last + 1] ?? 0) < to) last += 1;
    while (first < events.length && (events[first]?.number ?? 0) < to) first += 1;
    const from = events[last]?.at ?? 0;
    const until = events[first]?.at ?? batches;
    const gap =
      tellings.find(({ used, at }) => !used && at >= from && at <= until) ??
      tellings.find(({ at, detail }) => at >= from && detail.includes(EARLIER_ROTATIONS));
    if (gap) gap.used = true;
    else count += 1;
  }
  return count;
}

/** @returns numbers that follow each other as `from–to`; the first twenty */
function ranges(numbers: readonly number[]): string[] {
  const found: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last.to === number - 1) last.to = number;
    else found.push({ from: number, to: number });
  }
  return found.slice(0, 20).map(({ from, to }) => `${from}–${to}`);
}
