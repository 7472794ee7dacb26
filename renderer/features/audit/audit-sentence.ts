import type { AuditState } from '#shared/contract/audit.ts';
import type { Alert } from '#shared/domain/audit/alert.ts';
import type { AuditSource } from '#shared/domain/audit/source.ts';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import { plainName } from '#shared/domain/plain-name.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { capital, countWord } from '#shared/domain/words.ts';
import { clockTime, relativeTime } from '../../components/time-words.ts';
import { urgentFirst } from './alerts/alert-words.ts';
import { nodesThatSayNothing } from './sources/source-words.ts';

/** Where the filled button leads. */
export type NextStep =
  | { kind: 'check'; node: string; check: CheckId; words: string }
  | { kind: 'alert'; alert: string; words: string }
  | { kind: 'sources'; words: string }
  | { kind: 'add'; words: string }
  | null;

export interface AuditSentence {
  sentence: string;
  /** One more sentence; empty when nothing more has to be said. */
  lead: string;
  next: NextStep;
}

export interface AuditInBrief {
  state: AuditState;
  alerts: readonly Alert[];
  sources: readonly AuditSource[];
  names: ReadonlyMap<string, string>;
  /** All nodes that are meant are recordings: there are no logs to follow. */
  recorded?: boolean;
  /** Milliseconds. */
  now: number;
}

const TITLE = 120;

/** The first line of the page: that nobody watches, what an alert says, or that nothing unusual came; never that all is safe. */
export function auditSentence({
  state,
  alerts,
  sources,
  names,
  recorded = false,
  now,
}: AuditInBrief): AuditSentence {
  const fresh = urgentFirst(alerts).filter(({ state: kind }) => kind === 'new');
  const [first] = fresh;
  const why = ended(visible(state.trouble));
  if (recorded && sources.length === 0) {
    return {
      sentence: 'A recording has no logs to follow.',
      lead: 'With a node of your own, what its agents do stands here the moment they do it, and an alert says what to do.',
      next: { kind: 'add', words: 'Add a node of your own' },
    };
  }
  if (!state.watching) {
    const sentence =
      sources.length === 0 && state.trouble === ''
        ? 'Nobody is watching: no log is followed yet.'
        : `Nobody is watching${why ? `: ${lower(why)}` : '.'}`;
    const left = first ? `${alertSentence(first, names, now)} That came before.` : '';
    return { sentence, lead: left, next: { kind: 'sources', words: 'Show the sources' } };
  }
  if (first) {
    const others = fresh.length - 1;
    const more =
      others > 0
        ? `${capital(countWord(others))} more ${others === 1 ? 'alert waits' : 'alerts wait'} for you.`
        : '';
    return {
      sentence: alertSentence(first, names, now),
      lead: [more, why].filter(Boolean).join(' '),
      next: nextStep(first),
    };
  }
  if (!sources.some(({ state: kind }) => kind === 'live' || kind === 'catching-up')) {
    const none =
      sources.length === 0
        ? 'No log is followed yet'
        : `${sources.length === 1 ? 'The one log that is followed cannot' : `None of ${countWord(sources.length)} logs can`} be read now`;
    return {
      sentence: `${none}, so nothing is known.`,
      lead: why,
      next: { kind: 'sources', words: 'Show the sources' },
    };
  }
  const silent = nodesThatSayNothing(sources).filter(({ word }) => word !== 'paused');
  const unread = sources.filter(({ state: kind }) => kind === 'failed').length;
  const since = quietSince(alerts, state);
  const doubts = [
    silent.length > 0
      ? `${listNames(silent.map(({ node }) => names.get(node) ?? node))} ${silent.length === 1 ? 'says' : 'say'} nothing, so nothing is known of ${silent.length === 1 ? 'it' : 'them'}.`
      : '',
    unread > 0 ? `${capital(countWord(unread))} ${unread === 1 ? 'source' : 'sources'} cannot be read.` : '',
    why,
  ].filter(Boolean);
  return {
    sentence: since === null ? 'Nothing unusual so far.' : `Nothing unusual since ${sinceWords(since, now)}.`,
    lead: doubts.join(' '),
    next: unread > 0 ? { kind: 'sources', words: 'Show the sources' } : null,
  };
}

/** @returns what an alert says, with its node and how often: `An agent on naru keeps trying to leave the network, 214 times since 22:31.` */
export function alertSentence(alert: Alert, names: ReadonlyMap<string, string>, now: number): string {
  const node = plainName(names.get(alert.node) ?? alert.node, 40) || 'a node';
  const title =
    shortened(visible(alert.rule.title), TITLE).replace(/[.!]+$/, '') || 'Something unusual happened';
  const times =
    alert.count > 1
      ? `, ${alert.count.toLocaleString('en')} times since ${sinceWords(alert.firstAt, now)}`
      : `, ${relativeTime(alert.lastAt, now)}`;
  if (title.includes(node)) return `${title}${times}.`;
  const agent = /^(An agent|The agent|Somebody|A program)\b/.exec(title)?.[0];
  return agent ? `${agent} on ${node}${title.slice(agent.length)}${times}.` : `${title} on ${node}${times}.`;
}

/**
 * @returns whether a person has to act by hand, by the steps on the page of the alert: what it is about is no finding, or
 * one that this version cannot judge
 */
export function asksForHands({ rule: { leadsTo } }: Alert): boolean {
  if (leadsTo === null) return false;
  return leadsTo.kind === 'incident' || catalogueEntry(leadsTo.check).lacking;
}

/** What the button of an alert leads to. */
export function nextStep(alert: Alert): NonNullable<NextStep> {
  const { leadsTo } = alert.rule;
  if (asksForHands(alert)) return { kind: 'alert', alert: alert.id, words: 'What to do now' };
  if (leadsTo?.kind === 'check') {
    return {
      kind: 'check',
      node: alert.node,
      check: leadsTo.check,
      words: `Look at ${CHECK_NOUNS[leadsTo.check] ?? 'that check'}`,
    };
  }
  return { kind: 'alert', alert: alert.id, words: 'See before and after' };
}

const CHECK_NOUNS: Partial<Record<CheckId, string>> = {
  'dedicated-user': 'the account',
  'sandbox-mode': 'the sandbox',
  'workspace-bounded': 'the workspace',
  'source-read-only': 'the source',
  'outbound-firewall': 'the way out',
  'peer-allowlist': 'the peers',
  'swarm-secret': 'the swarm secret',
  'service-bindings': 'the open port',
  'unused-interfaces': 'the interfaces',
  'audit-logging': 'the audit log',
  'dependency-audit': 'the packages',
  'pinned-dependencies': 'the packages',
  'cloud-api-keys': 'the keys',
  'model-locality': 'the models',
  'plugin-inventory': 'the plugin',
  'tool-log': 'the tool log',
  'ssh-server': 'the SSH server',
  'os-updates': 'the updates',
};

/** Since when nothing new came: the last alert that is done with, else since somebody watches. */
function quietSince(alerts: readonly Alert[], state: AuditState): string | null {
  const times = alerts.filter(({ state: kind }) => kind !== 'silenced').map(({ lastAt }) => lastAt);
  const last = times.sort().at(-1) ?? null;
  if (last === null || (state.since !== null && state.since > last)) return state.since;
  return last;
}

/** A moment after "since": the clock today, else with its day. */
function sinceWords(at: string, now: number): string {
  const short = relativeTime(at, now, true);
  return /^\d\d:\d\d$/.test(short)
    ? short
    : short === 'yesterday'
      ? `yesterday at ${clockTime(at)}`
      : `${short}`;
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => plainName(name, 40));
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${countWord(more)} more`;
  const last = shown.pop() ?? '';
  return shown.length > 0 ? `${shown.join(', ')} and ${last}` : last;
}

const ended = (text: string) => (text === '' || /[.!?…]$/.test(text) ? text : `${text}.`);
const lower = (text: string) =>
  /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
