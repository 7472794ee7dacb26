import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lineOf } from './audit-lines.ts';
import { report } from './measure.ts';
import { windowsRules } from './sigma-events.ts';

/** One way to fill the memory of the thread that follows, detects and stores. */
interface Attack {
  name: string;
  /** Writes logs into a folder. @returns how many events they are, and seconds that are given to them */
  write: (folder: string) => { events: number; seconds: number };
  rules?: number;
}

const logs = (folder: string, count: number, text: (index: number) => string): void => {
  for (let index = 0; index < count; index += 1) writeFileSync(join(folder, `${index}.log`), text(index));
};
const lines = (count: number): string =>
  `${Array.from({ length: count }, (_, index) => lineOf(index)).join('\n')}\n`;

const ATTACKS: Attack[] = [
  {
    name: '256 logs of 2 MiB each that are all there at once',
    write(folder) {
      const text = lines(9_000);
      logs(folder, 256, () => text);
      return { events: 200_000, seconds: 90 };
    },
  },
  {
    name: '16 logs with a line of 16 MiB each, ended and not ended',
    write(folder) {
      const long = 'x'.repeat(16 * 2 ** 20 - 1);
      logs(folder, 16, (index) => (index % 2 === 0 ? `${long}\n` : long));
      return { events: 8, seconds: 60 };
    },
  },
  {
    name: '200 lines of JSON with fields of 1 MiB that are not ASCII',
    write(folder) {
      const field = 'ж'.repeat(2 ** 19);
      logs(folder, 4, () => `${JSON.stringify({ message: field, tool: field.slice(0, 10) })}\n`.repeat(50));
      return { events: 200, seconds: 60 };
    },
  },
  {
    name: '3,000 rules loaded, and a flood of 100,000 lines',
    rules: 3_000,
    write(folder) {
      logs(folder, 1, () => lines(100_000));
      return { events: 100_000, seconds: 90 };
    },
  },
];

/**
 * What the thread that follows, detects and stores takes of memory, whatever comes in: resident memory of a process that does nothing
 * else, less what it had before the thread was started. Names of attacks may be chosen by AUDIT_BENCH_MEMORY, a part of them.
 */
export function benchAuditMemory(): void {
  for (const { name, write, rules = 0 } of ATTACKS) {
    if (!name.includes(process.env.AUDIT_BENCH_MEMORY ?? '')) continue;
    const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-bench-memory-'));
    try {
      const [data, place] = [join(folder, 'data'), join(folder, 'logs')];
      mkdirSync(join(data, 'rules'), { recursive: true, mode: 0o700 });
      mkdirSync(place);
      const texts = windowsRules(rules).map(({ text }) => text);
      if (rules > 0) writeFileSync(join(data, 'rules', 'generated.yml'), texts.join('---\n'));
      const { events, seconds } = write(place);
      const program = join(import.meta.dirname, 'audit-memory-run.ts');
      const words = [program, data, join(place, '*.log'), String(events), String(seconds)];
      const out = execFileSync(process.execPath, words, { encoding: 'utf8' });
      const { peak, rules: loaded, stored, gone } = JSON.parse(out);
      report(
        `memory of the audit's thread: ${name}`,
        { unit: 'MiB', values: [peak] },
        { atMost: 200, text: '≤ 200 MiB' },
        `${loaded} MiB of it before the first line; ${stored} of ${events} events stored${gone === '' ? '' : `; it ended: ${gone}`}`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
