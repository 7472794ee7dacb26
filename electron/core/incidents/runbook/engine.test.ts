import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventDraft } from '#core/ledger/ledger.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { incidentView } from '#shared/domain/incident/incident-view.ts';
import { rebuildGroup } from '../rebuild/rebuild-group.ts';
import { Runbook } from './engine.ts';
import { IncidentRegistry } from './incident-registry.ts';
import type { RunbookParts } from './parts.ts';
import { planStep } from './plan-step.ts';
import { shownIncident } from './shown-incident.ts';
import { FakeInvestigation } from './testing/fake-investigation.ts';
import { FakeIsolating } from './testing/fake-isolating.ts';
import {
  aRotation,
  CODE,
  FakeRebuilding,
  FakeRotations,
  NEW_KEY,
  OLD_KEY,
} from './testing/fake-rebuilding.ts';
import { MemoryIncidents } from './testing/memory-store.ts';
import { caseOf } from './testing/naive-runbook.ts';

class Died extends Error {}

/** What outlives a console: its records, its nodes, and its archives. */
class World {
  readonly store = new MemoryIncidents();
  readonly isolating = new FakeIsolating();
  readonly investigation = new FakeInvestigation();
  readonly rebuilding = new FakeRebuilding();
  readonly rotations = new FakeRotations();
  readonly events: EventDraft[] = [];
  time = Date.parse('2026-11-22T23:04:00.000Z');

  constructor() {
    const now = () => {
      this.time += 1_000;
      return new Date(this.time);
    };
    this.now = now;
    this.isolating.now = now;
    this.investigation.now = now;
  }
  readonly now: () => Date;

  /** A console that dies at a point: from then on it does nothing any more. */
  console(dieAt: (point: string) => boolean = () => false): Runbook {
    let dead = false;
    const alive = <T>(work: () => T): T => {
      if (dead) throw new Died();
      return work();
    };
    const fault = (point: string): void => {
      if (dead || dieAt(point)) {
        dead = true;
        throw new Died(point);
      }
    };
    const { store, isolating, investigation } = this;
    const parts: RunbookParts = {
      store,
      clock: { now: this.now, after: () => () => undefined },
      who: 'ana',
      ledger: {
        append: async (events) => alive(() => void this.events.push(...events)),
        recorded: async (operation, input, events) => {
          const result = await alive(() =>
            (store[operation as 'writeIncident'] as (input: unknown) => Promise<boolean>)(input),
          );
          if (result !== null && (result as unknown) !== false) this.events.push(...events);
          return result as never;
        },
      },
      isolating: {
        ...bound(isolating),
        isolate: async (order) => {
          const done = await alive(() => isolating.isolate(order));
          fault('told isolate');
          return done;
        },
        onChange: (listener) => isolating.onChange((isolation) => void (dead || listener(isolation))),
      },
      investigation: {
        ...boundInvestigation(investigation),
        preserve: async (node, how) => {
          const done = await alive(() => investigation.preserve(node, how));
          fault('told preserve');
          return done;
        },
        hunt: (query, signal) => alive(() => investigation.hunt(query, signal)),
        auditWorkspace: (...input) => alive(() => investigation.auditWorkspace(...input)),
      },
      rebuilding: this.rebuilding,
      rotations: this.rotations,
      changed: () => undefined,
      fault,
    };
    const runbook = new Runbook(parts);
    this.parts = parts;
    return runbook;
  }
  parts: RunbookParts | null = null;

  rebuild(runbook: Runbook) {
    if (this.parts === null) throw new Error('No parts');
    const show = (incident: Incident) => shownIncident(runbook, incident);
    return rebuildGroup({ parts: this.parts, runbook, need: () => this.incident(), show });
  }

  async step(runbook: Runbook, step: string, words = ''): Promise<void> {
    const incident = await this.incident();
    const plan = this.parts === null ? null : await planStep(this.parts, incident, step, 'node', words);
    if (plan === null) throw new Error(`No plan for ${step}`);
    if (plan.action === 'let-in')
      await runbook.journal.move(incident.id, { kind: 'let-in', words: plan.words });
    const registry = new IncidentRegistry();
    const shown = registry.add(plan);
    const claimed = registry.claim(shown.id, shown.hash);
    if (typeof claimed === 'string') throw new Error(claimed);
    await runbook.begin(claimed);
    await runbook.idle();
  }

  async incident(): Promise<Incident> {
    const found = await this.store.incident({ id: 'c'.repeat(32) });
    if (found === null) throw new Error('No incident');
    return found;
  }

  async of(step: string) {
    const found = (await this.incident()).steps.find((one) => one.step === step);
    if (found === undefined) throw new Error(`No step ${step}`);
    return found;
  }
}

function bound(fake: FakeIsolating) {
  const { plan, isolate, confirm, release, cablePulled, status, open, idle, close } = FakeIsolating.prototype;
  return {
    plan: plan.bind(fake),
    isolate: isolate.bind(fake),
    confirm: confirm.bind(fake),
    release: release.bind(fake),
    cablePulled: cablePulled.bind(fake),
    status: status.bind(fake),
    open: open.bind(fake),
    idle: idle.bind(fake),
    close: close.bind(fake),
  };
}

function boundInvestigation(fake: FakeInvestigation) {
  const { archives, timeline, credentials, baseline } = FakeInvestigation.prototype;
  return {
    archives: archives.bind(fake),
    timeline: timeline.bind(fake),
    credentials: credentials.bind(fake),
    baseline: baseline.bind(fake),
    verifyArchive: fake.verifyArchive,
    takeBaseline: fake.takeBaseline,
  };
}

async function opened(runbook: Runbook): Promise<Incident> {
  const { number: _, ...fresh } = caseOf('exfiltration');
  const incident = await runbook.journal.open(fresh);
  if (typeof incident === 'string') throw new Error(incident);
  return incident;
}

describe('opening', () => {
  it('opens one for two clicks, and one for each node', async () => {
    const world = new World();
    const runbook = world.console();
    const { number: _, ...fresh } = caseOf('exfiltration');
    const [one, two] = await Promise.all([runbook.journal.open(fresh), runbook.journal.open(fresh)]);
    expect(one).toMatchObject({ number: 1 });
    expect(two).toMatchObject({ number: 1, id: fresh.id });
    expect(await runbook.journal.open({ ...fresh, id: 'd'.repeat(32) })).toBe('node-busy');
    expect(
      await runbook.journal.open({ ...fresh, id: 'e'.repeat(32), node: 'boa', name: 'boa' }),
    ).toMatchObject({ number: 2 });
    expect(world.events.map(({ kind }) => kind)).toEqual(['incident-opened', 'incident-opened']);
  });

  it('does not open a closed one again while its node is in another one', async () => {
    const world = new World();
    const runbook = world.console();
    const first = await opened(runbook);
    await runbook.journal.move(first.id, { kind: 'close', words: 'over', rest: 'a false alarm' });
    const { number: _, ...fresh } = caseOf('exfiltration');
    await runbook.journal.open({ ...fresh, id: 'd'.repeat(32) });
    expect(await runbook.journal.move(first.id, { kind: 'reopen' })).toBe('node-busy');
    await runbook.journal.move('d'.repeat(32), { kind: 'close', words: 'over', rest: 'again' });
    expect(await runbook.journal.move(first.id, { kind: 'reopen' })).toMatchObject({ closedAt: null });
  });
});

describe('a step', () => {
  it('is proven only when the node itself is, and becomes so when it answers at last', async () => {
    const world = new World();
    const runbook = world.console();
    await opened(runbook);
    world.isolating.next = 'contained-by-peers';
    await world.step(runbook, 'isolate');
    expect(await world.of('isolate')).toMatchObject({ state: 'done', proof: 'part' });
    const run = (await world.of('isolate')).run ?? '';
    world.isolating.turn(run, 'kept');
    await runbook.idle();
    expect(await world.of('isolate')).toMatchObject({ state: 'done', proof: 'proven', run });
    world.isolating.turn(run, 'stepped-down');
    await runbook.idle();
    expect(await world.of('isolate')).toMatchObject({ state: 'failed', tries: 1 });
    const view = await shownIncident(runbook, await world.incident());
    expect(incidentView.safeParse(view).success).toBe(true);
    expect(view.sentence).toBe('naru opened SSH to this network again; its egress stays shut.');
  });

  it('stays shut off in its step when it was released on purpose', async () => {
    const world = new World();
    const runbook = world.console();
    const { id } = await opened(runbook);
    await world.step(runbook, 'isolate');
    for (const step of ['preserve', 'rebuild'])
      await runbook.journal.move(id, { kind: 'skip', step, words: 'not needed' });
    await world.step(runbook, 'rejoin', 'The disk was never written to.');
    await world.step(runbook, 'release');
    expect(await world.of('release')).toMatchObject({ state: 'done', proof: 'proven' });
    expect(await world.of('isolate')).toMatchObject({ state: 'done', proof: 'proven' });
  });

  it('that gives a new secret is settled by a rotation that began after the node was shut off, and by none before', async () => {
    const world = new World();
    const runbook = world.console();
    await opened(runbook);
    await world.step(runbook, 'isolate');
    const early = aRotation({ id: '1'.repeat(32), startedAt: '2026-11-22T23:00:00.000Z' });
    world.rotations.tell(early);
    await runbook.idle();
    expect((await world.of('rotate')).state).toBe('not-begun');
    const later = { ...aRotation(), startedAt: new Date(world.time + 60_000).toISOString() };
    world.rotations.tell({ ...later, stage: 'committed', endedAt: null });
    await runbook.idle();
    expect((await world.of('rotate')).state).toBe('not-begun');
    world.rotations.tell(later);
    await runbook.idle();
    expect(await world.of('rotate')).toMatchObject({ state: 'done', proof: 'proven', run: later.id });
  });

  it('that gives a new secret is settled by one that was finished while no console ran', async () => {
    const world = new World();
    const first = world.console();
    await opened(first);
    await world.step(first, 'isolate');
    world.rotations.runs = [aRotation({ startedAt: new Date(world.time + 60_000).toISOString() })];
    const second = world.console();
    await second.recover();
    await second.idle();
    expect((await world.of('rotate')).proof).toBe('proven');
  });

  it('of the gate says what is not met, and is done only when all of it is or somebody decides otherwise', async () => {
    const world = new World();
    const runbook = world.console();
    const { id } = await opened(runbook);
    await world.step(runbook, 'isolate');
    await world.step(runbook, 'preserve');
    await world.rebuild(runbook).meetAgain({ incident: id, code: CODE });
    const ask = async (run: string) => {
      await runbook.investigate(id, run.repeat(32), { step: 'rejoin' });
      await runbook.idle();
      return world.of('rejoin');
    };
    const rebuilt = (await world.of('rebuild')).endedAt ?? '';
    world.rebuilding.pass(new Date(Date.parse(rebuilt) - 1_000).toISOString());
    expect(await ask('1')).toMatchObject({
      state: 'failed',
      words: expect.stringContaining('stays shut off'),
    });
    // Words alone, even when they are on record, open nothing.
    await runbook.journal.move(id, { kind: 'let-in', words: 'I am sure.' });
    expect(await ask('2')).toMatchObject({ state: 'failed' });
    await world.step(runbook, 'release');
    expect((await world.of('release')).state).toBe('not-begun');
    await world.step(runbook, 'rejoin', 'The fair is tomorrow.');
    expect(await world.of('rejoin')).toMatchObject({
      state: 'done',
      proof: 'said',
      words: expect.stringContaining('The fair is tomorrow.'),
    });
    await runbook.journal.move(id, { kind: 'again', step: 'rejoin' });
    world.rebuilding.pass(rebuilt);
    world.rebuilding.is.baselineAt = new Date(Date.parse(rebuilt) + 1_000).toISOString();
    world.rebuilding.is.lookedAt = world.rebuilding.is.baselineAt;
    expect(await ask('3')).toMatchObject({ state: 'done', proof: 'proven' });
  });

  it('that reads keeps what it found, can be called off, and be asked again', async () => {
    const world = new World();
    const runbook = world.console();
    const { id } = await opened(runbook);
    let go = (): void => undefined;
    world.investigation.hold = new Promise((resolve) => {
      go = resolve;
    });
    const query = { for: 'destination', destination: '203.0.113.9' } as const;
    await runbook.investigate(id, 'a'.repeat(32), { step: 'hunt', query });
    await runbook.investigate(id, 'b'.repeat(32), { step: 'hunt', query });
    expect(await world.of('hunt')).toMatchObject({ state: 'under-way', run: 'a'.repeat(32), tries: 1 });
    expect(runbook.doing(id)).toMatchObject([{ step: 'hunt', words: 'Asking every node' }]);
    expect(await runbook.cancel(id, 'hunt')).toBe(true);
    expect(await world.of('hunt')).toMatchObject({ state: 'failed', words: 'It was called off.' });
    go();
    world.investigation.hold = null;
    await runbook.investigate(id, 'c'.repeat(32), { step: 'hunt', query });
    await runbook.idle();
    expect(await world.of('hunt')).toMatchObject({ state: 'done', proof: 'proven', tries: 2 });
    expect(JSON.parse((await world.store.stepResult({ id, step: 'hunt' }))?.body ?? '')).toMatchObject({
      order: { step: 'hunt', query },
      hunt: { sentence: 'No node has it.' },
    });
  });

  it('that no engine can do fails in words, and lets a person do it', async () => {
    const world = new World();
    world.console();
    if (world.parts === null) throw new Error('No parts');
    const runbook = new Runbook({ ...world.parts, isolating: null, investigation: null });
    const { id } = await opened(runbook);
    expect(
      await planStep({ ...world.parts, isolating: null }, await world.incident(), 'isolate', 'node'),
    ).toBe(null);
    await runbook.investigate(id, 'a'.repeat(32), { step: 'workspace', against: 'baseline' });
    await runbook.idle();
    expect(await world.of('workspace')).toMatchObject({
      state: 'failed',
      words: 'Nodes cannot be asked from here.',
    });
    await runbook.journal.move(id, {
      kind: 'did',
      step: 'workspace',
      words: 'I looked at it with a boot stick.',
    });
    expect(await world.of('workspace')).toMatchObject({ state: 'done', proof: 'said' });
  });
});

/** Every point at which a console can die on the way through these steps. */
async function boundaries(): Promise<string[]> {
  const points: string[] = [];
  const world = new World();
  await walk(
    world,
    world.console((point) => {
      points.push(point);
      return false;
    }),
  );
  return points;
}

/** The way of an operator; each step is only ordered when it is not done or under way. */
async function walk(world: World, runbook: Runbook): Promise<void> {
  await opened(runbook);
  const { id } = await world.incident();
  for (const step of ['isolate', 'preserve'] as const) {
    const { state } = await world.of(step);
    if (state === 'not-begun' || state === 'failed') await world.step(runbook, step);
  }
  if ((await world.of('workspace')).state === 'not-begun')
    await runbook.investigate(id, 'e'.repeat(32), { step: 'workspace', against: 'baseline' });
  await runbook.idle();
  const rebuild = world.rebuild(runbook);
  if ((await world.incident()).rebuild.kit === null)
    await rebuild.makeKit({ incident: id, wish: { hostName: 'naru', account: 'ines', keys: [] } });
  if ((await world.of('rebuild')).state === 'not-begun')
    await rebuild.meetAgain({ incident: id, code: CODE });
  const rebuilt = Date.parse((await world.of('rebuild')).endedAt ?? '');
  world.rebuilding.pass(new Date(rebuilt + 1).toISOString());
  const gate = await world.of('rejoin');
  if (gate.state === 'not-begun') await runbook.investigate(id, 'f'.repeat(32), { step: 'rejoin' });
  await runbook.idle();
  if ((await world.of('release')).state === 'not-begun') await world.step(runbook, 'release');
  await runbook.idle();
}

describe('a console that dies', () => {
  it('is gone on with at every boundary: same ids, nothing twice', async () => {
    const points = await boundaries();
    expect(points).toEqual([
      'before begin isolate',
      'after begin isolate',
      'work isolate',
      'told isolate',
      'before end isolate',
      'after end isolate',
      'before begin preserve',
      'after begin preserve',
      'work preserve',
      'told preserve',
      'before known-before',
      'after known-before',
      'before end preserve',
      'after end preserve',
      'before begin workspace',
      'after begin workspace',
      'work workspace',
      'before end workspace',
      'after end workspace',
      'before kit-made',
      'after kit-made',
      'before host-key',
      'after host-key',
      'before begin rejoin',
      'after begin rejoin',
      'work rejoin',
      'before end rejoin',
      'after end rejoin',
      'before begin release',
      'after begin release',
      'work release',
      'before end release',
      'after end release',
    ]);
    for (const [index, point] of points.entries()) {
      const world = new World();
      let passed = -1;
      const first = world.console(() => {
        passed += 1;
        return passed === index;
      });
      await walk(world, first).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error;
      });
      const runsBefore = new Map((await world.incident()).steps.map(({ step, run }) => [step, run]));
      const second = world.console();
      await second.recover();
      await second.idle();
      // What was under way came to its end by itself, under the id that it had.
      for (const { step, state, run } of (await world.incident()).steps) {
        expect(state, `${step} after ${point}`).not.toBe('under-way');
        const before = runsBefore.get(step) ?? null;
        if (before !== null) expect(run, `${step} after ${point}`).toBe(before);
      }
      await walk(world, second);
      const { steps } = await world.incident();
      const done = (step: string) => steps.find((one) => one.step === step);
      for (const step of ['isolate', 'preserve', 'workspace', 'rejoin', 'release'])
        expect(done(step), `${step} after ${point}`).toMatchObject({ state: 'done', tries: 1 });
      expect(world.isolating.ordered, point).toHaveLength(1);
      expect(world.investigation.taken, point).toHaveLength(1);
      // Whoever dies between trusting the new key and writing that down still knows that it is a new one.
      const { rebuild } = await world.incident();
      expect(rebuild.before?.hostKeys, point).toEqual([OLD_KEY]);
      expect(rebuild.hostKey, point).toMatchObject({ fingerprint: NEW_KEY, isNew: true });
      expect(done('rejoin')?.proof, point).toBe('proven');
    }
  });

  it('again and again leaves one order and one archive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 5 }), async (deaths) => {
        const world = new World();
        for (const death of [...deaths, Number.POSITIVE_INFINITY]) {
          let passed = -1;
          const runbook = world.console(() => {
            passed += 1;
            return passed >= death;
          });
          await runbook.recover();
          await runbook.idle();
          await walk(world, runbook).catch((error: unknown) => {
            if (!(error instanceof Died)) throw error;
          });
          await runbook.idle();
        }
        expect((await world.of('release')).state).toBe('done');
        expect(world.isolating.ordered).toHaveLength(1);
        expect(world.investigation.taken).toHaveLength(1);
        // Every line is of one try: nothing was begun or ended twice.
        const lines = (world.store.entriesOf.get('c'.repeat(32)) ?? []).map(
          ({ kind, step }) => `${kind} ${step}`,
        );
        expect(new Set(lines).size).toBe(lines.length);
      }),
      // Dies while a release that was only ordered is taken up again.
      { numRuns: 60, examples: [[[1, 11, 8, 1]]] },
    );
  });
});
