import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { type RuleSet, readRuleSet } from '#core/detection/sigma/rule-set.ts';
import { lstatOrNull } from '#core/store/data-folder.ts';
import { writeWhole } from '#core/store/write-whole.ts';
import {
  type OwnRules,
  type PlaceholderValues,
  type RuleFault,
  type RuleFileText,
  ruleFileName,
} from '#shared/domain/audit/own-rules.ts';
import { shortened, visible } from '#shared/domain/text.ts';

/** Rule files that are listed one by one. */
const MOST_FILES = 5_000;

/** @returns the folder of the operator's own rules, below the prepared data folder */
export function ownRulesFolder(dataFolder: string): string {
  return join(dataFolder, 'rules');
}

/** What is to be said of rule files before they are kept. */
export interface CheckedRules {
  /** Files in which at least one rule can be used, or waits for values. */
  usable: RuleFileText[];
  faults: RuleFault[];
  /** Names of usable files whose rules can make other rules say less: filters, and correlations over others. */
  mayHide: string[];
}

/**
 * Reads rules without keeping them. A file with a rule that is called as one of another file is refused: of two of one id only one could be
 * in force, and which one is no accident of file names. Pure.
 * @param values for placeholders
 * @param taken ids and names of the rules that are there, as {@link RuleSet} has them, with the paths of their files
 * @param folder of own rules: a file of the same name is replaced, and its rules are no others
 */
export function checkOwnRules(
  files: readonly RuleFileText[],
  values: PlaceholderValues,
  taken: ReadonlyMap<string, string> = new Map(),
  folder = '',
): CheckedRules {
  const checked: CheckedRules = { usable: [], faults: [], mayHide: [] };
  const replaced = new Set(files.map(({ name }) => join(folder, name)));
  const others = new Map([...taken].filter(([, file]) => !replaced.has(file)));
  for (const file of files) {
    const set = readRuleSet([{ file: file.name, text: file.text, origin: 'imported' }], values);
    const clash = [...set.taken.keys()].find((key) => others.has(key));
    if (clash !== undefined) {
      checked.faults.push({ file: file.name, reason: clashWords(clash, others.get(clash) ?? '', folder) });
      continue;
    }
    // A correlation may be about rules of other files.
    const elsewhere = set.failed.filter(({ namesOthers }) => namesOthers).length;
    const good = set.total - set.failed.length + elsewhere;
    if (good > 0) {
      checked.usable.push(file);
      for (const key of set.taken.keys()) others.set(key, join(folder, file.name));
    }
    if (set.filters > 0 || set.correlations.length > 0 || elsewhere > 0) checked.mayHide.push(file.name);
    if (good === 0)
      checked.faults.push(
        ...set.failed.map(({ reason }) => ({ file: file.name, reason: shortened(visible(reason), 512) })),
      );
  }
  return checked;
}

function clashWords(key: string, file: string, folder: string): string {
  const what = key.startsWith('id ') ? 'id' : 'name';
  const own = file.startsWith(`${folder}/`);
  const where = own ? `your ${relative(folder, file)}` : `Swarmkeep’s own ${basename(file)}`;
  const next = own
    ? 'Remove that one first, or give this rule another.'
    : 'Give this rule another: that one stays in force.';
  return shortened(
    visible(`its ${what} “${key.slice(what.length + 1)}” is that of a rule in ${where}. ${next}`),
    512,
  );
}

/** Writes rule files, each whole or not at all; one of the same name is replaced. @throws the error of the file system */
export function keepOwnRules(dataFolder: string, files: readonly RuleFileText[]): void {
  const folder = ownRulesFolder(dataFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { name, text } of files) writeWhole(join(folder, ruleFileName.parse(name)), text, 0o600);
}

/** Takes a rule file away. @returns its text, so that it can be put back; null when there is no such file */
export function removeOwnRules(dataFolder: string, name: string): string | null {
  const place = join(ownRulesFolder(dataFolder), ruleFileName.parse(name));
  if (!lstatOrNull(place)?.isFile()) return null;
  const text = readFileSync(place, 'utf8');
  rmSync(place);
  return text;
}

/**
 * @param set all rules in force, in which own ones are called by their paths
 * @param files paths of own rule files that were found
 */
export function reportOwnRules(
  dataFolder: string,
  set: RuleSet,
  files: readonly string[],
  values: PlaceholderValues,
): OwnRules {
  const folder = ownRulesFolder(dataFolder);
  const inForce = new Map<string, number>();
  for (const { file } of [
    ...set.detections,
    ...set.correlations,
    ...set.filterFiles.map((file) => ({ file })),
  ])
    inForce.set(file, (inForce.get(file) ?? 0) + 1);
  const faults = Map.groupBy(set.failed, ({ file }) => file);
  const waiting = Map.groupBy(set.needsValues, ({ file }) => file);
  const own = [...new Set([...files, ...faults.keys()])].filter((file) => file.startsWith(`${folder}/`));
  const rank = (file: string): number => (faults.has(file) ? 0 : waiting.has(file) ? 1 : 2);
  own.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, 'en'));
  const asked = new Map<string, number>(Object.keys(values).map((name) => [name, 0]));
  for (const { placeholders } of set.needsValues)
    for (const name of placeholders) asked.set(name, (asked.get(name) ?? 0) + 1);
  return {
    folder,
    files: own.slice(0, MOST_FILES).map((file) => {
      const name = relative(folder, file);
      return {
        name: shortened(visible(name), 256),
        inForce: inForce.get(file) ?? 0,
        faults: (faults.get(file) ?? []).slice(0, 16).map(({ reason }) => shortened(visible(reason), 512)),
        waitsFor: [...new Set((waiting.get(file) ?? []).flatMap(({ placeholders }) => placeholders))].slice(
          0,
          64,
        ),
        removable: ruleFileName.safeParse(name).success,
      };
    }),
    more: Math.max(0, own.length - MOST_FILES),
    placeholders: [...asked]
      .slice(0, 256)
      .map(([name, count]) => ({ name, values: [...(values[name] ?? [])], waiting: count })),
  };
}
