import type { Condition } from '../model.ts';
import { type Bounded, Budget, boundedElements, readAlternatives } from './elements.ts';
import type { Key } from './expression.ts';
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
} from './json.ts';

/** A named set or map as it was listed. */
export interface NamedSet {
  readonly elements: readonly Json[];
  /** Rules add to it or take from it, or elements end by themselves: what it holds now says little about the next packet. */
  readonly changes: boolean;
  readonly bounded: Bounded;
}

function place(family: string, table: string, name: string): string {
  return JSON.stringify([family, table, name]);
}

/** Sets that a rule fills while packets flow: `add @name { ip saddr }`, as JSON or, for maps of nft 1.0.6, as text. */
function filledSets(statements: readonly Json[]): string[] {
  return statements.flatMap((statement) => {
    if (typeof statement === 'string') return /^(?:add|update|delete) @(\S+)/.exec(statement)?.slice(1) ?? [];
    const [kind, body] = tagged(statement) ?? [];
    if ((kind !== 'set' && kind !== 'map') || !isObject(body)) return [];
    const name = member(body, kind);
    return typeof name === 'string' ? [name.replace(/^@/, '')] : [];
  });
}

/** An element that is taken out when its time is over. */
function isTimed(element: Json): boolean {
  const [kind, body] = tagged(isList(element) ? element[0] : element) ?? [];
  if (kind !== 'elem' || !isObject(body)) return false;
  return member(body, 'timeout') !== undefined || member(body, 'expires') !== undefined;
}

/** Of all readings together. A 12 MiB listing holds about a million addresses. */
const MOST_ELEMENTS = 3_000_000;

function withMask(condition: Condition, mask: bigint): Condition {
  const { field, values } = condition;
  return values.kind === 'numbers' ? { field, values: { ...values, mask } } : condition;
}

/** The named sets and maps of a listing, with what was read of them so that 10,000 rules on one set cost one reading. */
export class NamedSets {
  private readonly found = new Map<string, NamedSet>();
  private readonly read = new Map<string, readonly (readonly Condition[])[] | null>();
  private readonly filled = new Set<string>();
  readonly budget = new Budget(MOST_ELEMENTS);

  /** @throws Malformed for a set whose elements are no list */
  add(body: JsonObject): void {
    const name = text(body, 'name', 'A set');
    const where = `Set ${shown(name)}`;
    const elements = member(body, 'elem') ?? [];
    if (!isList(elements)) throw new Malformed(`${where}: "elem" should be a list, not ${shown(elements)}.`);
    const key = place(text(body, 'family', where), text(body, 'table', where), name);
    const changes = this.filled.has(key) || elements.some(isTimed);
    this.found.set(key, { elements, changes, bounded: boundedElements(elements, member(body, 'stmt')) });
  }

  /** Notes what a rule fills; to be called for all rules before the first look-up. */
  noteRule(family: string, table: string, statements: readonly Json[]): void {
    for (const name of filledSets(statements)) this.filled.add(place(family, table, name));
  }

  /** @throws Malformed for a set that the listing does not have: it was cut, or the set may not be seen */
  get(family: string, table: string, reference: string): NamedSet {
    const key = place(family, table, reference.slice(1));
    const set = this.found.get(key);
    if (!set)
      throw new Malformed(
        `A rule of table ${family} ${table} asks for a set that is not there: ${shown(reference)}.`,
      );
    return this.filled.has(key) ? { ...set, changes: true } : set;
  }

  /** As `readAlternatives`, once for each set and kind of key. */
  alternatives(
    family: string,
    table: string,
    reference: string,
    keys: readonly Key[],
  ): readonly (readonly Condition[])[] | null {
    const [key] = keys;
    // What a set holds does not depend on which bits a rule looks at, so that a thousand masks do not cost a thousand readings.
    if (key && keys.length === 1 && key.mask !== null) {
      const { mask } = key;
      const plain = this.alternatives(family, table, reference, [{ ...key, mask: null }]);
      return plain === null
        ? null
        : plain.map((conditions) => conditions.map((condition) => withMask(condition, mask)));
    }
    const { elements } = this.get(family, table, reference);
    const signature = keys
      .map(({ field, bits, mask, flip, shift }) => `${field}/${bits}/${mask}/${flip}/${shift}`)
      .join(' ');
    const id = `${place(family, table, reference)} ${signature}`;
    const known = this.read.get(id);
    if (known !== undefined) return known;
    this.budget.spend(elements, keys.length);
    const alternatives = readAlternatives(keys, elements);
    this.read.set(id, alternatives);
    return alternatives;
  }
}
