import { describe, expect, it } from 'vitest';
import { keepsStrangersOut } from './open-fence.ts';
import { shownRun } from './shown-run.ts';
import { FakeSwarm } from './testing/fake-swarm.ts';
import { FakeDisk, MortalConsole } from './testing/mortal-console.ts';

const OLD = 'a'.repeat(64);
const pause = () => new Promise((resolve) => setTimeout(resolve, 2));

/** Four nodes; the second was left out by a person, the third was away, and the others have a new secret. */
async function swarmWithGaps() {
  const swarm = new FakeSwarm(4, OLD);
  const disk = new FakeDisk();
  const [first, left, away, last] = swarm.nodes;
  if (!first || !left || !away || !last) throw new Error('no nodes');
  away.isAway = true;
  const console = new MortalConsole(swarm, disk);
  await console.rotate({ exclude: [left.id] });
  await pause();
  const [secret = ''] = disk.generated;
  return { swarm, disk, console, first, left, away, last, secret };
}

describe('strangers that were fenced off', () => {
  const stranger = { name: 'fern', address: '10.0.0.99', seenBy: ['this computer'] };

  it('are kept out until a person lets them go, and those without the secret stay out', async () => {
    const swarm = new FakeSwarm(3, OLD);
    const disk = new FakeDisk();
    const [first, away, last] = swarm.nodes;
    if (!first || !away || !last) throw new Error('no nodes');
    away.isAway = true;
    const console = new MortalConsole(swarm, disk, { strangers: [stranger] });
    expect((await console.plan({ purpose: 'open-fence' })).plan.blocked).toContain('No node keeps');
    await console.rotate();
    await console.engine.tend();
    const [done] = disk.all();
    if (!done) throw new Error('no rotation');
    expect(keepsStrangersOut(done)).toBe(true);
    const { plan } = await console.plan({ purpose: 'open-fence' });
    expect(plan).toMatchObject({ blocked: null, strangers: [stranger] });
    expect(plan.nodes.map(({ node, part }) => [node, part])).toEqual([
      [first.id, 'keeps'],
      [last.id, 'keeps'],
    ]);
    const restarts = first.history.length;
    const other = { ...plan, hash: '', strangers: [{ ...stranger, address: '10.0.0.98' }] };
    expect(await console.engine.openFence(other)).toBe('unknown');
    // One is not there just then.
    last.isAway = true;
    await console.engine.openFence({ ...plan, hash: '' });
    expect(disk.all()[0]?.strangers).toEqual([]);
    expect(first.fence).toMatchObject({ scope: 'swarm' });
    expect(first.fence?.shuts).not.toContain(stranger.address);
    expect(last.fence?.shuts).toContain(stranger.address);
    last.isAway = false;
    await console.engine.tend();
    expect(last.fence?.shuts).not.toContain(stranger.address);
    away.isAway = false;
    await console.engine.tend();
    expect(swarm.nodes.map(({ fence, lease }) => [fence, lease])).toEqual(
      swarm.nodes.map(() => [null, null]),
    );
    expect(first.history.length).toBe(restarts);
    expect(await console.engine.openFence({ ...plan, hash: '' })).toBe('at-rest');
  });
});

describe('a node that joins', () => {
  it('is let in by those that have the secret, and nobody else is forgotten', async () => {
    const { swarm, disk, console, first, left, away, last, secret } = await swarmWithGaps();
    expect(first.fence?.reaches).not.toContain(left.address);
    const restarts = first.history.length;
    const { plan } = await console.plan({ purpose: 'add-node', nodes: [left.id] });
    expect(plan.nodes.map(({ node, part }) => [node, part]).sort()).toEqual([
      [first.id, 'keeps'],
      [left.id, 'rotates'],
      [away.id, 'away'],
      [last.id, 'keeps'],
    ]);
    await console.rotate({ purpose: 'add-node', nodes: [left.id] });
    const [joined] = disk.all();
    expect(joined).toMatchObject({ stage: 'done', waits: null });
    expect([left.inForce, first.history.length]).toEqual([secret, restarts]);
    for (const node of [first, left, last]) {
      expect(node.fence).toMatchObject({ scope: 'swarm' });
      expect(node.fence?.reaches.toSorted()).toEqual([first, left, last].map(({ address }) => address));
      expect(node.lease).toBe(null);
    }
    if (joined) expect(shownRun(joined, false).sentence).toContain('1 node proven with the new secret');

    // The one that was away is finished by this rotation, whose nodes let it in then.
    away.isAway = false;
    await console.engine.tend();
    expect(away.inForce).toBe(secret);
    expect(swarm.nodes.map(({ fence, lease, old }) => [fence, lease, old])).toEqual(
      swarm.nodes.map(() => [null, null, null]),
    );
  });

  it('is not held up by a node that has the secret and is away just then, which is told when it is back', async () => {
    const { disk, console, first, left, last } = await swarmWithGaps();
    last.isAway = true;
    await console.rotate({ purpose: 'add-node', nodes: [left.id] });
    expect(disk.all()[0]).toMatchObject({ stage: 'done', waits: null });
    expect(first.fence?.reaches).toContain(left.address);
    expect(last.fence?.reaches).not.toContain(left.address);
    last.isAway = false;
    await console.engine.tend();
    expect(last.fence?.reaches).toContain(left.address);
    expect(last.lease).toBe(null);
  });

  it('leaves everything as it was when it is taken back', async () => {
    const { disk, console, first, left, away, secret } = await swarmWithGaps();
    const fence = structuredClone(first.fence);
    left.refuses = { stage: 'no-space' };
    await console.rotate({ purpose: 'add-node', nodes: [left.id] });
    expect(disk.all()[0]).toMatchObject({ stage: 'aborted' });
    expect([first.fence, left.inForce, left.lease]).toEqual([fence, OLD, null]);
    away.isAway = false;
    await console.engine.tend();
    expect(away.inForce).toBe(secret);
  });
});
