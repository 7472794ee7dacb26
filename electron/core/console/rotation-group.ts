import { lookAtSecrets } from '#core/secrets/rotation/ages.ts';
import type { Connections } from '#core/secrets/rotation/connections.ts';
import { currentOf } from '#core/secrets/rotation/current.ts';
import type { RotationEngine, RotationRefusal } from '#core/secrets/rotation/engine.ts';
import { keepsStrangersOut } from '#core/secrets/rotation/open-fence.ts';
import type { RotationParts } from '#core/secrets/rotation/parts.ts';
import { preflight } from '#core/secrets/rotation/preflight.ts';
import type { RotationRegistry } from '#core/secrets/rotation/rotation-registry.ts';
import { isDecided } from '#core/secrets/rotation/run.ts';
import { shownRun } from '#core/secrets/rotation/shown-run.ts';
import type { SpareConnections } from '#core/secrets/rotation/spare-connections.ts';
import type { StoredRotation } from '#core/store/operations/rotations.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import type { RotationReminder } from '#shared/domain/rotation/secrets.ts';
import { announce, type Context, requireNode } from './context.ts';
import { recordRotationConsent } from './rotation-ledger.ts';
import { ConsoleError, type ConsoleRotation } from './service.ts';
import { settingsEvent } from './settings-event.ts';

const DAY_MS = 86_400_000;
const MOST_KNOWN = 100;

/** The procedures of rotations. */
export function rotationGroup(desk: {
  context: Context;
  parts: RotationParts;
  engine: RotationEngine;
  registry: RotationRegistry;
  planning(): Connections;
  spare: SpareConnections;
}): Omit<ConsoleRotation, 'registry' | 'topic'> {
  const { context, parts, engine, registry } = desk;
  const { store } = context;
  const shown = (rotation: StoredRotation): RotationRun => shownRun(rotation, engine.isRunning(rotation.id));
  const known = () => store.rotationsBefore({ before: null, limit: MOST_KNOWN });

  async function reminder(): Promise<RotationReminder> {
    const { secretMaxAgeDays: maxAgeDays, secretRemindDays: remindDays } = await store.settings();
    const last = (await known()).find(isDecided);
    const since = last === undefined ? null : Date.parse(last.endedAt ?? last.startedAt);
    const dueAt = since === null ? null : new Date(since + maxAgeDays * DAY_MS).toISOString();
    return { maxAgeDays, remindDays, dueAt };
  }

  return {
    async plan(wish) {
      for (const node of [...(wish.nodes ?? []), ...wish.exclude]) await requireNode(context, node);
      const connections = desk.planning();
      try {
        const plan = registry.add(await preflight(parts, connections, wish, await known()));
        await desk.spare.keep(plan.id, connections);
        return plan;
      } catch (error) {
        await connections.close();
        throw error;
      }
    },
    async begin(claimed) {
      await recordRotationConsent(context.ledger, claimed);
      const spare = desk.spare.take(claimed.plan.id);
      if (claimed.plan.purpose === 'open-fence') {
        await spare?.close();
        return shown(orThrow(await engine.openFence(claimed.plan)));
      }
      return shown(orThrow(await engine.begin(claimed.plan, claimed.places, spare)));
    },
    resume: async ({ rotation }) => shown(orThrow(await engine.resume(rotation))),
    abort: async ({ rotation }) => shown(orThrow(await engine.abort(rotation))),
    async status() {
      const open = await store.openRotations();
      const running = open.find(({ endedAt }) => endedAt === null) ?? null;
      const current = currentOf(await known(), null);
      // What an older rotation left open, the one after it took over.
      const unfinished = open.filter(({ id, endedAt }) => endedAt !== null && id === current);
      const last = (await known()).find(({ id }) => id === current);
      return {
        running: running === null ? null : shown(running),
        unfinished: unfinished.map(shown),
        fenced: last !== undefined && keepsStrangersOut(last) ? shown(last) : null,
      };
    },
    async history({ before, limit }) {
      const runs = await store.rotationsBefore({ before: before ?? null, limit: limit + 1 });
      return { runs: runs.slice(0, limit).map(shown), more: runs.length > limit };
    },
    async secrets({ nodes }) {
      const targets = (await parts.targets()).filter(({ node }) => nodes === null || nodes.includes(node));
      const connections = desk.planning();
      try {
        const { secretMaxAgeDays } = await store.settings();
        return await lookAtSecrets(
          parts,
          connections,
          targets,
          currentOf(await known(), null),
          secretMaxAgeDays,
        );
      } finally {
        await connections.close();
      }
    },
    reminder,
    async setReminder({ maxAgeDays, remindDays }) {
      const before = await store.settings();
      const settings = { ...before, secretMaxAgeDays: maxAgeDays, secretRemindDays: remindDays };
      const event = settingsEvent(before, settings);
      const relaxes = event?.what.changes.some((change) => change.relaxes) ?? false;
      await context.ledger.recorded(
        'setSettings',
        { settings },
        event === null ? [] : [event],
        relaxes ? 'refuse' : 'go-on',
      );
      announce(context, 'settings');
      return reminder();
    },
  };
}

const REFUSED: Readonly<Record<RotationRefusal, readonly [string, string]>> = {
  busy: ['Another rotation is under way.', 'Wait until it has ended, or look at it on the page of secrets.'],
  unknown: ['There is no such rotation.', 'Look at the history for what there is.'],
  decided: [
    'It was decided already: some nodes may have the new secret, so it only goes forward.',
    'Let it go on. Nodes that are away are finished when they are back.',
  ],
  'at-rest': ['It has ended.', 'Plan a new one.'],
};

function orThrow(found: StoredRotation | RotationRefusal): StoredRotation {
  if (typeof found !== 'string') return found;
  const [message, next] = REFUSED[found];
  throw new ConsoleError(found === 'unknown' ? 'CHANGE_UNKNOWN' : 'NOT_ALLOWED', message, {
    untouched: 'Nothing was changed by this.',
    next,
  });
}
