import { z } from 'zod';
import type { EventFields } from '#shared/domain/audit/event.ts';
import { fieldOf } from '../match/event.ts';
import { numberOf } from '../match/values.ts';
import type { LoadedCorrelation } from '../rule-set.ts';
import { addEntry, type Entry, entriesNeeded, fires, type Group } from './window.ts';

/** Groups of all correlations together, and their entries: about 10 MiB, and some megabytes as JSON. */
const MOST_GROUPS = 10_000;
const MOST_TOTAL = 50_000;
const LONGEST_VALUE = 512;
const MOST_EVENTS = 100;

/** A match of a rule that correlations are made of. */
export interface Happening {
  kind: 'detection' | 'correlation';
  /** Number of the rule among those of its kind. */
  index: number;
  fields: EventFields;
  number: number;
  at: number;
  node: string;
  led?: readonly number[];
}

/** A correlation that fired: which, and the events that led to it, oldest first. */
export interface Fired {
  index: number;
  events: readonly number[];
  /** What it was grouped by, by name. */
  groupedBy: readonly { field: string; value: string }[];
}

/** What had to be let go of, so that the memory stays bounded: counted, never silent. */
export interface LetGo {
  groups: number;
  entries: number;
}

const letGoForm = z.object({ groups: z.int().min(0), entries: z.int().min(0) });

/** @returns what a state of correlations says of what was let go of; nothing for anything else */
export function letGoIn(state: unknown): LetGo {
  const parsed = z.object({ letGo: letGoForm }).safeParse(state);
  return parsed.success ? parsed.data.letGo : { groups: 0, entries: 0 };
}

const entryForm = z.tuple([
  z.int().min(0),
  z.number(),
  z.int(),
  z.union([z.string(), z.number(), z.null()]),
  z.array(z.int()).max(MOST_EVENTS).optional(),
]);
const stateForm = z.object({
  version: z.literal(1),
  letGo: letGoForm,
  correlations: z.record(
    z.string(),
    z.array(z.tuple([z.string(), z.number().nullable(), z.array(entryForm)])).max(MOST_GROUPS),
  ),
});

/** Keeps the windows of correlations. */
export class Correlator {
  readonly #correlations: readonly LoadedCorrelation[];
  /** Correlations that a rule counts for, and at which place of theirs. */
  readonly #uses = new Map<string, { index: number; rule: number }[]>();
  readonly #groups: Map<string, Group>[];
  readonly #needed: { most: number; exact: boolean }[];
  /** Time of the newest entry of each correlation. */
  readonly #newest: number[];
  #groupCount = 0;
  #entryCount = 0;
  readonly letGo: LetGo = { groups: 0, entries: 0 };

  /** @param state what `state()` gave before; validated here. What does not fit the rules any more is left out. */
  constructor(correlations: readonly LoadedCorrelation[], state?: unknown) {
    this.#correlations = correlations;
    this.#groups = correlations.map(() => new Map());
    this.#newest = correlations.map(() => Number.NEGATIVE_INFINITY);
    this.#needed = correlations.map(({ rule }) => entriesNeeded(rule.correlation));
    correlations.forEach((entry, index) => {
      entry.of.forEach((target, rule) => {
        const key = `${target.kind}:${target.index}`;
        const uses = this.#uses.get(key) ?? [];
        uses.push({ index, rule });
        this.#uses.set(key, uses);
      });
    });
    this.#restore(state);
  }

  /** Takes a match, and what follows from it. */
  take(happening: Happening): Fired[] {
    const fired: Fired[] = [];
    for (const { index, rule } of this.#uses.get(`${happening.kind}:${happening.index}`) ?? []) {
      const result = this.#count(index, rule, happening);
      if (result === null) continue;
      fired.push(result);
      fired.push(...this.take({ ...happening, kind: 'correlation', index, led: result.events }));
    }
    return fired;
  }

  #count(index: number, rule: number, happening: Happening): Fired | null {
    const loaded = this.#correlations[index];
    const groups = this.#groups[index];
    const needed = this.#needed[index];
    if (loaded === undefined || groups === undefined || needed === undefined) return null;
    const { correlation, acrossNodes } = loaded.rule;
    const valueIn = (name: string) =>
      fieldText(happening.fields, correlation.aliases.get(name)?.get(rule) ?? name);
    const value = this.#value(correlation.type, correlation.fields, valueIn);
    if (value === undefined) return null;
    const groupedBy = correlation.groupBy.map((field) => ({ field, value: valueIn(field) ?? '' }));
    const key = JSON.stringify([acrossNodes ? null : happening.node, ...correlation.groupBy.map(valueIn)]);
    const group = this.#group(groups, key);
    const before = group.entries.length;
    const entry: Entry = { rule, at: happening.at, event: happening.number, value };
    if (happening.led !== undefined) entry.led = happening.led;
    const lost = addEntry(group, entry, correlation, needed.most);
    if (!needed.exact) this.letGo.entries += lost;
    this.#entryCount += group.entries.length - before;
    this.#newest[index] = Math.max(this.#newest[index] ?? 0, happening.at);
    this.#makeRoom();
    if (!fires(group, correlation)) {
      group.firedAt = null;
      return null;
    }
    // While it goes on, it is said once in each timespan.
    if (group.firedAt !== null && Math.abs(happening.at - group.firedAt) < correlation.timespan) return null;
    group.firedAt = happening.at;
    return { index, events: eventsOf(group), groupedBy };
  }

  /** @returns undefined when the event has nothing to count or reckon with */
  #value(
    type: string,
    fields: readonly string[],
    valueIn: (name: string) => string | null,
  ): Entry['value'] | undefined {
    const [field] = fields;
    if (!type.startsWith('value_') || field === undefined) return null;
    const values = fields.map(valueIn);
    if (values.every((value) => value === null)) return undefined;
    if (type === 'value_count') return values.length === 1 ? (values[0] ?? '') : JSON.stringify(values);
    return numberOf(values[0] ?? null) ?? undefined;
  }

  /** The group, moved to the end: what was used longest ago stands first. */
  #group(groups: Map<string, Group>, key: string): Group {
    let group = groups.get(key);
    if (group === undefined) {
      group = { entries: [], firedAt: null };
      this.#groupCount += 1;
    } else groups.delete(key);
    groups.set(key, group);
    return group;
  }

  #makeRoom(): void {
    while (this.#groupCount > MOST_GROUPS || this.#entryCount > MOST_TOTAL) {
      let largest = 0;
      this.#groups.forEach((groups, index) => {
        if (groups.size > (this.#groups[largest]?.size ?? 0)) largest = index;
      });
      const groups = this.#groups[largest];
      const [oldest] = groups ?? [];
      if (groups === undefined || oldest === undefined) return;
      const [key, group] = oldest;
      const timespan = this.#correlations[largest]?.rule.correlation.timespan ?? 0;
      const newest = this.#newest[largest] ?? 0;
      // What has run out anyway is no loss.
      if ((group.entries.at(-1)?.at ?? 0) >= newest - timespan) {
        this.letGo.groups += 1;
        this.letGo.entries += group.entries.length;
      }
      groups.delete(key);
      this.#groupCount -= 1;
      this.#entryCount -= group.entries.length;
    }
  }

  /** Plain JSON; null when nothing waits and nothing was let go of. */
  state(): unknown {
    if (this.#groupCount === 0 && this.letGo.groups === 0 && this.letGo.entries === 0) return null;
    const correlations: Record<string, unknown[]> = {};
    this.#correlations.forEach((loaded, index) => {
      const groups = this.#groups[index] ?? new Map<string, Group>();
      if (groups.size > 0)
        correlations[loaded.id] = [...groups].map(([key, { firedAt, entries }]) => [
          key,
          firedAt,
          entries.map(({ rule, at, event, value, led }) =>
            led === undefined ? [rule, at, event, value] : [rule, at, event, value, led],
          ),
        ]);
    });
    return { version: 1, letGo: { ...this.letGo }, correlations };
  }

  #restore(state: unknown): void {
    const parsed = stateForm.safeParse(state);
    if (!parsed.success) return;
    this.letGo.groups = parsed.data.letGo.groups;
    this.letGo.entries = parsed.data.letGo.entries;
    this.#correlations.forEach(({ id, of }, index) => {
      for (const [key, firedAt, entries] of parsed.data.correlations[id] ?? []) {
        const kept = entries
          .filter(([rule]) => rule < of.length)
          .map(([rule, at, event, value, led]) => ({
            rule,
            at,
            event,
            value,
            ...(led === undefined ? {} : { led }),
          }));
        this.#groups[index]?.set(key, { firedAt, entries: kept });
        this.#newest[index] = Math.max(this.#newest[index] ?? 0, kept.at(-1)?.at ?? 0);
        this.#groupCount += 1;
        this.#entryCount += kept.length;
      }
    });
    this.#makeRoom();
  }
}

/** A field's value as text that groups are told apart by; null when it is not there. */
function fieldText(fields: EventFields, name: string): string | null {
  const held = fieldOf(fields, name);
  if (held === undefined || held === null) return null;
  const text = Array.isArray(held) ? JSON.stringify(held) : String(held);
  return text.length <= LONGEST_VALUE ? text : text.slice(0, LONGEST_VALUE);
}

function eventsOf(group: Group): readonly number[] {
  const all = new Set(group.entries.flatMap(({ event, led }) => [...(led ?? []), event]));
  return [...all].sort((a, b) => a - b).slice(-MOST_EVENTS);
}
