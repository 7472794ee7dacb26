import { LIMITS } from '../limits.ts';
import { fault } from './fault.ts';
import { readText, regexPlaceholders, type WrittenPart } from './text-value.ts';

/** Values for placeholders by name. Values may have wildcards. Every name that is asked for is noted. */
export interface Placeholders {
  values: Readonly<Record<string, readonly string[]>>;
  /** Names without values that a rule asked for. */
  missing: Set<string>;
}

function valuesOf(name: string, placeholders: Placeholders): readonly string[] {
  const values = Object.hasOwn(placeholders.values, name) ? (placeholders.values[name] ?? []) : [];
  if (values.length === 0) placeholders.missing.add(name);
  return values;
}

/** All ways to take one of each; a rule whose values are missing gets none, and is not used. */
function combinations<T>(pieces: readonly (readonly T[])[]): T[][] {
  let all: T[][] = [[]];
  for (const choices of pieces) {
    if (all.length * choices.length > LIMITS.expansions)
      fault(`placeholders make more than ${LIMITS.expansions} values of one`);
    all = all.flatMap((before) => choices.map((choice) => [...before, choice]));
  }
  return all;
}

/** A value with its placeholders (modifier `expand`) filled in, once for every combination of their values. */
export function filledIn(parts: readonly WrittenPart[], placeholders: Placeholders): WrittenPart[][] {
  const choices = parts.map((part): readonly WrittenPart[][] =>
    typeof part === 'object' && 'placeholder' in part
      ? valuesOf(part.placeholder, placeholders).map(readText)
      : [[part]],
  );
  return combinations(choices).map((combination) => combination.flat());
}

/** The same for a regular expression, in which values are plain text. */
export function filledInRegex(source: string, placeholders: Placeholders): string[] {
  const choices = regexPlaceholders(source).map((part) =>
    typeof part === 'string'
      ? [part]
      : valuesOf(part.placeholder, placeholders).map((value) => value.replace(/[^\w\s]/g, '\\$&')),
  );
  return combinations(choices).map((combination) => combination.join(''));
}
