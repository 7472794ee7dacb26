import { OWN_FIELDS, OWN_TERMS } from '#shared/domain/audit/event-values.ts';
import { timeRange } from '#shared/domain/audit/match-query.ts';
import type { Query } from '#shared/domain/audit/query.ts';
import { blocksWith, slotsOf } from './grams.ts';
import { allBits, noBits, SEGMENT_EVENTS, type SegmentBits } from './layout.ts';
import { markTerm } from './term-buckets.ts';
import type { TermHash } from './term-hash.ts';

/** What is stored of a segment of the index. */
export interface StoredSegment {
  firstAt: number;
  lastAt: number;
  times(): Float64Array;
  /** Null when no term of it lies in that bucket. */
  bucket(number: number): Buffer | null;
  /** Null when the segment has no full text. */
  gram(part: number): Buffer | null;
}

/** Which events of a segment can be meant. */
export interface Candidates {
  bits: SegmentBits;
  /** They are all meant; else each must be looked at. Events without a bit are never meant. */
  exact: boolean;
}

/** Finds the events of a segment that a query can mean, without reading them. */
export type Plan = (segment: StoredSegment) => Candidates;

/** Own fields of which no whole values are in the index. */
const NOT_INDEXED = new Set(OWN_FIELDS.filter((name) => !(OWN_TERMS as readonly string[]).includes(name)));

/**
 * @param hash of this database
 * @param now milliseconds since 1970 UTC, for relative times
 */
export function planOf(query: Query, hash: TermHash, now: number): Plan {
  switch (query.kind) {
    case 'all':
      return () => ({ bits: allBits(), exact: true });
    case 'and':
      // Times first: they are told without reading anything.
      return intersection(
        query.of
          .toSorted((one, other) => Number(isOfTime(other)) - Number(isOfTime(one)))
          .map((part) => planOf(part, hash, now)),
      );
    case 'or': {
      const parts = query.of.map((part) => planOf(part, hash, now));
      return (segment) => {
        const found = parts.map((part) => part(segment));
        const bits = noBits();
        for (const one of found) {
          for (let index = 0; index < bits.length; index += 1) {
            bits[index] = (bits[index] as number) | (one.bits[index] as number);
          }
        }
        return { bits, exact: found.every((one) => one.exact) };
      };
    }
    case 'not': {
      const inner = planOf(query.of, hash, now);
      return (segment) => {
        const { bits, exact } = inner(segment);
        return exact ? { bits: bits.map((word) => ~word), exact } : { bits: allBits(), exact };
      };
    }
    case 'text':
      return withText([query.text]);
    case 'field':
      return fieldPlan(query, hash);
    case 'since':
      return withinTimes(now - query.agoMs, Infinity);
    case 'range':
      if (query.field.toLowerCase() === 'at') return withinTimes(...timeRange(query, now));
      return inexact(hasPlan(query.field, hash));
    case 'has':
      return hasPlan(query.field, hash);
  }
}

const isOfTime = (query: Query): boolean =>
  query.kind === 'since' || (query.kind === 'range' && query.field.toLowerCase() === 'at');

function intersection(parts: readonly Plan[]): Plan {
  return (segment) => {
    let exact = true;
    const bits = allBits();
    for (const part of parts) {
      const one = part(segment);
      exact &&= one.exact;
      let any = 0;
      for (let index = 0; index < bits.length; index += 1) {
        const word = (bits[index] as number) & (one.bits[index] as number);
        bits[index] = word;
        any |= word;
      }
      if (any === 0) return { bits, exact: true };
    }
    return { bits, exact };
  };
}

const inexact =
  (plan: Plan): Plan =>
  (segment) => ({ bits: plan(segment).bits, exact: false });

function fieldPlan({ field, pattern }: Extract<Query, { kind: 'field' }>, hash: TermHash): Plan {
  const name = field.toLowerCase();
  const [only] = pattern;
  const literals = pattern.filter((part) => typeof part === 'string');
  if (NOT_INDEXED.has(name)) {
    const texts = name === 'raw' || name === 'message' ? literals : [];
    return inexact(withText(texts));
  }
  if (pattern.length === 1 && typeof only === 'string') {
    hash.value(hash.field(name), only);
    return termPlan(hash.lastHigh, hash.lastLow);
  }
  if (pattern.length === 1 && typeof only === 'object' && only.any === 'many') return hasPlan(field, hash);
  const own = (OWN_TERMS as readonly string[]).includes(name);
  return inexact(intersection([hasPlan(field, hash), ...(own ? [] : [withText(literals)])]));
}

function hasPlan(field: string, hash: TermHash): Plan {
  const name = field.toLowerCase();
  if (NOT_INDEXED.has(name)) return () => ({ bits: allBits(), exact: true });
  const { high, low } = hash.field(name).has;
  return termPlan(high, low);
}

function termPlan(high: number, low: number): Plan {
  return (segment) => {
    const bits = noBits();
    const entries = segment.bucket(high >>> 24);
    if (entries !== null) markTerm(entries, high, low, bits);
    return { bits, exact: true };
  };
}

function withText(texts: readonly string[]): Plan {
  const slots = texts.flatMap(slotsOf);
  return (segment) => ({ bits: blocksWith(slots, (part) => segment.gram(part)), exact: false });
}

function withinTimes(from: number, to: number): Plan {
  return (segment) => {
    if (segment.firstAt >= from && segment.lastAt < to) return { bits: allBits(), exact: true };
    const bits = noBits();
    if (segment.lastAt < from || segment.firstAt >= to) return { bits, exact: true };
    const times = segment.times();
    for (let position = 0; position < SEGMENT_EVENTS; position += 1) {
      const at = times[position] as number;
      if (at < from || at >= to) continue;
      const word = position >> 5;
      bits[word] = (bits[word] as number) | (1 << (position & 31));
    }
    return { bits, exact: true };
  };
}
