import { exampleFor } from '#core/detection/sigma/examples.ts';
import { createRun } from '#core/detection/sigma/run.ts';
import { visible } from '#shared/domain/text.ts';
import { EXIT, type ExitCode } from './failure.ts';
import { asJson } from './report.ts';
import { loadRules } from './rule-options.ts';
import { painter, type Terminal, wantsColour } from './terminal.ts';

export interface RulesCheckOptions {
  value: readonly string[];
  prove: boolean;
  json: boolean;
}

/** What `rules check --json` prints. Keys are stable; more may be added. */
export interface RulesReport {
  /** Documents; a file that cannot be read counts as one. `compiled`, `needsValues` and `failed` make it up. */
  total: number;
  compiled: number;
  needsValues: number;
  failed: { file: string; reason: string }[];
  /** Compiled rules that are only looked at when an event has what they need. */
  prefiltered: number;
  placeholders: { file: string; names: readonly string[] }[];
  /** With `--prove`: rules for which no event could be made that they find. */
  neverFire?: { file: string; rule: string }[];
}

/**
 * `swarmkeep rules check`: compiles rules.
 * @returns 0, or 1 when a rule cannot be used or, if that was asked, can never fire
 * @throws CommandFailure when there is nothing to read
 */
export async function checkRules(
  paths: readonly string[],
  options: RulesCheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const set = loadRules(paths, options.value);
  const report: RulesReport = {
    total: set.total,
    compiled: set.total - set.needsValues.length - set.failed.length,
    needsValues: set.needsValues.length,
    failed: [...set.failed],
    prefiltered: createRun(set).prefiltered,
    placeholders: set.needsValues.map(({ file, placeholders }) => ({ file, names: placeholders })),
  };
  if (options.prove)
    report.neverFire = set.detections
      .filter(({ rule }) => exampleFor(rule.expression, true) === null)
      .map(({ file, id }) => ({ file, rule: id }));
  if (options.json) terminal.out.write(asJson(report));
  else terminal.out.write(wordsOf(report, terminal));
  return report.failed.length > 0 || (report.neverFire?.length ?? 0) > 0 ? EXIT.found : EXIT.fine;
}

function wordsOf(report: RulesReport, terminal: Terminal): string {
  const paint = painter(wantsColour(terminal.out, terminal.environment));
  const { total, compiled, needsValues, failed, prefiltered } = report;
  const parts = [`${compiled} compiled`, `${needsValues} need values`, `${failed.length} failed`];
  const lines = [
    `${paint('bold', `${total} ${total === 1 ? 'rule' : 'rules'}`)}: ${parts.join(' · ')}; ${prefiltered} are only looked at when an event may match.`,
    ...failed.map(({ file, reason }) => `${paint('red', 'failed')}  ${visible(file)}: ${visible(reason)}`),
    ...report.placeholders.map(
      ({ file, names }) => `${paint('yellow', 'values')}  ${visible(file)}: ${names.map(visible).join(', ')}`,
    ),
  ];
  for (const { file, rule } of report.neverFire ?? [])
    lines.push(
      `${paint('red', 'never ')}  ${visible(file)}: no event could be made that ${visible(rule)} finds`,
    );
  return `${lines.join('\n')}\n`;
}
