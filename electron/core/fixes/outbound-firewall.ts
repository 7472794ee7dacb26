import { fenceTargets, planFence } from './fence.ts';
import type { Fix } from './fix.ts';

/** Closes the way out: what the agent sends to a public address is dropped, in both families, after a reboot too. */
export const outboundFirewallFix: Fix = {
  check: 'outbound-firewall',
  words: 'Loads one table of its own that keeps the agent at home, IPv4 and IPv6, now and at every start.',
  after: ['dedicated-user'],
  targets: fenceTargets,
  plan: (input) =>
    planFence(input, { title: 'Close the way out for mycoSwarm', port: 443, withRelays: true }),
};
