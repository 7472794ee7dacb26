import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#core/console/clock.ts';
import type { StoredIsolation } from '#core/store/operations/isolations.ts';
import type { Isolation } from '#shared/domain/incident/isolation.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { IsolationDesk } from './isolation-desk.ts';
import type { IsolationParts } from './parts.ts';
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
];

const NODES: SwarmNode[] = ['naru', 'miu', 'boa'].map((name, index) => ({
  id: name,
  name,
  address: { kind: 'ssh', host: `10.0.0.${index + 1}`, port: 22 },
  addedAt: '2026-01-01T00:00:00.000Z',
  lastLookAt: null,
  lastError: null,
}));

/** Dies at a point: nothing that this console does afterwards has any effect, as nothing of a killed process has. */
class Dead extends Error {}

describe('isolations of a console', () => {
  let swarm: FakeSwarm;
  let records: Map<string, string>;
  /** As the process that was killed would have been: whoever belongs to an earlier life is not heard any more. */
  let life = 0;
  let isFull: boolean | 'after the order' = false;

  beforeEach(() => {
    swarm = new FakeSwarm(NODES);
    records = new Map();
    life = 0;
    isFull = false;
  });

  function console(killAt: string | null = null, more: Partial<IsolationParts> = {}): IsolationDesk {
    life += 1;
    const mine = life;
    const alive = () => {
      if (mine !== life) throw new Dead();
    };
    const read = (): StoredIsolation[] => [...records.values()].map((body) => JSON.parse(body));
    const open = () => read().filter(({ endedAt }) => endedAt === null);
    return new IsolationDesk({
      store: {
        async beginIsolation({ isolation }) {
          alive();
          if (isFull === true) throw new Error('The disk is full.');
          if (records.has(isolation.id)) return 'known';
          const held = open().flatMap(({ nodes }) => nodes.filter(({ shown }) => shown.state !== 'released'));
          if (held.some(({ shown }) => isolation.nodes.some((one) => one.shown.node === shown.node)))
            return 'busy';
          records.set(isolation.id, JSON.stringify(isolation));
          return 'begun';
        },
        async writeIsolation({ isolation }) {
          alive();
          if (isFull !== false) throw new Error('The disk is full.');
          records.set(isolation.id, JSON.stringify(isolation));
        },
        isolation: async ({ id }) => read().find((one) => one.id === id) ?? null,
        openIsolations: async () => open(),
        keepIsolationSnapshot: async () => alive(),
      },
      clock: systemClock,
      nodes: async () => NODES,
      about: async () => ({ uids: [1990], apiPort: 7890, identity: { macs: [], addresses: [] } }),
      addressOf: async ({ address }) => (address.kind === 'ssh' ? address.host : null),
      open: (node, fresh) => swarm.line(node, fresh, alive),
      knock: async () => 'stopped',
      limits: { lookMs: 100, askMs: 100, settleMs: 100, answerMs: 1_000, tendMs: 3_600_000 },
      fault: (point) => {
        alive();
        if (point === killAt) life += 1;
        alive();
      },
      ...more,
    });
  }

  async function hold(desk: IsolationDesk, nodes = ['naru'], byHand = false): Promise<Isolation | string> {
    const plan = await desk.plan({ nodes, scope: 'node' });
    if (plan === 'unknown') return plan;
    const confirm = byHand ? 'by-hand' : 'by-itself';
    const ordered = await desk.isolate({ plan: plan.id, hash: plan.hash, confirm });
    await desk.idle();
    return (await desk.status(plan.id)) ?? ordered;
  }

  const nodeOf = (isolation: Isolation | string | undefined | null) => {
    if (typeof isolation !== 'object' || isolation === null) throw new Error(`No isolation: ${isolation}`);
    return isolation.nodes[0];
  };

  it('holds a node by itself and by its peers, and lets it go in the other order', async () => {
    const desk = console();
    const held = await hold(desk);
    expect(nodeOf(held)).toMatchObject({ state: 'kept', cutMs: expect.any(Number), socketsEnded: 3 });
    expect(swarm.holding()).toEqual({ own: ['naru'], fences: ['boa', 'miu'] });
    swarm.log.length = 0;
    await desk.release({ isolation: (held as Isolation).id });
    await desk.idle();
    expect(swarm.holding()).toEqual({ own: [], fences: [] });
    expect(swarm.log).toEqual(['naru release', 'miu lift', 'boa lift']);
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
        expect([stored, swarm.holding()]).toEqual([undefined, { own: [], fences: [] }]);
        return;
      }
      await next.recover();
      await next.idle();
      const after = await next.open();
      expect(after.map(({ id }) => id)).toEqual([stored?.id]);
      expect(nodeOf(after[0])).toMatchObject({ state: 'kept' });
      expect(swarm.holding()).toEqual({ own: ['naru'], fences: ['boa', 'miu'] });
      expect(swarm.runs().size).toBe(1);
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
        expect(swarm.holding()).toEqual({ own: ['naru'], fences: ['boa', 'miu'] });
      else expect([swarm.holding(), await next.open()]).toEqual([{ own: [], fences: [] }, []]);
    });
  }

  it('fences a node that hangs, lies or refuses, and waits for none of them', async () => {
    for (const [manner, said] of [
      ['hangs', 'contained-by-peers'],
      ['lies', 'contained-by-peers'],
      ['refuses', 'contained-by-peers'],
    ] as const) {
      swarm = new FakeSwarm(NODES);
      records.clear();
      swarm.manners.set('naru', manner);
      const begun = performance.now();
      const held = await hold(console());
      expect([manner, nodeOf(held)?.state]).toEqual([manner, said]);
      expect(nodeOf(held)?.message).toContain('pull its network cable');
      expect(swarm.holding().fences).toEqual(['boa', 'miu']);
      expect(performance.now() - begun).toBeLessThan(5_000);
    }
  });

  it('does not let go of a node that was not seen to be open again, unless a person says so', async () => {
    const desk = console();
    const held = (await hold(desk)) as Isolation;
    swarm.manners.set('naru', 'hangs');
    await desk.release({ isolation: held.id });
    await desk.idle();
    expect([swarm.holding().fences, nodeOf(await desk.status(held.id))?.state]).toEqual([
      ['boa', 'miu'],
      'releasing',
    ]);
    await desk.release({ isolation: held.id, withoutNode: true });
    await desk.idle();
    expect(swarm.holding().fences).toEqual([]);
  });

  it('counts no peer that says yes and drops something else', async () => {
    swarm.manners.set('naru', 'hangs');
    swarm.manners.set('miu', 'drops-nothing');
    swarm.manners.set('boa', 'hangs');
    const held = await hold(console());
    expect(nodeOf(held)?.layers.find(({ node }) => node === 'miu')).toMatchObject({ is: 'failed' });
    expect(nodeOf(held)?.state).not.toBe('contained-by-peers');
  });

  it('does not let what a node says of itself cut off another one', async () => {
    swarm.claims.set('naru', { macs: ['02:00:00:00:00:02'], addresses: ['10.0.0.2', '10.0.0.1'] });
    const desk = console();
    await hold(desk);
    for (const { target } of swarm.fencesAt('boa')) {
      expect(target.addresses).toEqual(['10.0.0.1']);
      expect(target.macs).not.toContain('02:00:00:00:00:02');
    }
  });

  it('tells peers who a node is as soon as it says so, when it was too slow for the plan', async () => {
    swarm.manners.set('naru', 'looks-slowly');
    await hold(console());
    expect(swarm.fencesAt('boa').map(({ target }) => target)).toEqual([
      { macs: ['02:00:00:00:00:01'], addresses: ['10.0.0.1'] },
    ]);
  });

  it('goes on when the disk is full, once the order itself is on it', async () => {
    const desk = console();
    const plan = await desk.plan({ nodes: ['naru'], scope: 'node' });
    if (plan === 'unknown') throw new Error('unknown');
    isFull = true;
    await expect(desk.isolate({ plan: plan.id, hash: plan.hash })).rejects.toThrow('full');
    expect(swarm.holding()).toEqual({ own: [], fences: [] });
    isFull = false;
    const next = await desk.plan({ nodes: ['naru'], scope: 'node' });
    if (next === 'unknown') throw new Error('unknown');
    isFull = 'after the order';
    await desk.isolate({ plan: next.id, hash: next.hash });
    await desk.idle();
    expect(swarm.holding()).toEqual({ own: ['naru'], fences: ['boa', 'miu'] });
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
    expect(swarm.log.filter((line) => line === 'naru cut')).toHaveLength(1);
    expect(await desk.isolate({ plan: other.id, hash: other.hash })).toBe('busy');
    expect(await desk.plan({ nodes: ['nobody'], scope: 'node' })).toBe('unknown');
  });

  it('leaves a node that is to be confirmed by hand to its timer', async () => {
    const desk = console();
    const held = (await hold(desk, ['naru'], true)) as Isolation;
    expect(nodeOf(held)).toMatchObject({ state: 'cut', stepsDownAt: expect.any(String) });
    await desk.status(held.id, true);
    swarm.stepDown('naru');
    expect(nodeOf(await desk.status(held.id, true))).toMatchObject({ state: 'stepped-down' });
    expect(swarm.log.filter((line) => line === 'naru cut')).toHaveLength(1);
    await desk.confirm({ isolation: held.id });
    await desk.idle();
    expect(nodeOf(await desk.status(held.id))).toMatchObject({ state: 'kept', stepsDownAt: null });
  });

  it('tells what somebody else on the node took away', async () => {
    const desk = console();
    const held = (await hold(desk)) as Isolation;
    swarm.tamper('naru');
    expect(nodeOf(await desk.status(held.id, true))?.tampered).toMatchObject({ times: 1 });
  });
});
