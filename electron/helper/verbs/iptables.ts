import type { Machine } from '../machine.ts';
import { mustRun } from '../run/run-program.ts';

export type IptablesProgram = 'iptables' | 'ip6tables' | 'iptables-legacy' | 'ip6tables-legacy';

/** Lines of one table as iptables-save(8) prints them, without comments and counters. */
export function savedLines(machine: Machine, program: IptablesProgram, table: string): string[] {
  const { output } = mustRun(machine, { program: `${program}-save`, arguments: ['-t', table] });
  return output
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim().replace(/ \[\d+:\d+\]$/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Applies a text of iptables-restore(8) beside what is there: all of it or nothing. `test` only checks it. */
export function restoreLines(machine: Machine, program: IptablesProgram, text: string, test: boolean): void {
  mustRun(machine, {
    program: `${program}-restore`,
    arguments: ['--noflush', '--wait', '5', ...(test ? ['--test'] : [])],
    input: Buffer.from(text, 'utf8'),
  });
}

/** Rules of one chain in their order. */
export function rulesOf(lines: readonly string[], chain: string): string[] {
  return lines.filter((line) => line.startsWith(`-A ${chain} `));
}
