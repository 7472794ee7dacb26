import { beforeEach, describe, expect, it } from 'vitest';
import type { Isolation } from '#shared/domain/incident/isolation.ts';
import type { IsolationDesk } from './isolation-desk.ts';
import type { IsolationParts } from './parts.ts';
import { ConsoleModel, NODES, nodeOf } from './testing/console-model.ts';
import { FakeSwarm } from './testing/fake-swarm.ts';

/** Every point between two durable things: a console may die at each. */
const HOLD_POINTS = [
  'before begin',
  'after begin',
  'before cut',
  'answered cut',
  'after cut',
  'before fence',
  'answered fence',
  'after fence',
  'before settle',
  'answered settle',
  'after settle',
  'before confirm',
  'answered confirm',
  'after confirm',
];
const RELEASE_POINTS = [
  'before releasing',
  'after releasing',
  'before release',
  'answered release',
  'after release',
  'before lift',
  'answered lift',
  'after lift',
  'before released',
  'after released',
];

describe('isolations of a console', () => {
  let model: ConsoleModel;

  beforeEach(() => {
    model = new ConsoleModel();
  });

  const console = (killAt: string | null = null, more: Partial<IsolationParts> = {}) =>
    model.console(killAt, more);
  const hold = (desk: IsolationDesk, nodes?: string[], byHand?: boolean) => model.hold(desk, nodes, byHand);

  it('holds a node by itself and by its peers, and lets it go in the other order', async () => {
    const desk = console();
    const held = await hold(desk);
    expect(nodeOf(held)).toMatchObject({ state: 'kept', cutMs: expect.any(Number), socketsEnded: 3 });
    expect(model.swarm.holding()).toEqual({ own: ['naru'], fences: ['boa', 'miu'] });
    model.swarm.log.length = 0;
    await desk.release({ isolation: (held as Isolation).id });
    await desk.idle();
    expect(model.swarm.holding()).toEqual({ own: [], fences: [] });
    expect(model.swarm.log).toEqual(['naru release', 'miu lift', 'boa lift']);
    expect(await desk.open()).toEqual([]);
  });

  for (const point of HOLD_POINTS) {
    it(`goes on with the same name after it died ${point}`, async () => {
      const died = console(point);
      await hold(died).catch(() => undefined);
      const next = console();
      const [stored] = await next.open();
      if (point === 'before begin') {
        // Nothing was sent before it was written down.
        expect([stored, model.swarm.holding()]).toEqual([undefined, { own: [], fences: [] }]);
        return;
      }
      await next.recover();
      await next.idle();
      const after = await next.open();
      expect(after.map(({ id }) => id)).toEqual([stored?.id]);
      expect(nodeOf(after[0])).toMatchObject({ state: 'kept' });
      expect(model.swarm.holding()).toEqual({ own: ['naru'], fences: ['boa', 'miu'] });
      expect(model.swarm.runs().size).toBe(1);
    });
  }

  for (const point of RELEASE_POINTS) {
    it(`lets go to the end after it died ${point}`, async () => {
      const first = console();
      const held = (await hold(first)) as Isolation;
      const died = console(point);
      await died.release({ isolation: held.id }).catch(() => undefined);
      await died.idle().catch(() => undefined);
      const next = console();
      await next.recover();
      await next.idle();
      if (point === 'before releasing')
        expect(model.swarm.holding()).toEqual({ own: ['naru'], fences: ['boa', 'miu'] });
      else expect([model.swarm.holding(), await next.open()]).toEqual([{ own: [], fences: [] }, []]);
    });
  }

  for (const point of RELEASE_POINTS) {
    it(`lets a dead node go to the end, as a person said, after it died ${point}`, async () => {
      const held = (await hold(console())) as Isolation;
      model.swarm.manners.set('naru', 'hangs');
      const died = console(point);
      await died.release({ isolation: held.id, withoutNode: true }).catch(() => undefined);
      await died.idle().catch(() => undefined);
      const next = console();
      await next.recover();
      await next.idle();
      expect(model.swarm.holding()).toEqual({
        own: ['naru'],
        fences: point === 'before releasing' ? ['boa', 'miu'] : [],
      });
      const after = await next.status(held.id);
      if (point !== 'before releasing')
        expect([nodeOf(after)?.state, nodeOf(after)?.setUpAnew, await next.open()]).toEqual([
          'released',
          true,
          [],
        ]);
    });
  }

  for (const killBefore of [true, false])
    it(`comes to the same end wherever it dies ${killBefore ? 'before' : 'after'} one of its writes`, async () => {
      for (const isRelease of [false, true])
        for (let write = 1, isOver = false; !isOver; write += 1) {
          model = new ConsoleModel();
          const held = isRelease ? ((await hold(console())) as Isolation) : null;
          Object.assign(model, { writes: 0, killAtWrite: write, killBefore });
          const died = console();
          if (held === null) await hold(died).catch(() => undefined);
          else await died.release({ isolation: held.id }).catch(() => undefined);
          await died.idle().catch(() => undefined);
          isOver = model.writes < write;
          model.killAtWrite = 0;
          const next = console();
          await next.recover();
          await next.idle();
          // What was not written down was not ordered: a release before its first write.
          const isHeld = !isRelease || (write === 1 && killBefore && !isOver);
          expect([isRelease, write, model.swarm.holding()]).toEqual([
            isRelease,
            write,
            isHeld ? { own: ['naru'], fences: ['boa', 'miu'] } : { own: [], fences: [] },
          ]);
          expect(model.swarm.runs().size).toBe(1);
          expect((await next.open()).map((one) => nodeOf(one)?.state)).toEqual(isHeld ? ['kept'] : []);
          if (isOver) expect(write).toBeGreaterThan(isRelease ? 4 : 6);
        }
    });

  it('holds two nodes by two orders, each a peer of the other, and lets each go alone', async () => {
    const desk = console();
    const first = (await hold(desk)) as Isolation;
    const second = (await hold(desk, ['miu'])) as Isolation;
    expect([nodeOf(first)?.state, nodeOf(second)?.state]).toEqual(['kept', 'kept']);
    expect(model.swarm.fencesAt('boa')).toHaveLength(2);
    expect(model.swarm.holding().own).toEqual(['naru', 'miu']);
    const plan = await desk.plan({ nodes: ['boa', 'miu'], scope: 'node' });
    if (plan === 'unknown') throw new Error(plan);
    // One of its nodes is held by another order: nothing of it is begun.
    const before = [...model.swarm.log];
    expect(await desk.isolate({ plan: plan.id, hash: plan.hash })).toBe('busy');
    expect(model.swarm.log).toEqual(before);
    await desk.release({ isolation: first.id });
    await desk.idle();
    expect(model.swarm.holding().own).toEqual(['miu']);
    expect(model.swarm.fencesAt('boa').map(({ target }) => target.addresses)).toEqual([['10.0.0.2']]);
    expect(nodeOf(await desk.status(second.id, true))?.state).toBe('kept');
  });

  it('does a release once, however often it is clicked, and a cut never after it', async () => {
    const desk = console();
    const held = (await hold(desk)) as Isolation;
    model.swarm.log.length = 0;
    const order = { isolation: held.id };
    await Promise.all([
      desk.release(order),
      desk.release(order),
      desk.confirm(order),
      desk.status(held.id, true),
    ]);
    await desk.idle();
    expect(model.swarm.holding()).toEqual({ own: [], fences: [] });
    expect(model.swarm.log.filter((line) => !line.endsWith('lift') && line !== 'naru release')).toEqual([]);
    expect(model.swarm.log.filter((line) => line === 'naru release')).toHaveLength(1);
    expect(await desk.release(order)).toBe('at-rest');
  });

  it('fences a node that hangs, lies or refuses, and waits for none of them', async () => {
    for (const [manner, said] of [
      ['hangs', 'contained-by-peers'],
      ['lies', 'contained-by-peers'],
      ['refuses', 'contained-by-peers'],
    ] as const) {
      model.swarm = new FakeSwarm(NODES);
      model.records.clear();
      model.swarm.manners.set('naru', manner);
      const begun = performance.now();
      const held = await hold(console());
      expect([manner, nodeOf(held)?.state]).toEqual([manner, said]);
      expect(nodeOf(held)?.message).toContain('pull its network cable');
      expect(model.swarm.holding().fences).toEqual(['boa', 'miu']);
      expect(performance.now() - begun).toBeLessThan(5_000);
    }
  });

  it('does not let go of a node that was not seen to be open again, unless a person says so', async () => {
    const desk = console();
    const held = (await hold(desk)) as Isolation;
    model.swarm.manners.set('naru', 'hangs');
    await desk.release({ isolation: held.id });
    await desk.idle();
    expect([model.swarm.holding().fences, nodeOf(await desk.status(held.id))?.state]).toEqual([
      ['boa', 'miu'],
      'releasing',
    ]);
    await desk.release({ isolation: held.id, withoutNode: true });
    await desk.idle();
    expect(model.swarm.holding().fences).toEqual([]);
  });

  it('counts no peer that says yes and drops something else', async () => {
    model.swarm.manners.set('naru', 'hangs');
    model.swarm.manners.set('miu', 'drops-nothing');
    model.swarm.manners.set('boa', 'hangs');
    const held = await hold(console());
    expect(nodeOf(held)?.layers.find(({ node }) => node === 'miu')).toMatchObject({ is: 'failed' });
    expect(nodeOf(held)?.state).not.toBe('contained-by-peers');
  });

  it('does not let what a node says of itself cut off another one', async () => {
    model.swarm.claims.set('naru', { macs: ['02:00:00:00:00:02'], addresses: ['10.0.0.2', '10.0.0.1'] });
    const desk = console();
    await hold(desk);
    for (const { target } of model.swarm.fencesAt('boa')) {
      expect(target.addresses).toEqual(['10.0.0.1']);
      expect(target.macs).not.toContain('02:00:00:00:00:02');
    }
  });

  it('tells peers who a node is as soon as it says so, when it was too slow for the plan', async () => {
    model.swarm.manners.set('naru', 'looks-slowly');
    await hold(console());
    expect(model.swarm.fencesAt('boa').map(({ target }) => target)).toEqual([
      { macs: ['02:00:00:00:00:01'], addresses: ['10.0.0.1'] },
    ]);
  });

  it('goes on when the disk is full, once the order itself is on it', async () => {
    const desk = console();
    const plan = await desk.plan({ nodes: ['naru'], scope: 'node' });
    if (plan === 'unknown') throw new Error('unknown');
    model.isFull = true;
    await expect(desk.isolate({ plan: plan.id, hash: plan.hash })).rejects.toThrow('full');
    expect(model.swarm.holding()).toEqual({ own: [], fences: [] });
    model.isFull = false;
    const next = await desk.plan({ nodes: ['naru'], scope: 'node' });
    if (next === 'unknown') throw new Error('unknown');
    model.isFull = 'after the order';
    await desk.isolate({ plan: next.id, hash: next.hash });
    await desk.idle();
    expect(model.swarm.holding()).toEqual({ own: ['naru'], fences: ['boa', 'miu'] });
    expect(nodeOf(await desk.status(next.id))).toMatchObject({ state: 'kept' });
  });

  it('joins a second click, refuses a second order for the same node, and takes no plan but the one that was shown', async () => {
    const desk = console();
    const plan = await desk.plan({ nodes: ['naru'], scope: 'node' });
    const other = await desk.plan({ nodes: ['naru', 'miu'], scope: 'node' });
    if (plan === 'unknown' || other === 'unknown') throw new Error('unknown');
    expect(await desk.isolate({ plan: plan.id, hash: '0'.repeat(64) })).toBe('changed');
    const order = { plan: plan.id, hash: plan.hash };
    const [first, second] = await Promise.all([desk.isolate(order), desk.isolate(order)]);
    expect([first, second]).toMatchObject([{ id: plan.id }, { id: plan.id }]);
    await desk.idle();
    expect(model.swarm.log.filter((line) => line === 'naru cut')).toHaveLength(1);
    expect(await desk.isolate({ plan: other.id, hash: other.hash })).toBe('busy');
    expect(await desk.plan({ nodes: ['nobody'], scope: 'node' })).toBe('unknown');
  });

  it('leaves a node that is to be confirmed by hand to its timer', async () => {
    const desk = console();
    const held = (await hold(desk, ['naru'], true)) as Isolation;
    expect(nodeOf(held)).toMatchObject({ state: 'cut', stepsDownAt: expect.any(String) });
    await desk.status(held.id, true);
    model.swarm.stepDown('naru');
    expect(nodeOf(await desk.status(held.id, true))).toMatchObject({ state: 'stepped-down' });
    expect(model.swarm.log.filter((line) => line === 'naru cut')).toHaveLength(1);
    await desk.confirm({ isolation: held.id });
    await desk.idle();
    expect(nodeOf(await desk.status(held.id))).toMatchObject({ state: 'kept', stepsDownAt: null });
  });

  it('tells what somebody else on the node took away', async () => {
    const desk = console();
    const held = (await hold(desk)) as Isolation;
    model.swarm.tamper('naru');
    expect(nodeOf(await desk.status(held.id, true))?.tampered).toMatchObject({ times: 1 });
  });
});
