import type { CheckId } from './check-id.ts';

/** An open door in words. */
export interface Door {
  /** Where it leads; stands after the name of a node in a list of several: `miu to the internet`. */
  way: string;
  /** Who has the door, as a subject of its own; the machine when it is not the agent. */
  whose: 'agent' | 'machine';
  /** What that one does, after the subject: `can send data to the internet`. */
  does: string;
}

/** Checks whose failing is an open door. */
export const DOORS: Readonly<Partial<Record<CheckId, Door>>> = {
  'outbound-firewall': { way: 'to the internet', whose: 'agent', does: 'can send data to the internet' },
  'peer-allowlist': {
    way: 'to any machine that asks',
    whose: 'agent',
    does: 'hands the swarm secret to any machine that asks',
  },
  'service-bindings': { way: 'to every network', whose: 'machine', does: 'answers on every network' },
  'ssh-server': { way: 'to whoever guesses a password', whose: 'machine', does: 'lets passwords be guessed' },
};

/** What is wrong when a check is the only one to fix, as a sentence without its full stop. */
export const TROUBLES: Readonly<Record<CheckId, string>> = {
  'dedicated-user': 'The account of mycoSwarm on {node} can do too much',
  'sandbox-mode': 'Nothing holds the agent on {node} in a sandbox',
  'workspace-bounded': 'The agent on {node} can reach beyond its workspace',
  'source-read-only': 'The agent on {node} can rewrite its own program',
  'outbound-firewall': 'The agent on {node} can send data to the internet',
  'peer-allowlist': 'The agent on {node} hands the swarm secret to any machine that asks',
  'swarm-secret': 'The swarm secret on {node} is not kept well',
  'service-bindings': '{node} answers on every network',
  'unused-interfaces': '{node} is on a network that nobody declared',
  'audit-logging': 'What the agent on {node} does is not recorded',
  'dependency-audit': 'Software on {node} has known holes',
  'pinned-dependencies': 'The software on {node} can change unasked',
  'cloud-api-keys': 'The agent on {node} can reach the key of a provider',
  'model-locality': 'Not every model of {node} stays at home',
  'plugin-inventory': '{node} has a plugin that nobody approved',
  'api-docs-exposed': '{node} explains its API to anybody who asks',
  'tool-log': 'The tools on {node} leave no record out of their reach',
  'time-sync': 'The clock of {node} is off',
  'os-updates': '{node} waits for security updates',
  'ssh-server': '{node} lets passwords be guessed',
  'outside-in': '{node} can be reached in ways that its settings deny',
  'container-hardening': 'A container on {node} can do more than it should',
  'secrets-in-git': 'A secret lies in a repository on {node}',
  'disk-encryption': 'The disk of {node} can be read by whoever carries it away',
  backups: '{node} has no backup that would help',
  'lan-encryption': 'What {node} says on the network can be overheard',
  'token-throttling': 'The token of {node} can be guessed without end',
  'log-injection': 'The log of {node} can be forged',
  'escape-drill': 'The drill on {node} found a way out',
};
