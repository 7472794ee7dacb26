import type { WrittenChange } from '#core/store/operations/tracking.ts';
import { countsInWords } from '#shared/domain/counting.ts';
import type { Counts } from '#shared/domain/counts.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';
import { plainName } from '#shared/domain/plain-name.ts';
import { capital, counted, listed } from '#shared/domain/words.ts';
import type { LookOutcome } from './look-runner.ts';

const WAITS: readonly FindingStatus[] = ['fix', 'review'];

/** What a change means for the person who reads of it. */
function kindOf(change: WrittenChange): 'worse' | 'better' | 'unseen' | 'quiet' {
  // One of several things was put right: whoever did it knows.
  if (change.from === change.to && change.inside?.direction === 'less') return 'quiet';
  if (WAITS.includes(change.to)) return 'worse';
  if (change.to === 'unknown') return 'unseen';
  const waited = change.from !== null && WAITS.includes(change.from);
  return waited && change.to !== 'waived' ? 'better' : 'quiet';
}

/**
 * What a round of looks has to say to a person who does not sit before the screen: only what changed, all of it in one
 * sentence or two, worst first.
 * @returns null when nothing changed that anybody needs to know
 */
export function noticeOf(outcomes: readonly LookOutcome[]): string | null {
  const all = outcomes.flatMap((outcome) =>
    outcome.changes.map((change) => ({
      change,
      name: plainName(outcome.nodeName, 32),
      kind: kindOf(change),
    })),
  );
  const parts: string[] = [];
  const told = (['worse', 'unseen', 'better'] as const).map((kind) =>
    all.filter((entry) => entry.kind === kind),
  );
  const [worse = [], unseen = [], better = []] = told;
  const [only] = worse;
  if (only && worse.length === 1) parts.push(sentence(only.change));
  else if (worse.length > 1)
    parts.push(`${capital(counted(worse.length, 'thing'))} changed for the worse on ${on(worse)}.`);
  if (unseen.length > 0) {
    parts.push(`We could no longer look at ${counted(unseen.length, 'thing')} on ${on(unseen)}.`);
  }
  const [good] = better;
  if (good && better.length === 1) parts.push(sentence(good.change));
  else if (better.length > 1)
    parts.push(
      `${capital(counted(better.length, 'thing'))} on ${on(better)} ${better.length === 1 ? 'is' : 'are'} fine again.`,
    );
  const away = outcomes.filter((outcome) => outcome.availability === 'went-away');
  const back = outcomes.filter((outcome) => outcome.availability === 'came-back');
  if (away.length > 0) {
    const [does, its] = away.length === 1 ? ['does', 'its'] : ['do', 'their'];
    parts.push(`${names(away)} ${does} not answer; ${its} findings are from before.`);
  }
  if (back.length > 0) parts.push(`${names(back)} ${back.length === 1 ? 'is' : 'are'} back.`);
  return parts.length === 0 ? null : parts.join(' ').slice(0, 512);
}

/** @returns the weekly word; null when nothing is open */
export function summaryOf(counts: Counts, nodeNames: readonly string[]): string | null {
  const parts = countsInWords(counts, ['fix', 'review']);
  if (parts.length === 0) return null;
  const where = listed(
    nodeNames.map((name) => plainName(name, 32)),
    3,
    'node',
  );
  return `Still open: ${parts.join(' and ')}, on ${where}.`;
}

function on(entries: readonly { name: string }[]): string {
  return listed([...new Set(entries.map((entry) => entry.name))], 3, 'node');
}

function names(outcomes: readonly LookOutcome[]): string {
  return on(outcomes.map((outcome) => ({ name: plainName(outcome.nodeName, 32) })));
}

/** Summaries name their node and are sentences already; only their length is not ours. */
function sentence(change: WrittenChange): string {
  return plainName(change.summary, change.inside === undefined ? 240 : 480);
}
