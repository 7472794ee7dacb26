import type { Detection } from '#core/detection/detector.ts';
import type { RuleInfo } from '#shared/domain/audit/alert.ts';
import type { AuditRecord } from '#shared/domain/audit/event.ts';

/** Who says on the network that they are a node of the swarm: all of it is their own word. */
export interface Stranger {
  /** Of the announcement, made visible. */
  name: string;
  /** IPv4 address that it came from. */
  from: string;
  /** Addresses that it gives for itself. */
  addresses: readonly string[];
  port: number;
  version: string | null;
  /** Name of the node whose address it gives along with others; null when it gives none of them. */
  claims: string | null;
}

/** Not a rule of Sigma: what is compared with the operator's own list of nodes is on no log. */
export const STRANGER: RuleInfo = {
  id: 'swarmkeep-stranger',
  title: 'A stranger announces itself as a node',
  level: 'high',
  origin: 'built-in',
  story:
    'Something on your network says that it is a node of the swarm, and it is none of yours. mycoSwarm believes every such word: it sends tasks there, and the secret of the swarm with them, in clear text.',
  todo: 'Find the machine by its address. If it is yours, add it under Nodes. If not, take it off the network, see that "Peer allowlist" passes on every node, and then rotate the secret, for it may have been sent already.',
  falsePositives: [
    'A new machine of your own that was not added here yet.',
    'A node of yours that has a new address since it was looked at.',
  ],
  leadsTo: { kind: 'check', check: 'peer-allowlist' },
};

/** What stands for the log of these events: they come from the network. */
export const ANNOUNCEMENTS = 'Announcements on the network';

/** @returns the event that says it, in the words of the console */
export function strangerRecord({ name, from, addresses, port, version, claims }: Stranger): AuditRecord {
  const claim = claims === null ? '' : ` It gives an address of ${claims} along with others.`;
  return {
    at: null,
    timeText: null,
    logsource: { product: 'mycoswarm', category: 'peer', service: null },
    severity: 'warning',
    message: `Swarmkeep: ${name} at ${from} announces itself as a node of the swarm and is none of yours.${claim}`,
    fields: {
      PeerName: name,
      PeerIp: from,
      PeerAddresses: addresses.join(' '),
      PeerPort: String(port),
      ...(version === null ? {} : { PeerVersion: version }),
    },
    group: null,
    derived: false,
  };
}

/** @param number of the event that says it */
export function strangerDetection({ from }: Stranger, number: number): Detection {
  return { rule: STRANGER, entityField: 'PeerIp', entity: from, events: [number] };
}
