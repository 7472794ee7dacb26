import { z } from 'zod';
import type { RotationTarget } from '#core/secrets/rotation/parts.ts';
import { targetPath, unitName } from '#shared/domain/helper/targets.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { Context } from './context.ts';

/** Port of mycoSwarm's API unless it was told otherwise (mycoSwarm 0.2.16). */
const API_PORT = 7_890;
const LOOK_FIRST = 'Look at it first: it is not known yet what runs there.';

/** @returns every node of the list with the place of its secret, from its last look and what the operator corrected */
export async function rotationTargets(context: Pick<Context, 'store'>): Promise<RotationTarget[]> {
  const nodes = await context.store.listNodes();
  const real = nodes.filter(({ address }) => address.kind !== 'recorded');
  return Promise.all(real.map((node) => targetOf(context, node)));
}

async function targetOf({ store }: Pick<Context, 'store'>, node: SwarmNode): Promise<RotationTarget> {
  const { id, name, address: reached } = node;
  const address =
    reached.kind === 'ssh' && z.union([z.ipv4(), z.ipv6()]).safeParse(reached.host).success
      ? reached.host
      : null;
  const none = (why: string): RotationTarget => ({ node: id, name, address, place: null, why });
  const seen = await store.profile({ node: id });
  if (seen === null) return none(LOOK_FIRST);
  const { instances } = seen.detected;
  const [only, ...more] = instances;
  if (only === undefined) return none('No mycoSwarm was found there.');
  if (more.length > 0)
    return none(
      'Several installations of mycoSwarm are there. One of them has to go before their secret can be rotated.',
    );
  return placeOf(only, (place, why) => ({ node: id, name, address, place, why }), none);
}

function placeOf(
  instance: InstanceProfile,
  found: (place: RotationTarget['place'], why: string) => RotationTarget,
  none: (why: string) => RotationTarget,
): RotationTarget {
  const folder =
    instance.configurationFolder ?? (instance.home === null ? null : `${instance.home}/.config/mycoswarm`);
  const path = targetPath.safeParse(`${folder ?? ''}/swarm-token`);
  const unit = unitName.safeParse(instance.unit ?? '');
  if (folder === null || !path.success)
    return none('It is not known where it keeps its secret. Say so in its profile.');
  if (!unit.success)
    return none(
      'mycoSwarm was started there by hand, so nobody could restart it. Let a systemd unit run it.',
    );
  return found({ path: path.data, unit: unit.data, port: instance.apiPort ?? API_PORT }, '');
}
