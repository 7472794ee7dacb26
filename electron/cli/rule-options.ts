import { readRuleFiles } from '#core/detection/sigma/rule-files.ts';
import { type RuleSet, readRuleSet } from '#core/detection/sigma/rule-set.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot, usage } from './failure.ts';

/** Reads `--value name=value`. @throws CommandFailure (wrong usage) */
export function placeholderValues(written: readonly string[]): Record<string, string[]> {
  const values: Record<string, string[]> = Object.create(null);
  for (const text of written) {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(0, at));
    if (!/^[\w.-]+$/.test(name)) throw usage(`--value takes name=value, not ${visible(text)}.`);
    values[name] = [...(values[name] ?? []), text.slice(at + 1)];
  }
  return values;
}

/**
 * Reads and compiles what the paths name.
 * @throws CommandFailure when a path cannot be opened, or there is no rule at all
 */
export function loadRules(paths: readonly string[], values: readonly string[]): RuleSet {
  const placeholders = placeholderValues(values);
  const files = filesOf(paths);
  const set = readRuleSet(files.texts, placeholders);
  const failed = [...files.failed, ...set.failed];
  const total = set.total + files.failed.length;
  if (total === 0)
    throw couldNot(`There is no rule in ${paths.map(visible).join(', ')}.`, 'Rules end in .yml or .yaml.');
  return { ...set, failed, total };
}

function filesOf(paths: readonly string[]) {
  try {
    return readRuleFiles(paths, 'imported');
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    const name = visible(path ?? paths.join(', '));
    if (code === 'ENOENT' || code === 'ENOTDIR') throw couldNot(`There is no such file or folder: ${name}`);
    throw couldNot(`${name} could not be opened (${code ?? 'unknown reason'}).`);
  }
}
