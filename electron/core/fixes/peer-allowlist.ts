import { API_PORT } from '#core/checks/swarm-nodes.ts';
import { fenceTargets, planFence } from './fence.ts';
import type { Fix } from './fix.ts';

/** Lets the agent reach the API of listed nodes only. It is the same table that closes the way out. */
export const peerAllowlistFix: Fix = {
  check: 'peer-allowlist',
  words: 'Lets the agent reach port 7890 of your own nodes only, by the same table that closes the way out.',
  after: ['dedicated-user'],
  targets: fenceTargets,
  plan: (input) =>
    planFence(input, {
      title: 'Let mycoSwarm speak with your own nodes only',
      port: API_PORT,
      withRelays: false,
    }),
};
