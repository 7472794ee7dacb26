import type { LeftOut, ReadError, ReadResult, Table, TableSource } from '../model.ts';
import { TableBuilder } from './table-builder.ts';
import { TABLES } from './tables.ts';

const MOST_CHARACTERS = 12 * 1_048_576;
const MOST_RULES = 200_000;
const MOST_LINE = 65_536;

/** Comments in which iptables-nft-save says what it does not print (iptables/xtables-save.c). */
function readComment(line: string, family: 'ip' | 'ip6'): LeftOut | null {
  const table = /^# Table [`']([^']{1,64})' (?:is incompatible|contains incompatible)/.exec(line)?.[1];
  if (table !== undefined) return { kind: 'table', family, name: table };
  const legacy = /^# Warning: (ip6?)tables-legacy tables present/.exec(line)?.[1];
  return legacy === undefined ? null : { kind: 'legacy', family: legacy === 'ip6' ? 'ip6' : 'ip' };
}

/**
 * A character that iptables-restore takes otherwise than a person who reads it: at NUL it stops reading the line, a carriage return
 * or another one that is not printed is a part of the word.
 */
function controlCharacter(line: string): string | null {
  for (let index = 0; index < line.length; index += 1) {
    const code = line.charCodeAt(index);
    if ((code < 32 && code !== 9) || (code >= 127 && code < 160))
      return `0x${code.toString(16).padStart(2, '0')}`;
  }
  return null;
}

function isLeftOut(all: readonly LeftOut[], one: LeftOut): boolean {
  return all.some((other) => JSON.stringify(other) === JSON.stringify(one));
}

/**
 * Reads what iptables-save or ip6tables-save printed, or a file for iptables-restore (iptables-save(8), iptables-restore(8)),
 * into tables. Rule ids count from 0 within the listing.
 * @param version 4 for iptables-save, 6 for ip6tables-save
 * @returns an error for anything that iptables-restore would not load whole: a table without COMMIT, a line that is no rule,
 *   an unknown chain, jumps in a circle; and for a text without a table, which may be a refused listing
 */
export function readSave(
  text: string,
  version: 4 | 6,
  backend: 'nf_tables' | 'legacy' | 'unknown',
): ReadResult {
  const fail = (code: ReadError['code'], message: string): ReadResult => ({
    ok: false,
    error: { code, message },
  });
  if (text.length > MOST_CHARACTERS)
    return fail('too-large', `The listing is longer than ${MOST_CHARACTERS} characters.`);
  const family = version === 4 ? 'ip' : 'ip6';
  const source: TableSource = { program: version === 4 ? 'iptables' : 'ip6tables', backend };
  const tables: Table[] = [];
  const leavesOut: LeftOut[] = [];
  let builder: TableBuilder | null = null;
  let nextId = 0;
  let number = 0;
  for (const raw of text.split('\n')) {
    number += 1;
    // Only blanks and tabs separate words for iptables-restore; JavaScript would take other spaces away too.
    const line = raw.replace(/^[ \t]+|[ \t]+$/g, '');
    if (line === '') continue;
    if (line.length > MOST_LINE)
      return fail('bad-line', `Line ${number} is longer than ${MOST_LINE} characters.`);
    const control = controlCharacter(line);
    if (control !== null)
      return fail('bad-line', `Line ${number} has a control character (${control}), which no listing has.`);
    if (line.startsWith('#')) {
      const left = readComment(line, family);
      if (left && !isLeftOut(leavesOut, left)) leavesOut.push(left);
      continue;
    }
    if (line.startsWith('*')) {
      const name = line.slice(1);
      if (builder)
        return fail('bad-line', `Line ${number} begins a table before the last one ended with COMMIT.`);
      if (!TABLES.has(name))
        return fail('bad-line', `Line ${number} begins a table that iptables does not have.`);
      if (tables.some((table) => table.name === name))
        return fail('bad-line', `Line ${number} begins the table ${name} a second time.`);
      builder = new TableBuilder(source, family, name, nextId);
      continue;
    }
    if (!builder) return fail('bad-line', `Line ${number} stands outside of a table.`);
    if (line === 'COMMIT') {
      const built = builder.finish();
      if ('error' in built) return fail(built.error.code, built.error.message);
      tables.push(built.table);
      nextId = built.nextId;
      builder = null;
      continue;
    }
    const error = builder.read(line, number);
    if (error) return fail(error.code, error.message);
    if (builder.nextId > MOST_RULES)
      return fail('too-large', `The listing has more than ${MOST_RULES} rules.`);
  }
  if (builder)
    return fail('bad-line', 'The listing ends within a table: there is no COMMIT. It was cut off.');
  if (tables.length === 0 && leavesOut.length === 0)
    return fail('empty', 'The listing has no table. That is also what a program without permission prints.');
  return leavesOut.length > 0 ? { ok: true, tables, leavesOut } : { ok: true, tables };
}
