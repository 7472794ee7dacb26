import type { CheckId } from './check-id.ts';

/** Checks whose failing is an open door, and where that door leads; stands after the name of the node. */
export const DOORS: Readonly<Partial<Record<CheckId, string>>> = {
  'outbound-firewall': 'to the internet',
  'peer-allowlist': 'to strangers',
  'service-bindings': 'to every network',
  'ssh-server': 'to guessed passwords',
};

/** What is wrong when a check is the only one to fix, as a sentence without its full stop. */
export const TROUBLES: Readonly<Record<CheckId, string>> = {
  'dedicated-user': 'The account of mycoSwarm on {node} can do too much',
  'sandbox-mode': 'Nothing holds the agents on {node} in a sandbox',
  'workspace-bounded': 'The agents on {node} can reach beyond their workspace',
  'source-read-only': 'The agents on {node} can rewrite their own program',
  'outbound-firewall': 'The agents on {node} can send data to the internet',
  'peer-allowlist': 'The agents on {node} answer to strangers',
  'swarm-secret': 'The swarm secret on {node} is not kept well',
  'service-bindings': '{node} answers on every network',
  'unused-interfaces': '{node} is on a network that nobody declared',
  'audit-logging': 'What the agents on {node} do is not recorded',
  'dependency-audit': 'Software on {node} has known holes',
  'pinned-dependencies': 'The software on {node} can change unasked',
  'cloud-api-keys': 'The agents on {node} can reach the key of a provider',
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
