import { describe, expect, it } from 'vitest';
import { shownRun } from './shown-run.ts';
import { type FakeNode, FakeSwarm } from './testing/fake-swarm.ts';
import { FakeDisk, MortalConsole } from './testing/mortal-console.ts';

const OLD = 'a'.repeat(64);

function world(count = 3) {
  const swarm = new FakeSwarm(count, OLD);
  const [first, second, third] = swarm.nodes;
  if (!first || !second || !third) throw new Error('no nodes');
  return { swarm, disk: new FakeDisk(), first, second, third };
}

const states = (disk: FakeDisk) => disk.all()[0]?.nodes.map(({ state }) => state);
const leases = (swarm: FakeSwarm) => swarm.nodes.map(({ lease }) => lease);

describe('a decided rotation', () => {
  it('gives a node the secret once more that somebody wrote over', async () => {
    const { swarm, disk, second } = world();
    second.overwrites = 1;
    await new MortalConsole(swarm, disk).rotate();
    const [secret] = disk.generated;
    expect(disk.all()[0]?.stage).toBe('done');
    expect(states(disk)).toEqual(['verified', 'verified', 'verified']);
    expect([second.token, second.inForce]).toEqual([secret, secret]);
  });

  it('goes on without a node that has it written over again and again, keeps it out, and finishes it when that ends', async () => {
    const { swarm, disk, first, second } = world();
    second.overwrites = 1_000;
    const console = new MortalConsole(swarm, disk);
    await console.rotate();
    expect(disk.all()[0]).toMatchObject({ stage: 'done', waits: null });
    expect(states(disk)).toEqual(['verified', 'away', 'verified']);
    expect(disk.all()[0]?.nodes[1]?.message).toContain('The secret in its file is not the new one');
    expect(first.fence).toMatchObject({ scope: 'swarm' });
    expect(first.fence?.reaches).not.toContain(second.address);
    // It is not restarted at every look.
    const restarts = second.history.length;
    await console.engine.tend();
    const tried = second.history.length;
    await console.engine.tend();
    expect([tried > restarts, second.history.length]).toEqual([true, tried]);
    second.overwrites = 0;
    await console.engine.resume(disk.all()[0]?.id ?? '');
    expect(states(disk)).toEqual(['verified', 'verified', 'verified']);
    expect(swarm.nodes.map(({ fence, lease, old }) => [fence, lease, old])).toEqual(
      swarm.nodes.map(() => [null, null, null]),
    );
  });

  it.each<[string, (node: FakeNode) => unknown, (node: FakeNode) => unknown]>([
    [
      'answers 200 to everything',
      (node) => Object.assign(node, { lies: true }),
      (node) => Object.assign(node, { lies: false }),
    ],
    [
      'refuses to put it in place',
      (node) => Object.assign(node, { refuses: { commit: 'unsafe-path' } }),
      (node) => Object.assign(node, { refuses: {} }),
    ],
    [
      'answers nothing and breaks nothing off',
      (node) => Object.assign(node, { hangs: true }),
      (node) => Object.assign(node, { hangs: false }),
    ],
  ])('goes on without a node that %s', async (_name, spoil, mend) => {
    const { swarm, disk, second } = world();
    const console = new MortalConsole(swarm, disk, {
      seen: ({ stage }) => stage === 'decided' && spoil(second),
    });
    await console.rotate();
    expect(disk.all()[0]).toMatchObject({ stage: 'done', waits: null });
    expect(states(disk)).toEqual(['verified', 'away', 'verified']);
    mend(second);
    await console.engine.resume(disk.all()[0]?.id ?? '');
    expect(states(disk)).toEqual(['verified', 'verified', 'verified']);
    expect(leases(swarm)).toEqual([null, null, null]);
  });

  it('waits where not one node can be proven: then it is no single node that is wrong', async () => {
    const { swarm, disk } = world();
    for (const node of swarm.nodes) node.lies = true;
    const console = new MortalConsole(swarm, disk);
    await console.rotate();
    expect(disk.all()[0]).toMatchObject({ stage: 'committed', waits: 'nodes' });
    for (const node of swarm.nodes) node.lies = false;
    await console.engine.tend();
    expect(states(disk)).toEqual(['verified', 'verified', 'verified']);
  });

  it('shows every other node as proven while one hangs', async () => {
    const { swarm, disk, second } = world(4);
    const proven = new Set<string>();
    let whileHanging = 0;
    const console = new MortalConsole(swarm, disk, {
      seen: ({ stage, nodes }) => {
        if (stage === 'committed' && !second.hangs && proven.size === 0) {
          // What was proven on the way is forgotten, so that all are asked again.
          second.hangs = true;
        }
        for (const { node, state } of nodes) if (state === 'verified') proven.add(node);
        if (second.hangs && stage === 'committed') whileHanging = Math.max(whileHanging, proven.size);
      },
    });
    await console.rotate();
    expect(whileHanging).toBeGreaterThanOrEqual(3);
  });
});

describe('a node that asks itself alone', () => {
  it('is not proven when it answers others otherwise', async () => {
    const { swarm, disk, second } = world();
    second.isAway = true;
    const console = new MortalConsole(swarm, disk);
    await console.rotate();
    second.isAway = false;
    second.liesToOthers = true;
    await console.engine.tend();
    expect(states(disk)).toEqual(['verified', 'away', 'verified']);
    expect(disk.all()[0]?.nodes[1]?.message).toMatch(/random secret over the network, asked by node-[13]/);
    second.liesToOthers = false;
    await console.engine.resume(disk.all()[0]?.id ?? '');
    expect(states(disk)).toEqual(['verified', 'verified', 'verified']);
  });
});

describe('a fence that says no at the end', () => {
  it('holds neither the old secret nor the node, and is tried again', async () => {
    const { swarm, disk, second } = world();
    second.refuses = { lift: 'program-failed' };
    const console = new MortalConsole(swarm, disk);
    await console.rotate();
    expect(disk.all()[0]).toMatchObject({ stage: 'verified', waits: 'fence' });
    expect([second.old, second.lease]).toEqual([null, null]);
    second.refuses = {};
    await console.engine.tend();
    expect(disk.all()[0]?.stage).toBe('done');
    expect(swarm.nodes.map(({ fence, lease }) => [fence, lease])).toEqual(
      swarm.nodes.map(() => [null, null]),
    );
  });

  it('is taken away although the answer to that was lost', async () => {
    const { swarm, disk, first, second } = world();
    second.isAway = true;
    const console = new MortalConsole(swarm, disk);
    await console.rotate();
    second.isAway = false;
    // The connection to the first one breaks off behind its first act, when the second is let in.
    const stop = { done: false };
    const again = new MortalConsole(swarm, disk, {
      at: async (point) => {
        if (point === 'after node verified' && !stop.done) {
          stop.done = true;
          first.cuts = 1;
        }
      },
    });
    await again.engine.tend();
    await again.engine.tend();
    expect(leases(swarm)).toEqual([null, null, null]);
    expect(swarm.nodes.map(({ fence }) => fence)).toEqual([null, null, null]);
  });
});

describe('two consoles, one of which slept past its lease', () => {
  /** Fifteen minutes pass. */
  const forgetLeases = (swarm: FakeSwarm) => {
    for (const node of swarm.nodes) node.lease = null;
  };

  it.each([
    'after staged',
    'after decided',
    'after node armed',
    'after node committed',
    'after committed',
    'after verified',
  ])('never gives a burned secret back, asleep %s', async (dieWhen) => {
    const { swarm, disk } = world();
    const asleep = new MortalConsole(swarm, disk, { dieWhen });
    await asleep.untilDeath(asleep.rotate());
    swarm.tick();
    await new Promise((resolve) => setTimeout(resolve, 10));
    swarm.tick();
    forgetLeases(swarm);
    const other = new FakeDisk();
    await new MortalConsole(swarm, other).rotate();
    expect(other.all()[0]?.stage).toBe('done');
    const [newer] = other.generated;
    expect(swarm.nodes.map(({ inForce }) => inForce)).toEqual([newer, newer, newer]);

    const awake = new MortalConsole(swarm, disk);
    await awake.engine.recover();
    await awake.engine.idle();
    await awake.engine.tend();
    await awake.engine.idle();
    expect(swarm.nodes.map(({ inForce }) => inForce)).toEqual([newer, newer, newer]);
    const [over] = disk.all();
    expect(over?.endedAt).not.toBe(null);
    if (over && dieWhen !== 'after verified')
      expect(shownRun(over, false).sentence).toMatch(/[Aa]nother console/);
    // It is free to rotate anew.
    forgetLeases(swarm);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await awake.rotate();
    expect(new Set(swarm.nodes.map(({ inForce }) => inForce)).size).toBe(1);
    expect(swarm.nodes[0]?.inForce).not.toBe(newer);
    await awake.engine.close();
  });

  it('gives a late node nothing once the proven ones have another secret', async () => {
    const { swarm, disk, second } = world();
    second.isAway = true;
    const asleep = new MortalConsole(swarm, disk);
    await asleep.rotate();
    await asleep.engine.close();
    second.isAway = false;
    const other = new FakeDisk();
    await new MortalConsole(swarm, other).rotate();
    const [newer] = other.generated;
    const awake = new MortalConsole(swarm, disk);
    await awake.engine.tend();
    expect(swarm.nodes.map(({ inForce }) => inForce)).toEqual([newer, newer, newer]);
    expect(states(disk)?.[1]).toBe('away');
    expect(disk.all()[0]?.nodes[1]?.message).toContain('Plan a new rotation');
  });
});

describe('a plan while this console finishes a late node', () => {
  it('is not refused as if another console rotated', async () => {
    const { swarm, disk, second } = world();
    second.isAway = true;
    const console = new MortalConsole(swarm, disk);
    await console.rotate();
    second.isAway = false;
    second.lease = disk.all()[0]?.id ?? '';
    const planned = await console.plan();
    expect(planned.plan.blocked).toBe(null);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await console.begin(planned);
    expect(disk.all()[0]?.stage).toBe('done');
    expect(states(disk)).toEqual(['verified', 'verified', 'verified']);
    second.lease = 'e'.repeat(32);
    expect((await console.plan()).plan.blocked).toContain('Another console');
  });
});
