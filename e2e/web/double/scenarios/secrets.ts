import type { Scenario } from '../scenario.ts';
import { evening } from './evening.ts';
import { house } from './house.ts';

/** Nothing was ever rotated here: the console has no place for a secret yet. */
export function noSealedStore(): Scenario {
  return { ...evening(), name: 'no-sealed-store', secrets: { sealed: 'not-set-up', desktop: true } };
}

/** A rotation by hand went wrong: uncho has another secret, and naru was not restarted. */
export function differentSecrets(): Scenario {
  const secrets = { uncho: { group: 2, isOurs: false }, naru: { pending: true, group: 2 } };
  return { ...evening(), name: 'different-secrets', secrets: { sealed: 'locked', secrets } };
}

/** A new swarm: no node has a secret. */
export function firstSecret(): Scenario {
  const base = evening();
  const none = {
    seen: 'none',
    changedAt: null,
    pending: null,
    group: null,
    isOurs: null,
    dueInDays: null,
  } as const;
  const nodes = base.nodes.filter(({ lastError }) => lastError === null);
  const secrets = Object.fromEntries(nodes.map(({ id }) => [id, none]));
  return { ...base, name: 'first-secret', nodes, secrets: { secrets } };
}

/** Somebody announces itself as a node while pi is asleep, and the person outside the page agrees. */
export function strangerAtRotation(): Scenario {
  const base = evening();
  return {
    ...base,
    name: 'stranger-at-rotation',
    fixes: house().fixes ?? { access: {}, agrees: true },
    secrets: { strangers: [{ name: 'raspberrypi', address: '192.168.1.77', seenBy: ['miu', 'boa'] }] },
  };
}
