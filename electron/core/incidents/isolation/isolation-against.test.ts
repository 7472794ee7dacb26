import { beforeEach, describe, expect, it } from 'vitest';
import type { Isolation } from '#shared/domain/incident/isolation.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { isolateOutcome, releaseOutcome } from '../runbook/isolation-outcome.ts';
import { ConsoleModel, NODES, nodeOf } from './testing/console-model.ts';

const again = (id: string, host: string, port = 22): SwarmNode => ({
  ...(NODES[0] as SwarmNode),
  ...{ id, name: id, address: { kind: 'ssh', host, port } },
});
const LOCAL: SwarmNode = { ...(NODES[0] as SwarmNode), id: 'desk', name: 'desk', address: { kind: 'local' } };

/** Nodes that lie, vanish, come back under another name, or have their rules taken away. */
describe('an isolation against whoever wants out of it', () => {
  let model: ConsoleModel;

  beforeEach(() => {
    model = new ConsoleModel();
  });

  const hold = async (): Promise<Isolation> => {
    const held = await model.hold(model.console());
    if (typeof held === 'string') throw new Error(held);
    return held;
  };
  /** Another console goes on with it, as after any time. */
  const goOn = async (): Promise<Isolation | undefined> => {
    const desk = model.console();
    await desk.recover();
    await desk.idle();
    return (await desk.open())[0];
  };
  const layer = (isolation: Isolation | undefined, name: string) =>
    nodeOf(isolation)?.layers.find((one) => one.layer === name && (one.node ?? 'naru') !== undefined);

  it('is proven only when somebody outside saw that the node answers nothing', async () => {
    const held = await hold();
    expect([nodeOf(held)?.state, isolateOutcome(held)]).toMatchObject(['kept', { proof: 'proven' }]);
    expect(nodeOf(held)?.probes.map(({ to, outcome }) => `${to} ${outcome}`)).toEqual([
      '10.0.0.1 port 22 open',
      '10.0.0.1 port 7890 stopped',
      '10.0.0.1 port 9 stopped',
    ]);
    const unseen = { ...held, nodes: held.nodes.map((node) => ({ ...node, probes: [] })) };
    expect(isolateOutcome(unseen)).toMatchObject({ outcome: 'done', proof: 'part' });
    expect(isolateOutcome({ ...unseen, isBusy: true })).toEqual({ outcome: 'under-way' });
  });

  it('calls a node a liar that answers from outside while it says that it is cut off', async () => {
    // Nothing listens on one of the ports: without rules its kernel says so.
    model.knock = (_, port) => (port === 9 ? 'refused' : 'stopped');
    const held = await hold();
    expect(nodeOf(held)).toMatchObject({ state: 'lying' });
    expect(nodeOf(held)?.message).toContain('it answered this computer at 10.0.0.1 port 9');
    expect(held.sentence).toBe('naru says that it is cut off, and is not.');
    expect(isolateOutcome(held)).toMatchObject({ outcome: 'done', proof: 'part' });
    for (const peer of ['miu', 'boa']) model.swarm.manners.set(peer, 'refuses');
    expect(isolateOutcome((await goOn()) as Isolation)).toMatchObject({ outcome: 'failed' });
    // Seen at every later look, too, and only as long as it is so.
    model.knock = () => 'stopped';
    await goOn();
    expect(nodeOf(await goOn())?.state).toBe('kept');
    model.knock = (_, port) => (port === 7890 ? 'open' : 'stopped');
    expect(nodeOf(await goOn())?.state).toBe('lying');
  });

  it('takes a refusal for nothing where only mycoSwarm is cut off, and an answer for a lie', async () => {
    model.scope = 'agent';
    model.knock = () => 'refused';
    const held = await hold();
    expect(nodeOf(held)?.state).toBe('kept');
    expect(isolateOutcome(held)).toMatchObject({ proof: 'part' });
    model.knock = () => 'open';
    expect(nodeOf(await goOn())?.state).toBe('lying');
  });

  it('is not kept while its timer, its hook or its unit is not as it should be, and says which', async () => {
    for (const [says, words] of [
      [{ keeper: false }, 'its timer'],
      [{ egress: 'missing', egressWhy: '' }, 'its hook for raw packets'],
      [
        { egressWhy: 'Not on 1 interfaces whose names no rule can hold.' },
        'its hook for raw packets (in part)',
      ],
      [{ boot: false }, 'its unit for a restart'],
      [{ durable: false }, 'its unit for a restart'],
    ] as const) {
      model = new ConsoleModel();
      model.swarm.says.set('naru', says);
      const held = await hold();
      expect([words, nodeOf(held)?.state]).toEqual([words, 'confirmed']);
      expect(nodeOf(held)?.message).toContain(`Not all of it holds: ${words}`);
      expect(isolateOutcome(held)).toMatchObject({ proof: 'part' });
    }
  });

  it('loads again what somebody took away, counts it, and tells it once', async () => {
    for (const [fields, words] of [
      [
        { rules: 'missing', keeper: false },
        'Gone from it: its rules and the process that brings rules back.',
      ],
      [{ rules: 'other' }, 'Gone from it: its rules as they were loaded.'],
      [{ egress: 'missing' }, 'Gone from it: its hook for raw packets.'],
      [null, 'Nothing isolated it any more: its rules and its record were gone.'],
    ] as const) {
      model = new ConsoleModel();
      await hold();
      model.swarm.takeAway('naru', fields);
      const after = await goOn();
      expect(model.swarm.ownAt('naru')).toMatchObject({
        rules: 'as-loaded',
        egress: 'as-loaded',
        keeper: true,
      });
      expect(nodeOf(after)).toMatchObject({
        state: 'kept',
        reloaded: { times: 1, lastAt: expect.any(String) },
      });
      expect(nodeOf(after)?.reloaded.what).toBe(`${words} It was loaded again.`);
      expect(model.told).toEqual([`naru: ${nodeOf(after)?.reloaded.what}`]);
      await goOn();
      expect(nodeOf(await goOn())?.reloaded.times).toBe(1);
      // Again and again: counted each time, recorded once.
      model.swarm.takeAway('naru', fields);
      expect(nodeOf(await goOn())?.reloaded.times).toBe(2);
      expect(model.told).toHaveLength(1);
    }
  });

  it('lets nobody prolong the time of one that is to be confirmed by hand by taking its rules away', async () => {
    await model.hold(model.console(), ['naru'], true);
    model.swarm.takeAway('naru', { rules: 'missing' });
    const after = await goOn();
    expect(model.swarm.log.filter((line) => line === 'naru cut')).toHaveLength(1);
    expect(layer(after, 'rules')).toMatchObject({ is: 'failed' });
    expect(model.told).toHaveLength(1);
  });

  it('is not let out by the same machine under another name or port, now or later', async () => {
    const spellings = [again('naru-again', '10.0.0.1', 2222), again('naru-six', 'fd00::1')];
    model.keys.set('naru-six', ['another', 'key of naru']);
    model.list = [...NODES, spellings[0] as SwarmNode];
    const plan = await model.console().plan({ nodes: ['naru'], scope: 'node' });
    expect(plan).toMatchObject({
      peers: [{ node: 'miu' }, { node: 'boa' }],
      warnings: expect.arrayContaining([expect.stringContaining('naru-again is the same machine as naru')]),
    });
    await hold();
    model.list = [...NODES, ...spellings];
    const after = await goOn();
    const peers = nodeOf(after)?.layers.flatMap(({ node, is }) => (node === null ? [] : [`${node} ${is}`]));
    // What may be the node itself is asked, and its word counts for less.
    expect(peers?.sort()).toEqual(['boa holds', 'miu holds', 'naru-six partly']);
    expect(nodeOf(after)?.layers.find(({ node }) => node === 'naru-six')?.proof).toContain('same host key');
    for (const { proven, spares, target } of model.swarm.orders) {
      expect([proven, target.addresses]).toEqual([['10.0.0.1'], ['10.0.0.1']]);
      for (const one of ['10.0.0.1', 'fd00::1']) expect(spares.addresses).not.toContain(one);
      expect(spares.addresses).toEqual(expect.arrayContaining(['10.0.0.99', '10.0.0.254']));
    }
  });

  it('is held where it was reached when it is off the list, or on it anew', async () => {
    await hold();
    model.list = [...NODES.slice(1), again('naru-new', '10.0.0.1')];
    model.swarm.log.length = 0;
    model.swarm.takeAway('naru', { rules: 'missing' });
    const after = await goOn();
    expect(model.swarm.log).toEqual(expect.arrayContaining(['naru cut', 'miu fence', 'boa fence']));
    expect(model.swarm.orders.at(-1)?.spares.addresses).not.toContain('10.0.0.1');
    expect(nodeOf(after)?.state).toBe('kept');
  });

  it('is not let go because it is off the list: it is asked, or a person says so', async () => {
    const held = await hold();
    model.list = NODES.slice(1);
    const desk = model.console();
    model.swarm.manners.set('naru', 'hangs');
    await desk.release({ isolation: held.id });
    await desk.idle();
    expect([nodeOf(await desk.status(held.id))?.state, model.swarm.holding().fences]).toEqual([
      'releasing',
      ['boa', 'miu'],
    ]);
    model.swarm.manners.delete('naru');
    expect(await goOn()).toBeUndefined();
    expect(model.swarm.holding()).toEqual({ own: [], fences: [] });
  });

  it('is not let go unasked where nobody knows any more how it was reached', async () => {
    const held = await hold();
    for (const [id, body] of model.records)
      model.records.set(id, body.replace(/"reachedAt":\{[^}]*\}/, '"reachedAt":null'));
    model.list = NODES.slice(1);
    const desk = model.console();
    await desk.release({ isolation: held.id });
    await desk.idle();
    const after = nodeOf(await desk.status(held.id));
    expect([after?.state, model.swarm.holding().fences]).toEqual(['releasing', ['boa', 'miu']]);
    expect(after?.message).toContain('not on the list of nodes any more');
  });

  it('lets a dead node go without it: said by a person, once, and then it has to be set up anew', async () => {
    const held = await hold();
    model.swarm.manners.set('naru', 'hangs');
    const desk = model.console();
    await desk.release({ isolation: held.id, withoutNode: true });
    await desk.idle();
    const after = (await desk.status(held.id)) as Isolation;
    expect(nodeOf(after)).toMatchObject({ state: 'released', setUpAnew: true });
    expect(nodeOf(after)?.message).toContain('set it up anew before it rejoins');
    expect(after.sentence).toContain('set it up anew before it rejoins');
    expect(releaseOutcome(after)).toMatchObject({ outcome: 'done', proof: 'part' });
    expect(model.swarm.holding()).toEqual({ own: ['naru'], fences: [] });
  });

  it('remembers that a person let it go without an answer, whoever goes on with that', async () => {
    const held = await hold();
    model.swarm.manners.set('naru', 'hangs');
    const died = model.console('before lift');
    await died.release({ isolation: held.id, withoutNode: true }).catch(() => undefined);
    await died.idle().catch(() => undefined);
    // As the runbook does it when it goes on with a step: it orders it once more, and knows of no consent.
    const next = model.console();
    await next.release({ isolation: held.id });
    await next.idle();
    expect(nodeOf(await next.status(held.id))).toMatchObject({ state: 'released', setUpAnew: true });
  });

  it('waits for a peer that is away, unless a person lets it go; then it is told when it is back', async () => {
    const held = await hold();
    model.swarm.manners.set('boa', 'hangs');
    const desk = model.console();
    await desk.release({ isolation: held.id });
    await desk.idle();
    expect(nodeOf(await desk.status(held.id))).toMatchObject({ state: 'releasing' });
    expect(nodeOf(await desk.status(held.id))?.message).toContain('boa did not take its rules away yet');
    await desk.release({ isolation: held.id, withoutNode: true });
    await desk.idle();
    const after = (await desk.status(held.id)) as Isolation;
    expect(nodeOf(after)).toMatchObject({ state: 'released', setUpAnew: false });
    expect(nodeOf(after)?.message).toContain('boa did not answer and may still drop it');
    expect([after.endedAt, releaseOutcome(after)]).toMatchObject([null, { proof: 'part' }]);
    model.swarm.manners.delete('boa');
    expect(await goOn()).toBeUndefined();
    expect(model.swarm.holding().fences).toEqual([]);
  });

  it('counts a peer in part that misses its address or its hardware address', async () => {
    for (const [says, words] of [
      [{ covers: { address: false, mac: true } }, 'address by which this console reaches it'],
      [{ covers: { address: true, mac: false } }, 'Its hardware address is not known there'],
      [{ egress: 'impossible' }, 'There is no egress hook'],
      [{ keeper: false }, 'No process brings the rules back'],
      [{ durable: false }, 'gone after a restart'],
    ] as const) {
      model = new ConsoleModel();
      model.swarm.manners.set('naru', 'hangs');
      const target = { macs: ['02:00:00:00:00:01'], addresses: ['10.0.0.1'] };
      model.swarm.fenceSays.set('miu', { target, ...says });
      model.swarm.fenceSays.set('boa', { rules: 'other' });
      const held = await hold();
      const [miu] = nodeOf(held)?.layers ?? [];
      expect([words, miu?.node, miu?.is]).toEqual([words, 'miu', 'partly']);
      expect(miu?.proof).toContain(words);
      expect(held.sentence).toBe('naru is contained in part by its peers, not confirmed.');
      expect(isolateOutcome(held)).toMatchObject({ proof: 'part' });
    }
    model = new ConsoleModel();
    model.swarm.fenceSays.set('miu', {
      leftOut: ['10.0.0.1 is the gateway’s.'],
      target: { macs: ['02:00:00:00:00:01'], addresses: [] },
    });
    expect(nodeOf(await hold())?.layers[0]).toMatchObject({
      is: 'partly',
      proof: expect.stringContaining('10.0.0.1 is the gateway’s'),
    });
  });

  it('keeps its own SSH where the computer of this console is a peer, and proves nothing by what that drops', async () => {
    model.list = [...NODES, LOCAL];
    const held = await hold();
    const order = model.swarm.orders.find(({ peer }) => peer === 'desk');
    expect(order?.scope).toBe('agent');
    expect(nodeOf(held)?.layers.find(({ node }) => node === 'desk')).toMatchObject({
      is: 'partly',
      proof: expect.stringContaining('SSH of this console stays open'),
    });
    expect(nodeOf(held)?.probes.map(({ to, outcome }) => `${to} ${outcome}`)).toEqual([
      '10.0.0.1 port 22 open',
      '10.0.0.1 port 7890 unknown',
      '10.0.0.1 port 9 stopped',
    ]);
    expect(nodeOf(held)?.state).toBe('kept');
  });

  it('says what it claims and is not believed', async () => {
    model.swarm.claims.set('naru', {
      macs: ['02:00:00:00:00:01'],
      addresses: ['10.0.0.1', '10.0.0.2', '10.0.0.99', '10.0.0.254', '10.7.7.7'],
    });
    const held = await hold();
    expect(nodeOf(held)?.notTaken).toEqual([
      '10.0.0.2 is not dropped, though naru claims it: miu is reached by it.',
      '10.0.0.99 is not dropped, though naru claims it: this computer has it.',
      '10.0.0.254 is not dropped, though naru claims it: the gateway has it.',
    ]);
    expect(model.swarm.orders.at(-1)).toMatchObject({
      proven: ['10.0.0.1'],
      target: { addresses: ['10.0.0.1', '10.7.7.7'] },
    });
  });

  it('says what goes on where only mycoSwarm is cut off, and nothing of SSH that never was shut', async () => {
    model.scope = 'agent';
    const plan = await model.console().plan({ nodes: ['naru'], scope: 'agent' });
    if (plan === 'unknown') throw new Error(plan);
    const words = JSON.stringify(plan);
    expect(plan.warnings.join(' ')).toContain('SSH, every other account and every other program there go on');
    expect(words).toContain('over a Unix socket');
    expect(words).not.toMatch(/SSH opens|Drop every packet (from|to)/);
    const held = await model.hold(model.console(), ['naru'], true);
    expect(nodeOf(held)?.message).toContain('mycoSwarm on naru is cut off, and nothing else there');
    expect(nodeOf(held)?.message).not.toMatch(/SSH opens|every packet/);
    model.swarm.stepDown('naru');
    expect(nodeOf(await goOn())?.message).not.toContain('SSH to the LAN');
    expect(nodeOf(held)?.couldUndo.join(' ')).toContain('swarm traffic alone');
  });

  it('says of pinned addresses only what the node says', async () => {
    const held = await hold();
    const desk = model.console();
    await desk.release({ isolation: held.id });
    await desk.idle();
    const after = (await desk.status(held.id)) as Isolation;
    expect(layer(after, 'rules')).toMatchObject({ is: 'lifted' });
    expect(layer(after, 'addresses')).toMatchObject({
      is: 'lifted',
      proof: expect.stringContaining('by its own word'),
    });
    expect(after.endedAt).not.toBeNull();
  });
});
