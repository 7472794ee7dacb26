import type { Statement } from '../model.ts';
import { quoteToken } from './tokenize.ts';

/** One option with its values, as `! --dport 22`. */
export interface Option {
  readonly name: string;
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** A match that was loaded with `-m` (or by its protocol), or the target, with its options. */
export interface Extension {
  readonly name: string;
  readonly options: Option[];
}

/** What an extension's reader may need to know of the rest of the rule. */
export interface RuleContext {
  readonly version: 4 | 6;
  /** The protocol that `-p` asks for; null when it asks for none, or for all but one. */
  readonly protocol: bigint | null;
}

/** Reads a match into statements, all of which must hold; null: some part of it is not known to this model. */
export type MatchReader = (extension: Extension, context: RuleContext) => readonly Statement[] | null;

function optionText(option: Option): string {
  return [option.negated ? '!' : '', option.name, ...option.values.map(quoteToken)]
    .filter((part) => part !== '')
    .join(' ');
}

/** An extension as iptables-save writes it, at most 300 characters. */
export function extensionText(flag: '-m' | '-j', extension: Extension): string {
  return [flag, quoteToken(extension.name), ...extension.options.map(optionText)].join(' ').slice(0, 300);
}

/** The only option of that name; null when there is none or more than one. */
export function onlyOption(extension: Extension, ...names: readonly string[]): Option | null {
  const found = extension.options.filter((option) => names.includes(option.name));
  return found.length === 1 ? (found[0] as Option) : null;
}

/** Whether an extension has no options but these, each at most once. */
export function hasOnly(extension: Extension, names: readonly string[]): boolean {
  const seen = new Set<string>();
  return extension.options.every((option) => {
    const isNew = !seen.has(option.name);
    seen.add(option.name);
    return isNew && names.includes(option.name);
  });
}
