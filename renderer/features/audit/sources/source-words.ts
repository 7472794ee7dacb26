import type { AuditSource, FormatId, SourceState } from '#shared/domain/audit/source.ts';
import { countWord } from '#shared/domain/words.ts';
import type { ShownStatus } from '../../../components/status-words.ts';

/** A state as an icon and a word. Never "fine" for what cannot be read. */
export const STATE_WORDS: Readonly<Record<SourceState, { status: ShownStatus; word: string }>> = {
  live: { status: 'pass', word: 'live' },
  'catching-up': { status: 'waived', word: 'catching up' },
  paused: { status: 'not-applicable', word: 'paused' },
  waiting: { status: 'unknown', word: 'waiting' },
  failed: { status: 'fix', word: 'failed' },
};

/** How lines are read, in words. */
export const FORMAT_WORDS: Readonly<Record<FormatId | 'auto', string>> = {
  auto: 'found by itself',
  'json-lines': 'JSON lines',
  'key-value': 'key=value',
  auditd: 'auditd',
  syslog: 'syslog',
  mycoswarm: 'mycoSwarm text',
  'docker-json': 'Docker JSON',
  'journal-json': 'journal',
  plain: 'plain lines',
};

/** What a source follows, as it is named on the machine. */
export function targetWords(target: AuditSource['target']): string {
  if (target.kind === 'file') return target.path;
  if (target.kind === 'pattern') return target.pattern;
  return target.unit === null ? 'journal' : `journal of ${target.unit}`;
}

/** Nodes of which nothing comes at present, each with the word for why. */
export function nodesThatSayNothing(sources: readonly AuditSource[]): { node: string; word: string }[] {
  const byNode = new Map<string, AuditSource[]>();
  for (const source of sources) byNode.set(source.node, [...(byNode.get(source.node) ?? []), source]);
  return [...byNode].flatMap(([node, own]) => {
    if (own.some(({ state }) => state === 'live' || state === 'catching-up')) return [];
    const word = own.every(({ state }) => state === 'paused') ? 'paused' : 'no answer';
    return [{ node, word }];
  });
}

/**
 * The line above the sentence: `5 sources on 4 nodes, pi does not answer`.
 * @param names of nodes by their ids
 */
export function sourcesInBrief(sources: readonly AuditSource[], names: ReadonlyMap<string, string>): string {
  const silent = nodesThatSayNothing(sources);
  const reading = sources.filter(({ state }) => state === 'live' || state === 'catching-up');
  if (sources.length === 0) return 'no source yet';
  if (reading.length === 0)
    return `${sources.length} ${sources.length === 1 ? 'source' : 'sources'}, none is read now`;
  const nodes = new Set(reading.map(({ node }) => node)).size;
  const first = `${reading.length} ${reading.length === 1 ? 'source' : 'sources'} on ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  const [one] = silent;
  if (one === undefined) return first;
  if (silent.length > 1) return `${first}, ${countWord(silent.length)} nodes say nothing`;
  const name = names.get(one.node) ?? one.node;
  return `${first}, ${name} ${one.word === 'paused' ? 'is paused' : 'does not answer'}`;
}

/** @returns bytes a second or bytes in all in the largest unit that fits: `412 B`, `3.1 KB`, `2.0 MB` */
export function bytesInWords(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`;
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['KB', 1e3],
  ] as const) {
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`;
  }
  return '';
}

/** @returns events a second: `0.4`, `31`, `9,800` */
export function rateInWords(perSecond: number): string {
  if (perSecond > 0 && perSecond < 10) return perSecond.toFixed(1);
  return Math.round(perSecond).toLocaleString('en');
}

/** @returns how far the clock behind a log is off: `Its clock is 1 hour ahead of this computer's…` */
export function skewWords(skewMs: number): string {
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const [amount, unit] =
    seconds >= 5_400
      ? [Math.round(seconds / 3_600), 'hour']
      : seconds >= 90
        ? [Math.round(seconds / 60), 'minute']
        : [seconds, 'second'];
  const way = skewMs < 0 ? 'ahead of' : 'behind';
  const zone = seconds >= 1_800 && Math.abs((seconds + 60) % 900) <= 120;
  return `Its times are ${amount} ${unit}${amount === 1 ? '' : 's'} ${way} this computer's clock${
    zone
      ? ': most likely its time zone is read wrong. A look at the node learns it.'
      : '; they are kept as the log says them.'
  }`;
}
