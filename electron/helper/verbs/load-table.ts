import { z } from 'zod';
import { sha256 } from '#shared/domain/helper/targets.ts';
import { ownTable } from '#shared/domain/helper/verbs.ts';
import { hashOf } from '../record/step-record.ts';
import { guardTable } from './nft-guard.ts';
import { checkTable, deleteTable, listTable, replaceTable, tableWords } from './nft-table.ts';
import { anyVerb } from './verb.ts';

const before = z.strictObject({
  table: ownTable,
  /** SHA-256 of the listing kept as `table.nft`; null when the table was not there. */
  listing: sha256.nullable(),
  words: sha256.nullable(),
});
/** SHA-256 of what the table says, without counters; null for no table. */
const left = z.strictObject({ words: sha256.nullable() });

const hashed = (words: string | null) => (words === null ? null : hashOf(words));
const named = (words: string | null) => (words === null ? 'no such table' : `SHA-256 ${words}`);

/** Loads one table of Swarmkeep's own (`load-table` of the protocol). */
export const loadTable = anyVerb<'load-table', z.infer<typeof before>, z.infer<typeof left>>({
  verb: 'load-table',
  firstBack: true,
  before,
  left,
  target: ({ table }) => `${table.family} ${table.name}`,
  look: ({ table, text }, { machine, record }) => {
    guardTable(text, table);
    checkTable(machine, table, text);
    const listing = listTable(machine, table);
    return {
      table,
      listing: listing === null ? null : record.keep('table.nft', listing),
      words: hashed(tableWords(machine, table)),
    };
  },
  perform: ({ table, text }, kept, { machine }) => {
    replaceTable(machine, table, text);
    const words = hashed(tableWords(machine, table));
    return { left: { words }, already: words !== null && words === kept.words, notUndone: null, output: '' };
  },
  differences: (kept, leftThere, { machine }) => {
    // A unit loads it at boot again, or nobody does.
    if (machine.booting) return [];
    const words = hashed(tableWords(machine, kept.table));
    // A step that was cut off: the table is our own, so it holds what was before or what was to be.
    if (leftThere === null || words === kept.words || words === leftThere.words) return [];
    const path = `${kept.table.family} ${kept.table.name}`;
    return [{ path, what: 'rules', left: named(leftThere.words), now: named(words) }];
  },
  takeBack: (kept, leftThere, { machine, record }) => {
    if (machine.booting && hashed(tableWords(machine, kept.table)) !== (leftThere?.words ?? null))
      return 'The table ended with the last boot.';
    if (kept.listing === null) deleteTable(machine, kept.table);
    else replaceTable(machine, kept.table, record.kept('table.nft', kept.listing).toString('utf8'));
    return `The table ${kept.table.name} is as it was.`;
  },
});
