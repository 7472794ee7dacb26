import type { ScriptHost } from '#core/hosts/host.ts';
import { isLoopback, type KnockTarget, knock } from '#core/hosts/knock.ts';
import { resolveName } from '#core/hosts/resolve-name.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { KnockFacts } from '#shared/domain/facts/knocks.ts';
import { knockFrom } from './from-node.ts';
import { portsSeen, portsToKnock } from './ports.ts';

/** Another node of the operator's, and where this one is to knock on it. */
export interface Neighbour {
  /** Its id in the console. */
  node: string;
  targets: readonly KnockTarget[];
}

/** What is knocked on in one look. */
export interface KnockRequest {
  host: ScriptHost;
  /** Host name or address by which the console reaches the node; null for the computer of the console itself. */
  place: string | null;
  facts: Pick<Facts, 'subjects' | 'profile'>;
  /** At most 16; what is beyond is left out. */
  neighbours: readonly Neighbour[];
  patience?: number | undefined;
  signal?: AbortSignal | undefined;
}

const MAX_NEIGHBOURS = 16;
const nothing = (why: string) => ({ at: new Date().toISOString(), knocks: [], why });

/**
 * Only the address by which the node is reached is knocked on: what a node says of its addresses must not lead the console to the
 * doors of others.
 */
async function received({ place, facts, patience, signal }: KnockRequest): Promise<KnockFacts['received']> {
  if (place === null)
    return nothing('this is the computer that Swarmkeep runs on, which sees itself from inside');
  const found = await resolveName(place, signal);
  if (!found.ok) return nothing(found.error.message);
  const { address } = found;
  if (isLoopback(address))
    return nothing('it is reached through this computer itself, and that is not from outside');
  const at = new Date().toISOString();
  const ports = portsToKnock(portsSeen(facts.subjects), facts.profile.instances);
  const knocks = await knock(
    ports.map((port) => ({ address, port })),
    { waitMs: 1_000 * (patience ?? 1), signal },
  );
  return { at, knocks, why: null };
}

async function made({ host, neighbours, patience, signal }: KnockRequest): Promise<KnockFacts['made']> {
  const known = neighbours.filter(({ targets }) => targets.length > 0).slice(0, MAX_NEIGHBOURS);
  const targets = known.flatMap((neighbour) => neighbour.targets);
  if (targets.length === 0) return [];
  const at = new Date().toISOString();
  const { knocks, why } = await knockFrom(host, targets, { patience, signal });
  return known.map(({ node, targets: its }) => ({
    node,
    at,
    why,
    knocks: knocks.filter((one) =>
      its.some(({ address, port }) => address === one.address && port === one.port),
    ),
  }));
}

/**
 * Knocks on the node that was just looked at, and has it knock on others. Never throws; what could not be tried says why.
 */
export async function knockAround(request: KnockRequest): Promise<KnockFacts> {
  const [from, at] = await Promise.all([received(request), made(request)]);
  return { received: from, made: at };
}
