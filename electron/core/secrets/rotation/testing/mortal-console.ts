import { systemClock } from '#core/console/clock.ts';
import { planHash } from '#core/fixes/plan-registry.ts';
import { openNodes, type StoredRotation, storedRotation } from '#core/store/operations/rotations.ts';
import type { RotationStranger } from '#shared/domain/rotation/plan.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import { type RotationAsked, rotationWish } from '#shared/domain/rotation/wish.ts';
import { Connections } from '../connections.ts';
import { RotationEngine } from '../engine.ts';
import type { RotationLimits, RotationParts } from '../parts.ts';
import { type Preflight, preflight } from '../preflight.ts';
import type { FakeSwarm } from './fake-swarm.ts';

/** What survives a console: its records and its sealed store, both written whole or not at all. */
export class FakeDisk {
  readonly rotations = new Map<string, string>();
  readonly sealed = new Map<string, Buffer>();
  /** Every secret that was ever sealed. */
  readonly generated = new Set<string>();
  isOpen = true;

  all(): StoredRotation[] {
    return [...this.rotations.values()]
      .map((text) => storedRotation.parse(JSON.parse(text)))
      .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  }
}

export const QUICK: RotationLimits = {
  leadMs: 3,
  awayMs: 1,
  settleMs: 3,
  tendMs: 3_600_000,
  // Answers come in microtasks, which no timer overtakes.
  actMs: 5,
};

/** A console that can die at any point: from then on nothing of it happens any more, and what it waits for never comes. */
export class MortalConsole {
  readonly engine: RotationEngine;
  readonly points: string[] = [];
  readonly parts: RotationParts;
  readonly told: string[] = [];
  isDead = false;
  onDeath: () => void = () => undefined;

  constructor(
    swarm: FakeSwarm,
    disk: FakeDisk,
    options: {
      dieAt?: number;
      dieWhen?: string;
      strangers?: RotationStranger[];
      seen?: (run: StoredRotation) => void;
      /** Holds the work up at a point. */
      at?: (point: string) => Promise<void>;
    } = {},
  ) {
    const never = new Promise<never>(() => undefined);
    const alive = async <T>(work: () => T): Promise<T> => {
      if (this.isDead) return never;
      const value = work();
      await Promise.resolve();
      return this.isDead ? never : value;
    };
    this.parts = {
      clock: {
        now: () => new Date(),
        after: (ms, callback) => systemClock.after(ms, () => (this.isDead ? undefined : callback())),
      },
      limits: QUICK,
      store: {
        beginRotation: ({ rotation }) =>
          alive(() => {
            if (disk.rotations.has(rotation.id)) return 'known' as const;
            if (disk.all().some(({ endedAt }) => endedAt === null)) return 'busy' as const;
            disk.rotations.set(rotation.id, JSON.stringify(rotation));
            return 'begun' as const;
          }),
        writeRotation: ({ rotation }) =>
          alive(() => void disk.rotations.set(rotation.id, JSON.stringify(rotation))),
        rotation: ({ id }) => alive(() => disk.all().find((one) => one.id === id) ?? null),
        openRotations: () =>
          alive(() => disk.all().filter((one) => one.endedAt === null || openNodes(one) > 0)),
        rotationsBefore: () => alive(() => disk.all()),
      },
      sealed: {
        state: () => ({
          is: disk.isOpen ? 'open' : 'locked',
          keyPlace: 'passphrase',
          setUpAt: null,
          sheetConfirmedAt: null,
          sheetMadeAt: null,
          secrets: disk.sealed.size,
          locksAt: null,
          why: null,
        }),
        onState: () => () => undefined,
        hold: () => () => undefined,
        seal: (name, bytes) =>
          alive(() => {
            if (!disk.isOpen) return locked;
            disk.sealed.set(name, Buffer.from(bytes));
            disk.generated.add(Buffer.from(bytes).toString('hex'));
            return { ok: true as const, value: null };
          }),
        open: (name) =>
          alive(() => {
            const kept = disk.sealed.get(name);
            return disk.isOpen
              ? { ok: true as const, value: kept === undefined ? null : Buffer.from(kept) }
              : locked;
          }),
        destroy: (name) => alive(() => ({ ok: true as const, value: disk.sealed.delete(name) })),
        list: () =>
          alive(() => ({
            ok: true as const,
            value: [...disk.sealed].map(([name, bytes]) => ({ name, sealedAt: '', bytes: bytes.length })),
          })),
      },
      targets: () =>
        alive(() =>
          swarm.nodes.map(({ id, address }) => ({
            node: id,
            name: id,
            address,
            place: { path: '/home/m/.config/mycoswarm/swarm-token', unit: 'mycoswarm.service', port: 7_890 },
            why: '',
          })),
        ),
      channel: (node) =>
        alive(() => {
          const channel = swarm.channel(node);
          return {
            ok: true as const,
            channel: {
              ...channel,
              access: async () => (this.isDead ? never : channel.access()),
              ask: async (request) => {
                if (this.isDead) return never;
                const reply = await channel.ask(request);
                return this.isDead ? never : reply;
              },
            },
          };
        }),
      strangers: async () => options.strangers ?? [],
      changed: (rotation) => options.seen?.(rotation),
      told: (rotation, event) =>
        this.told.push(
          event.kind === 'stage'
            ? rotation.stage
            : `${event.node} ${rotation.nodes.find(({ node }) => node === event.node)?.state}`,
        ),
      fault: (point) => {
        this.points.push(point);
        if (this.points.length === options.dieAt || point === options.dieWhen) this.die();
        return this.isDead ? never : options.at?.(point);
      },
    };
    this.engine = new RotationEngine(this.parts);
  }

  die(): void {
    this.isDead = true;
    this.onDeath();
  }

  /** Plans and begins. @returns null when the console died, else once nothing is under way */
  async rotate(asked: RotationAsked = {}): Promise<{ blocked: string | null; run: RotationRun | null }> {
    return this.begin(await this.plan(asked));
  }

  /** Looks at every node. */
  async plan(asked: RotationAsked = {}): Promise<Preflight> {
    const connections = new Connections(this.parts, 'plan', null);
    const known = await this.parts.store.rotationsBefore({ before: null, limit: 100 });
    return preflight(this.parts, connections, rotationWish.parse(asked), known);
  }

  /** Begins what was planned. @returns once nothing is under way */
  async begin({ plan, places }: Preflight): Promise<{ blocked: string | null; run: RotationRun | null }> {
    if (plan.blocked !== null) return { blocked: plan.blocked, run: null };
    const begun = await this.engine.begin({ ...plan, hash: planHash(plan as never) }, places);
    if (typeof begun === 'string') return { blocked: begun, run: null };
    await this.engine.idle();
    return { blocked: null, run: null };
  }

  /** @returns whether the work ended; false when the console died in it */
  async untilDeath(work: Promise<unknown>): Promise<boolean> {
    const death = new Promise<false>((resolve) => {
      this.onDeath = () => resolve(false);
      if (this.isDead) resolve(false);
    });
    return Promise.race([work.then(() => true), death]);
  }
}

const locked = {
  ok: false as const,
  failure: { kind: 'locked' as const, message: 'It is locked.', untouched: '', next: 'Open it.' },
};
