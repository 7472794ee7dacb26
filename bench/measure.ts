import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** Several runs of one thing: all values in the order of measuring. */
export interface Series {
  unit: string;
  values: number[];
}

/** Median of a non-empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** `median unit (lowest–highest, n runs)`. */
export function inWords({ unit, values }: Series): string {
  const round = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
  return `${round(median(values))} ${unit} (${round(Math.min(...values))}–${round(Math.max(...values))}, ${values.length} runs)`;
}

/** One line about the machine, for every figure below it. */
export function machine(): string {
  const cpu = cpus();
  const model = cpu[0]?.model.trim() ?? 'unknown processor';
  const system = /PRETTY_NAME="(.*)"/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  return `${cpu.length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${system}, Node ${process.versions.node}`;
}

/** Run `once` `runs` times after `warmup` uncounted ones; it returns its own value or, when it returns nothing, is timed. */
export async function series(
  runs: number,
  unit: string,
  once: () => Promise<number | undefined> | number | undefined,
  warmup = 1,
): Promise<Series> {
  const values: number[] = [];
  for (let run = -warmup; run < runs; run += 1) {
    const began = performance.now();
    const own = await once();
    if (run >= 0) values.push(own ?? performance.now() - began);
  }
  return { unit, values };
}

/**
 * Print one figure beside what was promised. `holds` is for the reader; a benchmark never fails a build.
 * @param promised null for a figure that explains another one
 */
export function report(
  name: string,
  measured: Series,
  promised: { atMost: number; text: string } | null,
  extra = '',
): void {
  const holds = promised !== null && median(measured.values) <= promised.atMost ? 'holds' : 'DOES NOT HOLD';
  const verdict = promised === null ? '' : `; promised ${promised.text}: ${holds}`;
  console.log(`${name}\n    ${inWords(measured)}${verdict}${extra ? `\n    ${extra}` : ''}`);
}
