import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createDetector, ruleInfoOf } from '#core/detection/detector.ts';
import { createFirstSeen } from '#core/detection/pack/first-seen.ts';
import { FIRST_SEEN_RULES } from '#core/detection/pack/first-seen-rules.ts';
import { readRuleFiles } from '#core/detection/sigma/rule-files.ts';
import { readRuleSet } from '#core/detection/sigma/rule-set.ts';
import type { LogSource } from '#shared/domain/audit/event.ts';
import type { PlaceholderValues } from '#shared/domain/audit/own-rules.ts';
import { ownRulesFolder, reportOwnRules } from './own-rules.ts';
import { SILENT_SOURCE } from './pipeline/silent-source.ts';
import { STRANGER } from './pipeline/stranger.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** @returns the folder with our own rules: beside the source, or in what was built */
export function ownRules(here: string = import.meta.url): string {
  const places = here.endsWith('.ts')
    ? ['../../../assets/rules']
    : ['../rules', 'rules', '../../assets/rules'];
  const found = places.map((place) => fileURLToPath(new URL(place, here))).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`The rules were not built beside ${here}`);
  return found;
}

/**
 * Reads our own rules, and those that the operator put into `rules` of the data folder. One that is wrong is left out, and
 * the list of own rules says why.
 * @param values for placeholders of rules, by name
 */
export function loadRules(folder: string, values: PlaceholderValues = {}): RulesInForce {
  const imported = ownRulesFolder(folder);
  const own = existsSync(imported) ? readRuleFiles([imported], 'imported') : { texts: [], failed: [] };
  const compiled = readRuleSet([...readRuleFiles([ownRules()], 'swarmkeep').texts, ...own.texts], values);
  const rules = { ...compiled, failed: [...own.failed, ...compiled.failed] };
  const infos = [
    ...rules.detections.map((loaded) => ({
      info: ruleInfoOf(loaded),
      logsource: loaded.rule.logsource,
      alerts: loaded.alerts,
    })),
    ...rules.correlations.map((loaded) => ({
      info: ruleInfoOf(loaded),
      logsource: null,
      alerts: loaded.alerts,
    })),
  ].filter(({ alerts }) => alerts);
  return {
    createDetector: (state) => createDetector(rules, state),
    createFirstSeen,
    taken: rules.taken,
    ownRules: () =>
      reportOwnRules(
        folder,
        rules,
        own.texts.map(({ file }) => file),
        values,
      ),
    list: (seen) => [
      ...[SILENT_SOURCE, STRANGER, ...Object.values(FIRST_SEEN_RULES)].map((rule) => ({
        rule,
        canFire: true,
        whyNot: '',
      })),
      ...infos.map(({ info, logsource }) => {
        const canFire = logsource === null || seen.some((source) => fits(logsource, source));
        return { rule: info, canFire, whyNot: canFire || logsource === null ? '' : whyNot(logsource) };
      }),
    ],
  };
}

type RuleSource = { [Name in keyof LogSource]?: string | null | undefined };

const NAMES = ['product', 'category', 'service'] as const;

/** What a rule asks of a source, the source must say (Sigma specification, "Log Source"). */
function fits(wanted: RuleSource, source: LogSource): boolean {
  return NAMES.every((name) => !wanted[name] || wanted[name]?.toLowerCase() === source[name]?.toLowerCase());
}

function whyNot(wanted: RuleSource): string {
  const asked = NAMES.flatMap((name) => (wanted[name] ? [`${name} ${wanted[name]}`] : []));
  return `No log of ${asked.join(', ')} has been read yet.`.slice(0, 512);
}
