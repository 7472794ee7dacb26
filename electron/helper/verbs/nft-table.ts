import { z } from 'zod';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { mustRun, runProgram } from '../run/run-program.ts';

export interface TableName {
  family: string;
  name: string;
}

const MAX_LISTING = 16 * 1024 * 1024;

/** The listing of a table as `nft list table` prints it, which loads again; null when it is not there. */
export function listTable(machine: Machine, table: TableName): Buffer | null {
  const end = runProgram(machine, {
    program: 'nft',
    arguments: ['list', 'table', table.family, table.name],
    maxBytes: MAX_LISTING,
  });
  if (end.status === 0 && !end.cut) return end.output;
  if (/No such file or directory/.test(end.errors)) return null;
  throw new Refused('program-failed', `nft could not list ${table.name}: ${end.errors.slice(0, 700)}`);
}

const listing = z.object({ nftables: z.array(z.record(z.string(), z.unknown())) });

/**
 * What a table says, for comparing: its JSON listing without what changes by itself (handles, counters, what packets
 * have put into sets). null when the table is not there.
 */
export function tableWords(machine: Machine, table: TableName): string | null {
  const end = runProgram(machine, {
    program: 'nft',
    arguments: ['-j', '-s', 'list', 'table', table.family, table.name],
    maxBytes: MAX_LISTING,
  });
  if (end.status !== 0 || end.cut) {
    if (/No such file or directory/.test(end.errors)) return null;
    throw new Refused('program-failed', `nft could not list ${table.name}: ${end.errors.slice(0, 700)}`);
  }
  const parsed = listing.safeParse(JSON.parse(end.output.toString('utf8')));
  if (!parsed.success) throw new Refused('program-failed', 'What nft lists cannot be read.');
  return JSON.stringify(parsed.data.nftables.filter((item) => !('metainfo' in item)).map(steady));
}

function steady(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(steady);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  const flags = 'flags' in value ? JSON.stringify(value.flags) : '';
  const moving = flags.includes('dynamic') || flags.includes('timeout');
  return Object.fromEntries(
    entries
      .filter(([key]) => key !== 'handle' && !(moving && key === 'elem'))
      .filter(([key, inner]) => !(['packets', 'bytes'].includes(key) && typeof inner === 'number'))
      .map(([key, inner]) => [key, steady(inner)]),
  );
}

/** The text that replaces a table in one transaction, whether it is there or not. */
function replacing(table: TableName, text: string): Buffer {
  const name = `${table.family} ${table.name}`;
  return Buffer.from(`add table ${name}\ndelete table ${name}\n${text}\n`, 'utf8');
}

/** Lets the kernel check a text without loading it; refuses `program-failed` with nft's own words. */
export function checkTable(machine: Machine, table: TableName, text: string): void {
  mustRun(machine, { program: 'nft', arguments: ['-c', '-f', '-'], input: replacing(table, text) });
}

/** Replaces a table by `text` in one transaction; the kernel takes all or nothing. Text comes by standard input. */
export function replaceTable(machine: Machine, table: TableName, text: string): void {
  const input = replacing(table, text);
  mustRun(machine, { program: 'nft', arguments: ['-f', '-'], input });
  machine.pause?.('nft-loaded');
}

/** Deletes a table; not being there is fine. */
export function deleteTable(machine: Machine, table: TableName): void {
  if (listTable(machine, table) === null) return;
  mustRun(machine, { program: 'nft', arguments: ['delete', 'table', table.family, table.name] });
}
