import type { RuleInfo } from '#shared/domain/audit/alert.ts';

/** What is watched for being new. */
export const FIRST_SEEN_KINDS = ['command', 'destination', 'peer', 'plugin'] as const;
export type FirstSeenKind = (typeof FIRST_SEEN_KINDS)[number];

const base = { origin: 'built-in' as const, falsePositives: ['Something that you began to use yourself.'] };

/** The rules by kind, and the one for a flood of new things. */
export const FIRST_SEEN_RULES: Readonly<Record<FirstSeenKind | 'many', RuleInfo>> = {
  command: {
    ...base,
    id: 'first-seen:command',
    title: 'A program that the agent never ran before',
    level: 'low',
    story:
      'On this node the agent has never started this program since it is being watched. Most days an agent uses the same few; something new is worth a look.',
    todo: 'Look at what the program is and which task started it. Nothing is asked for when you know it.',
    leadsTo: { kind: 'check', check: 'workspace-bounded' },
  },
  destination: {
    ...base,
    id: 'first-seen:destination',
    title: 'An address that the agent never spoke to before',
    level: 'low',
    story:
      'On this node the agent has never opened a connection to this address, or its neighbourhood when it is a public one, since it is being watched.',
    todo: 'See whose address it is and which program it was.',
    leadsTo: { kind: 'check', check: 'outbound-firewall' },
  },
  peer: {
    ...base,
    id: 'first-seen:peer',
    title: 'A peer that was never here before',
    level: 'high',
    story:
      'A node with this name at this address was never a peer of this node since it is being watched. mycoSwarm believes every announcement, and sends the swarm token with the first task.',
    todo: 'If it is yours, list it under Nodes. If not, fence it off at the peers and rotate the token.',
    leadsTo: { kind: 'check', check: 'peer-allowlist' },
  },
  plugin: {
    ...base,
    id: 'first-seen:plugin',
    title: 'A plugin that was never loaded here before',
    level: 'high',
    story:
      'mycoSwarm said that it loaded a plugin that it has not had on this node since it is being watched. A plugin runs with all that the daemon may do, beside the swarm token.',
    todo: 'If you did not install it: stop the daemon, keep the plugin as evidence and rotate the token.',
    leadsTo: { kind: 'check', check: 'plugin-inventory' },
  },
  many: {
    ...base,
    id: 'first-seen:many',
    title: 'Very many new things within an hour',
    level: 'medium',
    story:
      'So many things on this node were new within an hour that they are not told one by one any more. They are all in the records.',
    todo: 'Look at the records of this hour. A change of what the node does explains it; otherwise pause the agent.',
    leadsTo: { kind: 'incident' },
  },
};
