import { readRuleFiles } from '../rule-files.ts';
import { type RuleSet, readRuleSet } from '../rule-set.ts';

/** What to say when there are no public rules to try on. */
export const NO_RULES = 'SIGMA_RULES names no folder with Sigma rules, such as a checkout of SigmaHQ/sigma';

/** The public rules that the environment variable SIGMA_RULES names; null when it is not set. */
export function rulesOfEnvironment(): RuleSet | null {
  const path = process.env.SIGMA_RULES;
  if (!path) return null;
  const { texts, failed } = readRuleFiles([path], 'imported');
  if (failed.length > 0) throw new Error(`${failed[0]?.file}: ${failed[0]?.reason}`);
  return readRuleSet(texts);
}
