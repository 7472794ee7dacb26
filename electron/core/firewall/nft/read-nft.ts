import type { ReadResult, Rule, Statement, Table } from '../model.ts';
import { checkJumps } from './circles.ts';
import type { PortReading } from './expression.ts';
import type { FamilyReading } from './hidden-family.ts';
import { withHiddenNextHeader } from './hidden-next-header.ts';
import {
  isList,
  isObject,
  type Json,
  type JsonObject,
  Malformed,
  member,
  shown,
  tagged,
  text,
  wholeNumber,
} from './json.ts';
import { NamedObjects } from './objects.ts';
import { ruleText } from './print.ts';
import { RuleBuilder } from './rule-builder.ts';
import { NamedSets } from './sets.ts';
import { readStatement } from './statement.ts';
import { namesIn, type OpenTable, openTable, readBase } from './tables.ts';

/** 12 MiB, as much as a collector may bring. */
const MOST_BYTES = 12 * 1024 * 1024;
const MOST_RULES = 100_000;

/** Entries of a listing that decide nothing by themselves. */
const OBJECTS = new Set([
  'counter',
  'quota',
  'limit',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'synproxy',
  'secmark',
  'flowtable',
  'tunnel',
]);

interface Listing {
  readonly tables: JsonObject[];
  readonly chains: JsonObject[];
  readonly rules: JsonObject[];
  readonly sets: NamedSets;
  readonly objects: NamedObjects;
}

function parse(listing: string): Json {
  try {
    return JSON.parse(listing) as Json;
  } catch {
    throw new Malformed(
      'This is not JSON: the listing was cut, or it is not the output of "nft -j list ruleset".',
      'not-json',
    );
  }
}

function checkMetainfo(entries: readonly Json[]): void {
  const [kind, body] = tagged(entries[0]) ?? [];
  if (kind !== 'metainfo' || !isObject(body))
    throw new Malformed('The listing does not begin with "metainfo", as every listing of nft does.');
  const schema = wholeNumber(member(body, 'json_schema_version'), 'The version of the JSON schema');
  if (schema !== 1)
    throw new Malformed(
      `This listing follows version ${schema} of nft's JSON schema; only version 1 is known here. Update Swarmkeep.`,
    );
}

function sort(entries: readonly Json[]): Listing {
  const listing: Listing = {
    tables: [],
    chains: [],
    rules: [],
    sets: new NamedSets(),
    objects: new NamedObjects(),
  };
  for (const entry of entries.slice(1)) {
    const [kind, body] = tagged(entry) ?? [];
    if (kind === undefined || !isObject(body))
      throw new Malformed(`Expected an entry of a listing, not ${shown(entry)}.`);
    if (kind === 'table') listing.tables.push(body);
    else if (kind === 'chain') listing.chains.push(body);
    else if (kind === 'rule') listing.rules.push(body);
    else if (kind === 'set' || kind === 'map' || kind === 'meter') listing.sets.add(body);
    else if (OBJECTS.has(kind)) listing.objects.add(kind, body);
    else throw new Malformed(`The listing has an entry that is not known here: ${shown(kind)}.`);
  }
  if (listing.rules.length > MOST_RULES)
    throw new Malformed(`The listing has more than ${MOST_RULES} rules.`, 'too-large');
  return listing;
}

/** Reads one listing; the state of a reading is its own. */
class Reader {
  private readonly tables = new Map<string, OpenTable>();
  private nextId = 0;
  private readonly listing: Listing;

  constructor(listing: Listing) {
    this.listing = listing;
  }

  read(): Table[] {
    const { tables, chains, rules } = this.listing;
    const names = namesIn([...tables, ...chains, ...rules]);
    for (const body of this.listing.tables) {
      const table = openTable(body, names);
      const key = `${table.family} ${table.name}`;
      if (this.tables.has(key)) throw new Malformed(`Table ${key} is listed twice.`);
      this.tables.set(key, table);
    }
    for (const body of this.listing.chains) this.addChain(body);
    for (const body of this.listing.rules) {
      const statements = member(body, 'expr');
      if (isList(statements))
        this.listing.sets.noteRule(text(body, 'family', 'A rule'), text(body, 'table', 'A rule'), statements);
    }
    for (const body of this.listing.rules) this.addRule(body);
    return [...this.tables.values()].map((table) => {
      checkJumps(`table ${table.family} ${table.name}`, table.chains);
      const { flagsUnknown: _, ...finished } = table;
      return finished;
    });
  }

  private table(body: JsonObject, where: string): OpenTable {
    const key = `${text(body, 'family', where)} ${text(body, 'table', where)}`;
    const table = this.tables.get(key);
    if (!table) throw new Malformed(`${where} is in a table that is not listed: ${shown(key)}.`);
    return table;
  }

  private rule(text: string, handle: number | null, statements: readonly Statement[]): Rule {
    this.nextId += 1;
    return { id: this.nextId, text, handle, statements };
  }

  private addChain(body: JsonObject): void {
    const name = text(body, 'name', 'A chain');
    const table = this.table(body, `Chain ${shown(name)}`);
    if (table.chains.has(name)) throw new Malformed(`Chain ${shown(name)} is listed twice.`);
    const base = readBase(body, `Chain ${shown(name)}`);
    const rules: Rule[] = [];
    if (base && table.flagsUnknown) {
      const why = `table ${table.family} ${table.name} has flags that nft does not name`;
      rules.push(this.rule(why, null, [{ kind: 'unmodelledVerdict', text: why }]));
    }
    table.chains.set(name, { name, base, rules });
  }

  private addRule(body: JsonObject): void {
    const table = this.table(body, 'A rule');
    const chain = table.chains.get(text(body, 'chain', 'A rule'));
    if (!chain)
      throw new Malformed(
        `A rule is in a chain that is not listed: ${shown(member(body, 'chain'))}.`,
        'unknown-chain',
      );
    const statements = member(body, 'expr');
    if (!isList(statements)) throw new Malformed(`A rule of chain ${shown(chain.name)} has no statements.`);
    const handle = member(body, 'handle');
    const written = ruleText(statements, member(body, 'comment'), table.family);
    const number = handle === undefined ? null : wholeNumber(handle, 'The handle of a rule');
    const read = (ports: PortReading, family: FamilyReading): RuleBuilder => {
      const { sets, objects } = this.listing;
      const builder = new RuleBuilder(table.family, table.name, sets, objects, ports, family);
      for (const [index, statement] of statements.entries())
        readStatement(builder, statement, index === statements.length - 1);
      return builder;
    };
    const first = read('ports', 'sure');
    const others: (readonly [PortReading, FamilyReading])[] = [];
    if (first.reachesWithoutPorts()) others.push(['bytes', 'sure']);
    if (first.hidesFamily) others.push(['ports', 'other']);
    if (first.reachesWithoutPorts() && first.hidesFamily) others.push(['bytes', 'other']);
    for (const builder of [first, ...others.map((reading) => read(...reading))])
      chain.rules.push(
        this.rule(
          written,
          number,
          builder.hidesNextHeader ? withHiddenNextHeader(builder.statements, written) : builder.statements,
        ),
      );
  }
}

/**
 * Reads the output of `nft -j list ruleset` (libnftables-json(5), schema version 1, as nft 0.9.1 and later print it) into the
 * model. What the model does not know becomes `unmodelled` or `unmodelledVerdict` with its text; what no version of nft prints is
 * an error. A listing without tables is an empty rule set only because its `metainfo` is there: an empty text is an error.
 * @param text of at most 12 MiB
 */
export function readNft(text: string): ReadResult {
  try {
    if (text.length > MOST_BYTES) throw new Malformed('The listing is larger than 12 MiB.', 'too-large');
    if (text.trim() === '')
      throw new Malformed(
        'nft printed nothing: it may only be run by root, so the rules were not seen.',
        'empty',
      );
    // Names end there for the kernel, and not here.
    if (text.includes('\\u0000'))
      throw new Malformed('The listing has a character NUL, which nft cannot print.');
    const root = parse(text);
    const entries = isObject(root) ? member(root, 'nftables') : undefined;
    if (!isList(entries)) throw new Malformed('The listing has no "nftables", as the output of nft -j does.');
    checkMetainfo(entries);
    return { ok: true, tables: new Reader(sort(entries)).read() };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, error: { code: error.code, message: error.message } };
    throw error;
  }
}
