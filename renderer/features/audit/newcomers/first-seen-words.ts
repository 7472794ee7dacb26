import type { Alert } from '#shared/domain/audit/alert.ts';

export const KINDS = ['command', 'destination', 'peer', 'plugin'] as const;
export type Kind = (typeof KINDS)[number];

/** What is learnt of one kind of thing on one node. Instants as ISO 8601. */
export interface Learnt {
  node: string;
  kind: Kind;
  since: string;
  learnsUntil: string;
  known: number;
}

/** Each kind as a column of the page. */
export const KIND_WORDS: Readonly<Record<Kind, { title: string; unit: (known: number) => string }>> = {
  command: { title: 'Programs', unit: (known) => (known === 1 ? 'program' : 'programs') },
  destination: { title: 'Addresses', unit: (known) => (known === 1 ? 'address' : 'addresses') },
  peer: { title: 'Peers', unit: (known) => (known === 1 ? 'peer' : 'peers') },
  plugin: { title: 'Plugins', unit: (known) => (known === 1 ? 'plugin' : 'plugins') },
};

const DAY_MS = 86_400_000;

/** @returns how far learning is: 1 when it is over; and what is left of it in words */
export function learningOf({ since, learnsUntil }: Learnt, now: number): { part: number; left: string } {
  const [from, to] = [Date.parse(since), Date.parse(learnsUntil)];
  if (now >= to) return { part: 1, left: '' };
  const left = to - now;
  const days = Math.floor(left / DAY_MS);
  const hours = Math.max(1, Math.round((left % DAY_MS) / 3_600_000));
  const words =
    days === 0 ? `${hours} ${hours === 1 ? 'hour' : 'hours'}` : `${days} ${days === 1 ? 'day' : 'days'}`;
  return { part: Math.max(0, Math.min(1, (now - from) / Math.max(1, to - from))), left: words };
}

/** @returns alerts about something that was never there before, the newest first */
export function newcomersOf(alerts: readonly Alert[]): Alert[] {
  return alerts
    .filter(({ rule }) => rule.origin === 'built-in' && rule.id.includes('first-seen'))
    .sort((a, b) => b.firstAt.localeCompare(a.firstAt));
}

/**
 * The sentence over the page.
 * @param learnt of the nodes at hand
 */
export function firstSeenSentence(learnt: readonly Learnt[], now: number): string {
  if (learnt.length === 0)
    return 'Nothing is learnt yet: no log has told what the agents run and whom they speak to.';
  const open = learnt.filter(({ learnsUntil }) => Date.parse(learnsUntil) > now);
  if (open.length === 0) return 'What is usual is learnt. What was never here before is told.';
  if (open.length === learnt.length)
    return 'What is usual is still being learnt. Until then nothing new is told.';
  return 'Most of what is usual is learnt. What is still being learnt says so, and tells nothing new until then.';
}
