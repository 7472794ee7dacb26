import { randomBytes } from 'node:crypto';
import type { ConsoleRotation } from '#core/console/service.ts';
import { type ClaimedRotation, RotationRegistry } from '#core/secrets/rotation/rotation-registry.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { RotationPlan, RotationStranger } from '#shared/domain/rotation/plan.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import type { NodeSecret } from '#shared/domain/rotation/secrets.ts';
import type { RotationAsked } from '#shared/domain/rotation/wish.ts';
import { TopicDouble } from '../topic-double.ts';
import { runAt } from './rotation-runs.ts';

export interface RotationParts {
  nodes(): SwarmNode[];
  answer<T>(work: () => T): Promise<T>;
  now(): number;
  /** What of a node's secret is otherwise than usual, by its id. */
  secrets?: Record<string, Partial<NodeSecret>>;
  strangers?: RotationStranger[];
  /** Why no rotation can be begun. */
  blocked?: string;
}

const DAY_MS = 86_400_000;

/** Rotations that rotate nothing. Tests say with `stopAt` where the next one stands, and `move` one on. */
export class RotationDouble {
  readonly #parts: RotationParts;
  readonly #topic: TopicDouble<RotationRun[], RotationRun>;
  readonly #registry = new RotationRegistry();
  stopAt: RotationRun['stage'] = 'done';
  runs: RotationRun[] = [];
  #plan: RotationPlan | null = null;
  #reminder = { maxAgeDays: 90, remindDays: 7 as number | null };

  constructor(parts: RotationParts) {
    this.#parts = parts;
    this.#topic = new TopicDouble<RotationRun[], RotationRun>(() => this.runs.slice(-1));
  }

  /** The newest rotation, at another stage or with anything else changed. */
  move(stage: RotationRun['stage'], change: Partial<RotationRun> = {}): RotationRun {
    const last = this.runs.at(-1);
    if (!this.#plan || !last) throw new Error('No rotation was begun');
    const run = { ...runAt(this.#plan, stage, Date.parse(last.startedAt)), ...change };
    this.runs = [...this.runs.slice(0, -1), run];
    this.#topic.push(run);
    return run;
  }

  readonly group: ConsoleRotation = {
    plan: (wish) =>
      this.#parts.answer(() => this.#registry.add({ plan: this.#planned(wish), places: new Map() })),
    begin: async (claimed: ClaimedRotation) => {
      this.#plan = claimed.plan;
      const run = runAt(claimed.plan, this.stopAt, this.#parts.now() - 9_900);
      this.runs.push(run);
      this.#topic.push(run);
      return run;
    },
    resume: async () => this.move('done'),
    abort: async () => this.move('aborted'),
    status: () =>
      this.#parts.answer(() => ({
        running: this.runs.find(({ endedAt }) => endedAt === null) ?? null,
        fenced: null,
        unfinished: this.runs.filter(
          ({ endedAt, nodes }) => endedAt !== null && nodes.some(({ state }) => state === 'away'),
        ),
      })),
    history: () =>
      this.#parts.answer(() => ({ runs: this.runs.filter(({ endedAt }) => endedAt !== null), more: false })),
    secrets: () => this.#parts.answer(() => this.#seen()),
    reminder: () => this.#parts.answer(() => ({ ...this.#reminder, dueAt: this.#iso(-49) })),
    setReminder: (input) =>
      this.#parts.answer(() => {
        this.#reminder = input;
        return { ...input, dueAt: this.#iso(-49) };
      }),
    registry: this.#registry,
    topic: { snapshot: () => this.#topic.snapshot(), onDelta: (listener) => this.#topic.onDelta(listener) },
  };

  #seen() {
    const nodes = this.#parts.nodes().map((node) => this.#secretOf(node));
    const groups = new Set(nodes.flatMap(({ group }) => (group === null ? [] : [group])));
    const seen = nodes.filter(({ group }) => group !== null).length;
    return {
      lookedAt: this.#iso(0),
      nodes,
      same: seen < 2 ? null : groups.size === 1,
      incomplete: seen < nodes.length,
      maxAgeDays: this.#reminder.maxAgeDays,
      sentence: '',
    };
  }

  #secretOf({ id, name, lastError }: SwarmNode): NodeSecret {
    const usual: NodeSecret = {
      node: id,
      name,
      seen: 'there',
      why: '',
      changedAt: this.#iso(41.5),
      pending: false,
      group: 1,
      isOurs: true,
      dueInDays: 49,
    };
    const asleep = {
      seen: 'unseen',
      why: `${name} did not answer within 5 seconds.`,
      changedAt: null,
      pending: null,
      group: null,
      isOurs: null,
      dueInDays: null,
    } as const;
    return { ...usual, ...(lastError ? asleep : {}), ...this.#parts.secrets?.[id] };
  }

  #planned(wish: RotationAsked): RotationPlan {
    const { purpose = 'rotate', exclude = [], emergency = false, nodes: only = null } = wish;
    const nodes = this.#parts
      .nodes()
      .filter(({ id }) => only === null || only.includes(id))
      .map(({ id, name, lastError }) => {
        const part = exclude.includes(id)
          ? ('excluded' as const)
          : lastError
            ? ('away' as const)
            : ('rotates' as const);
        return {
          node: id,
          name,
          part,
          why:
            part === 'away'
              ? `${name} does not answer. It gets the new secret when it is back, before anybody talks to it.`
              : part === 'excluded'
                ? 'You left it out.'
                : '',
          path: '/var/lib/mycoswarm/.config/mycoswarm/swarm-token',
          unit: 'mycoswarm.service',
          skewMs: 2,
          interruptsSeconds: 2,
          fence: { how: 'own' as const, accounts: ['998'], reaches: [] },
        };
      });
    const count = nodes.filter(({ part }) => part === 'rotates').length;
    return {
      id: randomBytes(16).toString('hex'),
      hash: '0'.repeat(64),
      purpose,
      emergency,
      title:
        purpose === 'initial' ? `Give ${count} nodes their first secret` : `Give ${count} nodes a new secret`,
      madeAt: this.#iso(0),
      nodes,
      strangers: this.#parts.strangers ?? [],
      seconds: { stage: 6, split: 2, total: 12 },
      blocked: this.#parts.blocked ?? null,
    };
  }

  #iso(daysAgo: number): string {
    return new Date(this.#parts.now() - daysAgo * DAY_MS).toISOString();
  }
}
