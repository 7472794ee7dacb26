import type { Host } from '#core/hosts/host.ts';
import { agentPlaces } from '#core/incidents/evidence/places.ts';
import type { HuntHit, HuntNode, HuntQuery, HuntResult } from '#shared/domain/incident/hunt.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { Profile } from '#shared/domain/profile.ts';
import { counted, listed } from '#shared/domain/words.ts';
import { huntOnNode, type NodeAnswer } from './hunt-node.ts';

/** Whoever has not answered by then is said not to have: milliseconds. */
export const HUNT_MS = 9_000;
const MOST_HITS = 200;

export interface HuntParts {
  nodes(): Promise<SwarmNode[]>;
  profile(node: string): Promise<Profile | null>;
  open(node: SwarmNode): Host;
  /** Kept events of a node in which one of these words stands, newest first; null where no logs are kept. */
  events: ((node: string, words: readonly string[], limit: number) => Promise<HuntHit[]>) | null;
  now(): Date;
  /** For tests: see HUNT_MS. */
  withinMs?: number;
}

/**
 * Asks all nodes at once for a hash, a path or a destination. Each has the same time for itself: one that hangs costs no other anything.
 * `not-found` is said only of a node on which all was looked at that had to be.
 * @throws AbortError when it is called off
 */
export async function hunt(parts: HuntParts, query: HuntQuery, signal?: AbortSignal): Promise<HuntResult> {
  signal?.throwIfAborted();
  const began = performance.now();
  const at = parts.now().toISOString();
  const all = (await parts.nodes()).slice(0, 256);
  const nodes = await Promise.all(all.map((node) => one(parts, query, node, signal)));
  signal?.throwIfAborted();
  nodes.sort((a, b) => RANK[a.state] - RANK[b.state] || a.name.localeCompare(b.name, 'en'));
  return { query, at, tookMs: Math.round(performance.now() - began), nodes, sentence: sentenceOf(nodes) };
}

const RANK = { found: 0, partly: 1, 'could-not': 2, 'not-found': 3 } as const;

async function one(
  parts: HuntParts,
  query: HuntQuery,
  node: SwarmNode,
  signal?: AbortSignal,
): Promise<HuntNode> {
  const began = performance.now();
  const limit = AbortSignal.timeout(parts.withinMs ?? HUNT_MS);
  const within = signal ? AbortSignal.any([signal, limit]) : limit;
  // A program that does not end when it is told must not be waited for.
  const late = new Promise<null>((resolve) =>
    within.addEventListener('abort', () => resolve(null), { once: true }),
  );
  const search = (words: readonly string[]) =>
    parts.events === null || query.for !== 'destination'
      ? null
      : Promise.race([parts.events(node.id, words, MOST_HITS).catch(() => null), late]);
  // At the same time: what a node did before it went away is known here.
  const searching = query.for === 'destination' ? search([query.destination]) : null;
  const asked = await Promise.race([askNode(parts, query, node, within), late]);
  const answer = asked ?? { ...NOTHING, why: ['It did not answer in time.'] };
  const hits = [...answer.hits];
  const why = [...answer.why];
  let eventsSeen = query.for !== 'destination';
  if (query.for === 'destination' && searching === null)
    why.push('No logs are kept here, so only what is open now was looked at.');
  else if (query.for === 'destination') {
    const more = answer.addresses.filter((address) => address !== query.destination).slice(0, 8);
    const found = [await searching, more.length > 0 ? await search(more) : []];
    eventsSeen = found.every((events) => events !== null);
    hits.push(...found.flatMap((events) => events ?? []));
    if (!eventsSeen) why.push('Kept events could not all be searched in time.');
  }
  const state =
    hits.length > 0
      ? ('found' as const)
      : !answer.asked
        ? ('could-not' as const)
        : answer.whole && eventsSeen
          ? ('not-found' as const)
          : ('partly' as const);
  return {
    node: node.id,
    name: node.name,
    state,
    hits: hits.slice(0, MOST_HITS),
    more: Math.max(0, hits.length - MOST_HITS),
    why: why.slice(0, 64).map((text) => text.slice(0, 512)),
    lookedAt: answer.lookedAt,
    tookMs: Math.round(performance.now() - began),
  };
}

const NOTHING: NodeAnswer = { hits: [], lookedAt: 0, why: [], whole: false, asked: false, addresses: [] };

async function askNode(
  parts: HuntParts,
  query: HuntQuery,
  node: SwarmNode,
  signal: AbortSignal,
): Promise<NodeAnswer> {
  if (node.address.kind === 'recorded')
    return { ...NOTHING, why: ['It is a recording: there is nothing to be asked.'] };
  const profile = await parts.profile(node.id).catch(() => null);
  const host = parts.open(node);
  try {
    if (host.kind === 'recorded')
      return { ...NOTHING, why: ['It is a recording: there is nothing to be asked.'] };
    return await huntOnNode(host, query, agentPlaces(profile), signal);
  } finally {
    void host.close().catch(() => undefined);
  }
}

function sentenceOf(nodes: readonly HuntNode[]): string {
  const of = (state: HuntNode['state']) =>
    nodes.filter((node) => node.state === state).map(({ name }) => name);
  const [found, clean, partly, not] = [of('found'), of('not-found'), of('partly'), of('could-not')];
  const words: string[] = [];
  if (nodes.length === 0) return 'There is no node to ask.';
  words.push(found.length > 0 ? `Found on ${listed(found, 5, 'node')}.` : 'Found nowhere so far.');
  if (clean.length > 0)
    words.push(
      `Not on ${clean.length > 5 ? counted(clean.length, 'other node') : listed(clean, 5, 'node')}.`,
    );
  if (partly.length > 0) words.push(`Not all could be looked at on ${listed(partly, 5, 'node')}.`);
  if (not.length > 0) words.push(`No answer from ${listed(not, 5, 'node')}.`);
  return words.join(' ').slice(0, 1_024);
}
