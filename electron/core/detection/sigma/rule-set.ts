import type { RuleInfo } from '#shared/domain/audit/alert.ts';
import { LIMITS } from './limits.ts';
import { readDocuments } from './rule/documents.ts';
import { joined } from './rule/expression.ts';
import { fault, quoted, RuleFault } from './rule/fault.ts';
import type { RuleLogSource } from './rule/header.ts';
import type { Placeholders } from './rule/placeholders.ts';
import {
  type CorrelationRule,
  type DetectionRule,
  type FilterRule,
  readRule,
  type SigmaRule,
} from './rule/rule.ts';

/** A rule file as text. */
export interface RuleText {
  /** How the file is called in reports. */
  file: string;
  text: string;
  origin: RuleInfo['origin'];
}

/** Where a rule comes from: kept beside it. */
interface Placed<T> {
  rule: T;
  file: string;
  origin: RuleInfo['origin'];
  /** The rule's own id, or one made of its file and place in it. */
  id: string;
}

export interface LoadedDetection extends Placed<DetectionRule> {
  /** Whether a match is a result of its own, or only counts for correlations. */
  alerts: boolean;
}

export interface LoadedCorrelation extends Placed<CorrelationRule> {
  alerts: boolean;
  /** What its `rules` are, in the same order: numbers of detections, or of correlations. */
  of: readonly { kind: 'detection' | 'correlation'; index: number }[];
}

/** A rule that is not used, and why. */
export interface RuleFailure {
  file: string;
  reason: string;
  /** A correlation over rules that are not among these; with others beside it, it may be used. */
  namesOthers?: true;
}

/** Rules that are ready to be matched. Correlations stand behind those that they are made of. */
export interface RuleSet {
  detections: readonly LoadedDetection[];
  correlations: readonly LoadedCorrelation[];
  filters: number;
  /** The file of each filter. */
  filterFiles: readonly string[];
  /** What no other rule may be called: `id …` and `name …` of each rule that was read, with its file. */
  taken: ReadonlyMap<string, string>;
  /** Rules whose placeholders have no values, with the names of these. */
  needsValues: readonly { file: string; id: string; title: string; placeholders: readonly string[] }[];
  failed: readonly RuleFailure[];
  /** Documents, each of which is compiled, needs values or has failed; a file that cannot be read counts once. */
  total: number;
}

/**
 * Reads rules. One that is wrong is told and left out; all others go on.
 * @param values for placeholders, by name
 */
export function readRuleSet(
  texts: Iterable<RuleText>,
  values: Readonly<Record<string, readonly string[]>> = {},
): RuleSet {
  const failed: RuleFailure[] = [];
  const needsValues: RuleSet['needsValues'][number][] = [];
  const placed: Placed<SigmaRule>[] = [];
  const taken = new Map<string, string>();
  let total = 0;

  function attempt<T>(file: string, work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RuleFault)) throw error;
      failed.push({ file, reason: error.message });
      return null;
    }
  }

  for (const { file, text, origin } of texts) {
    const documents = attempt(file, () => {
      const found = readDocuments(text);
      return found.length > 0 ? found : fault('the file is empty');
    });
    total += documents?.length ?? 1;
    documents?.forEach((document, index) => {
      const where = documents.length === 1 ? '' : `document ${index + 1}: `;
      const placeholders: Placeholders = { values, missing: new Set() };
      attempt(file, () => {
        const rule = inPlace(where, () => readRule(document, placeholders));
        const id = rule.id ?? `file:${file}${documents.length === 1 ? '' : `#${index + 1}`}`.slice(0, 256);
        const other = taken.get(`id ${id}`);
        if (other !== undefined) fault(`${where}its id ${quoted(id)} is that of ${other} already`);
        const { name } = rule;
        const namesake = name === null ? undefined : taken.get(`name ${name}`);
        if (namesake !== undefined)
          fault(`${where}its name ${quoted(name ?? '')} is that of ${namesake} already`);
        taken.set(`id ${id}`, file);
        if (name !== null) taken.set(`name ${name}`, file);
        if (placeholders.missing.size > 0)
          needsValues.push({ file, id, title: rule.title, placeholders: [...placeholders.missing] });
        else placed.push({ rule, file, origin, id });
      });
    });
  }
  return { ...linked(placed, failed, needsValues, total), taken };
}

function inPlace<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RuleFault && where !== '' ? new RuleFault(where + error.message) : error;
  }
}

/** Whether a filter's log source is that of a rule, or a wider one. */
function covers(filter: RuleLogSource, rule: RuleLogSource): boolean {
  return (['product', 'category', 'service'] as const).every(
    (part) => filter[part] === null || filter[part] === rule[part],
  );
}

const isOf =
  <K extends SigmaRule['kind']>(kind: K) =>
  (placed: Placed<SigmaRule>): placed is Placed<Extract<SigmaRule, { kind: K }>> =>
    placed.rule.kind === kind;

function linked(
  placed: readonly Placed<SigmaRule>[],
  failed: RuleFailure[],
  needsValues: RuleSet['needsValues'],
  total: number,
): Omit<RuleSet, 'taken'> {
  const filters = placed.filter(isOf('filter'));
  const detections = placed
    .filter(isOf('detection'))
    .map((entry) => ({ ...entry, rule: filtered(entry, filters), alerts: true }));
  const names = new Map<string, { kind: 'detection' | 'correlation'; index: number }>();
  const name = (entry: Placed<SigmaRule>, target: { kind: 'detection' | 'correlation'; index: number }) => {
    for (const key of [entry.rule.name, entry.rule.id]) if (key !== null) names.set(key, target);
  };
  detections.forEach((entry, index) => {
    name(entry, { kind: 'detection', index });
  });
  const written = placed.filter(isOf('correlation'));
  const correlations: LoadedCorrelation[] = [];
  // Those whose rules are all there go first; what is left at the end names something that is not, or itself.
  let waiting = written;
  for (let round = 0; waiting.length > 0 && round < LIMITS.correlationDepth; round += 1) {
    const later: typeof waiting = [];
    for (const entry of waiting) {
      const of = entry.rule.correlation.rules.map((key) => names.get(key));
      if (of.some((target) => target === undefined)) later.push(entry);
      else correlations.push({ ...entry, alerts: true, of: of.filter((target) => target !== undefined) });
    }
    correlations
      .slice(correlations.length - (waiting.length - later.length))
      .forEach((entry, offset, added) => {
        name(entry, { kind: 'correlation', index: correlations.length - added.length + offset });
      });
    if (later.length === waiting.length) break;
    waiting = later;
  }
  const done = new Set(correlations.map(({ id }) => id));
  for (const entry of written.filter(({ id }) => !done.has(id))) {
    const missing = entry.rule.correlation.rules.filter((key) => !names.has(key));
    failed.push({
      file: entry.file,
      reason: `the correlation names ${missing.map(quoted).join(', ')}: no such rule was compiled, or it leads back to itself`,
      namesOthers: true,
    });
  }
  silence(detections, correlations);
  const filterFiles = filters.map(({ file }) => file);
  return { detections, correlations, filters: filters.length, filterFiles, needsValues, failed, total };
}

function filtered(entry: Placed<DetectionRule>, filters: readonly Placed<FilterRule>[]): DetectionRule {
  const { rule } = entry;
  const own = filters.filter(
    ({ rule: filter }) =>
      covers(filter.logsource, rule.logsource) &&
      (filter.rules === 'any' || filter.rules.some((key) => key === rule.id || key === rule.name)),
  );
  if (own.length === 0) return rule;
  return {
    ...rule,
    expression: joined('and', [rule.expression, ...own.map((filter) => filter.rule.expression)]),
  };
}

/** Rules that correlations are made of are no results of their own, unless one of these says `generate`. */
function silence(detections: LoadedDetection[], correlations: LoadedCorrelation[]): void {
  const entryOf = ({ kind, index }: LoadedCorrelation['of'][number]) =>
    kind === 'detection' ? detections[index] : correlations[index];
  const all = correlations.flatMap((entry) => entry.of.map((target) => ({ target, entry })));
  for (const { target } of all) {
    const used = entryOf(target);
    if (used !== undefined) used.alerts = false;
  }
  for (const { target, entry } of all) {
    const used = entryOf(target);
    if (used !== undefined && entry.rule.correlation.generate) used.alerts = true;
  }
}
