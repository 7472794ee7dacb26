import type { SecretsSeen } from '#shared/domain/rotation/secrets.ts';
import { capital, counted, countWord, listed } from '#shared/domain/words.ts';

const DAY_MS = 86_400_000;

/**
 * How the swarm's secret is, in one sentence: whether all nodes have the same one, and how old it is. What was not seen is never
 * counted as fine.
 * @param now milliseconds
 */
export function secretsSentence({ nodes, same }: SecretsSeen, now: number): string {
  const there = nodes.filter(({ seen }) => seen === 'there');
  const unseen = nodes.filter(({ seen }) => seen === 'unseen').map(({ name }) => name);
  const pending = there.filter((node) => node.pending === true).map(({ name }) => name);
  if (nodes.length === 0) return 'There is no node that could have a secret yet.';
  if (there.length === 0)
    return unseen.length === nodes.length
      ? 'No node could be asked for its secret.'
      : 'This swarm has no secret yet: whoever asks a node is answered.';
  if (same === false) {
    const groups = new Set(there.map(({ group }) => group).filter((group) => group !== null)).size;
    return `The nodes have ${countWord(groups)} different secrets, and refuse each other.`;
  }
  const without = nodes.filter(({ seen }) => seen === 'none').map(({ name }) => name);
  if (without.length > 0) return `${listed(without, 3, 'node')} ${has(without)} no secret; the others do.`;
  if (pending.length > 0)
    return `${listed(pending, 3, 'node')} ${has(pending)} a new secret that is not in force yet.`;
  const age = ageInDays(there, now);
  const old = age === null ? '' : age === 0 ? ', made today' : `, ${counted(age, 'day')} old`;
  const rest = unseen.length === 0 ? '' : `; ${listed(unseen, 3, 'node')} could not be asked`;
  if (there.length === 1) return `${there[0]?.name ?? 'One node'} has a secret${old}${rest}.`;
  const who =
    unseen.length === 0
      ? `All ${countWord(there.length)} nodes`
      : capital(`${countWord(there.length)} nodes`);
  return `${who} have the same secret${old}${rest}.`;
}

/** @returns whole days since the oldest of the secrets was made; null when that is not known of any */
export function ageInDays(nodes: SecretsSeen['nodes'], now: number): number | null {
  const times = nodes.flatMap(({ changedAt }) => (changedAt === null ? [] : [Date.parse(changedAt)]));
  return times.length === 0 ? null : Math.max(0, Math.floor((now - Math.min(...times)) / DAY_MS));
}

const has = (names: readonly string[]): string => (names.length === 1 ? 'has' : 'have');
