import { Connections } from '#core/secrets/rotation/connections.ts';
import { RotationEngine } from '#core/secrets/rotation/engine.ts';
import type { RotationParts } from '#core/secrets/rotation/parts.ts';
import { RotationRegistry } from '#core/secrets/rotation/rotation-registry.ts';
import { SpareConnections } from '#core/secrets/rotation/spare-connections.ts';
import type { SealedStore } from '#core/secrets/sealed/sealed-store.ts';
import type { RotationStranger } from '#shared/domain/rotation/plan.ts';
import { announce, type Context } from './context.ts';
import type { FixChannels } from './fix-channels.ts';
import { createRotationBoard } from './rotation-board.ts';
import { rotationGroup } from './rotation-group.ts';
import { tellRotation } from './rotation-ledger.ts';
import { rotationTargets } from './rotation-targets.ts';
import type { ConsoleRotation, ConsoleService } from './service.ts';

/** How long it is listened for strangers before a rotation; in an emergency what is known already has to do. */
const LISTEN_MS = 2_500;

/** Everything about rotations, behind the console. */
export interface RotationDesk {
  rotation: ConsoleRotation;
  close(): Promise<void>;
}

/** Puts planning and running together, and goes on with what was left in the middle. */
export async function createRotationDesk(
  context: Context,
  options: {
    sealed: SealedStore;
    channels: FixChannels;
    found: Pick<ConsoleService['nodes'], 'found'>;
    /** False: a rotation that was left in the middle stays so. */
    recover: boolean;
    /** For tests. */
    rotating?: Partial<RotationParts> | undefined;
  },
): Promise<RotationDesk> {
  const registry = new RotationRegistry();
  const board = createRotationBoard(context.clock, (id) => engine.isRunning(id));
  const parts: RotationParts = {
    store: context.store,
    sealed: options.sealed,
    clock: context.clock,
    targets: () => rotationTargets(context),
    channel: (node, run, ask) => channelOf(context, options.channels, node, run, ask),
    strangers: (emergency) => strangersOf(context, options.found, emergency),
    changed(rotation) {
      board.show(rotation);
      if (rotation.endedAt === null) return;
      options.channels.forget(rotation.id);
      announce(context, 'findings');
    },
    told: tellRotation(context.ledger),
    ...options.rotating,
  };
  const engine = new RotationEngine(parts);
  const spare = new SpareConnections(context.clock);
  const planning = (): Connections => new Connections(parts, '', null);
  if (options.recover) await engine.recover().catch(() => undefined);
  return {
    rotation: {
      ...rotationGroup({ context, parts, engine, registry, planning, spare }),
      registry,
      topic: board.topic,
    },
    async close() {
      await spare.close();
      await engine.close();
    },
  };
}

async function channelOf(
  context: Context,
  channels: FixChannels,
  id: string,
  run: string,
  ask: string | null,
): ReturnType<RotationParts['channel']> {
  const node = (await context.store.listNodes()).find((entry) => entry.id === id);
  if (node !== undefined) return { ok: true, channel: await channels.open(node, run, { fresh: false, ask }) };
  const message = 'The node is not on the list any more.';
  return { ok: false, failure: { kind: 'no-access', message, next: 'Add it again.', mayHaveBegun: false } };
}

/** Announcers that are no node of the list, by every address that they give. What cannot be heard is no reason to wait. */
async function strangersOf(
  context: Context,
  { found }: Pick<ConsoleService['nodes'], 'found'>,
  emergency: boolean,
): Promise<RotationStranger[]> {
  try {
    const { announced } = await found({ waitMs: emergency ? 0 : LISTEN_MS });
    const declared = (await context.store.declarations()).filter(({ kind }) => kind === 'peer');
    const isMeant = (address: string) => declared.some(({ value }) => value === address);
    return announced
      .filter(({ known }) => known === null)
      .flatMap(({ name, from, addresses }) =>
        [...new Set([from, ...addresses])].map((address) => ({ name, address, seenBy: ['this computer'] })),
      )
      .filter(({ address }) => !isMeant(address));
  } catch {
    return []; // They are fenced all the same; only their names are not known.
  }
}
