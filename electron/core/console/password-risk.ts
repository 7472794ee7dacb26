import type { SwarmNode } from '#shared/domain/node.ts';
import type { Profile } from '#shared/domain/profile.ts';

/**
 * What a person has to know before the password of sudo is typed for a node: sudo is started by the account of the connection, and
 * whoever rules that account sees what passes through it. A start file of its shell is enough, whatever is called by which path.
 * @param seen of mycoSwarm on the node, by the last look; null when there was none
 * @returns the warning; null when the connection is one to an account that no agent runs as
 */
export function passwordRisk(node: SwarmNode, seen: { detected: Profile } | null): string | null {
  if (node.address.kind !== 'ssh') return null;
  const agents = seen?.detected.instances.map(({ user }) => user) ?? [];
  const own = node.address.user ?? null;
  const shared = agents.find((user) => user !== null && user === own);
  const safer =
    'Safer: connect as root with a key. Otherwise change that password once mycoSwarm has an account of its own.';
  if (shared !== undefined)
    return `mycoSwarm runs there as ${own}, which is the account that you connect with: an agent can read what is typed through it. ${safer}`;
  if (seen !== null && (agents.length === 0 || (own !== null && !agents.includes(null)))) return null;
  return `If mycoSwarm runs there as the account that you connect with, an agent can read what is typed through it. ${safer}`;
}
