import { describe, expect, it } from 'vitest';
import type { Preflight } from './preflight.ts';
import { shownRun } from './shown-run.ts';
import { FakeSwarm } from './testing/fake-swarm.ts';
import { FakeDisk, MortalConsole } from './testing/mortal-console.ts';

const OLD = 'a'.repeat(64);

function world(count = 3) {
  const swarm = new FakeSwarm(count, OLD);
  const disk = new FakeDisk();
  return { swarm, disk };
}

/** What is true whatever happened: one secret at most, and no node with one that nobody knows. */
function expectNothingLost({ swarm, disk }: ReturnType<typeof world>) {
  expect(disk.generated.size).toBeLessThanOrEqual(1);
  for (const { inForce, token } of swarm.nodes)
    for (const secret of [inForce, token]) expect([OLD, ...disk.generated]).toContain(secret);
}

function expectAllNew({ swarm, disk }: ReturnType<typeof world>) {
  const [secret] = disk.generated;
  expect(disk.generated.size).toBe(1);
  expect(swarm.nodes.map(({ inForce }) => inForce)).toEqual(swarm.nodes.map(() => secret));
  expect(swarm.nodes.map(({ old, staged, lease }) => [old, staged, lease])).toEqual(
    swarm.nodes.map(() => [null, null, null]),
  );
  expect([...disk.sealed.values()].map((bytes) => bytes.toString('hex'))).toEqual([secret]);
}

describe('a rotation without trouble', () => {
  it('gives every node one new secret, in the order of the stages', async () => {
    const all = world();
    const console = new MortalConsole(all.swarm, all.disk);
    await console.rotate();
    expectAllNew(all);
    expect(all.disk.all()[0]).toMatchObject({ stage: 'done', waits: null, error: null });
    expect(console.told.filter((one) => !one.includes(' '))).toEqual([
      'planned',
      'generated',
      'staged',
      'decided',
      'committed',
      'verified',
      'old-destroyed',
      'done',
    ]);
    expect(all.swarm.nodes.map(({ fence }) => fence)).toEqual([null, null, null]);
  });

  it('does not claim that an old secret is refused where there was none to ask with', async () => {
    const all = world();
    const console = new MortalConsole(all.swarm, all.disk);
    for (const node of all.swarm.nodes) node.hasNoOld = true;
    await console.rotate();
    const [done] = all.disk.all();
    expect(done?.nodes.map(({ state, oldRefused }) => [state, oldRefused])).toEqual(
      all.swarm.nodes.map(() => ['verified', null]),
    );
    if (done) expect(shownRun(done, false).sentence).toContain('a random one is refused');
  });

  it('puts no secret into its records', async () => {
    const all = world();
    await new MortalConsole(all.swarm, all.disk).rotate();
    const [secret = ''] = all.disk.generated;
    const records = [...all.disk.rotations.values()].join('\n');
    expect(records).not.toContain(secret);
    expect(records).not.toContain(Buffer.from(secret, 'hex').toString('base64').slice(0, 20));
    expect(records).not.toContain(OLD);
  });

  it('rotates again and again', async () => {
    const all = world();
    for (let turn = 1; turn <= 3; turn += 1) {
      await new MortalConsole(all.swarm, all.disk).rotate();
      expect(all.disk.generated.size).toBe(turn);
      expect(new Set(all.swarm.nodes.map(({ inForce }) => inForce)).size).toBe(1);
      expect(all.disk.sealed.size).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  });
});

describe('nodes that do not do as they should', () => {
  it('are left out and kept out while they are away, and finished when they are back', async () => {
    const all = world(4);
    const [first, away] = all.swarm.nodes;
    if (!first || !away) throw new Error('no nodes');
    away.isAway = true;
    const console = new MortalConsole(all.swarm, all.disk);
    await console.rotate();
    expect(all.disk.all()[0]?.stage).toBe('done');
    expect(away.inForce).toBe(OLD);
    expect(first.fence).toMatchObject({ scope: 'swarm' });
    expect(first.fence?.reaches).not.toContain(away.address);
    away.isAway = false;
    await console.engine.tend();
    expectAllNew(all);
    expect(all.swarm.nodes.map(({ fence }) => fence)).toEqual([null, null, null, null]);
    expect(all.disk.all()[0]?.nodes.map(({ state }) => state)).toEqual(all.swarm.nodes.map(() => 'verified'));
  });

  it('take everything back when one says no before the decision', async () => {
    const all = world();
    const [, full] = all.swarm.nodes;
    if (full) full.refuses = { stage: 'no-space' };
    await new MortalConsole(all.swarm, all.disk).rotate();
    expect(all.disk.all()[0]).toMatchObject({ stage: 'aborted' });
    expect(all.disk.all()[0]?.error).toContain('node-2');
    expect(
      all.swarm.nodes.map(({ inForce, staged, fence, lease }) => [inForce, staged, fence, lease]),
    ).toEqual(all.swarm.nodes.map(() => [OLD, null, null, null]));
    expect(all.disk.sealed.size).toBe(0);
  });

  it('are given free where their fence cannot be taken away', async () => {
    const all = world();
    const [, bare] = all.swarm.nodes;
    if (bare) bare.refuses = { stage: 'no-space', lift: 'program-failed' };
    const console = new MortalConsole(all.swarm, all.disk);
    await console.rotate();
    await console.engine.tend();
    expect(all.disk.all()[0]).toMatchObject({ stage: 'aborted' });
    expect([bare?.staged, bare?.lease]).toEqual([null, null]);
    expect(all.disk.all()[0]?.nodes[1]).toMatchObject({
      state: 'taken-back',
      keepsOld: false,
      message: expect.stringContaining('A fence may still stand'),
    });
    if (bare) bare.refuses = {};
    await console.engine.tend();
    expect(bare?.fence).toBe(null);
    expect(all.disk.all()[0]?.nodes[1]).toMatchObject({ fence: 'none', message: null });
  });

  it('take everything back although the console died while it did that, at every point of it', async () => {
    for (let dieAt = 1; ; dieAt += 1) {
      const all = world();
      const [, full] = all.swarm.nodes;
      if (full) full.refuses = { stage: 'no-space' };
      const first = new MortalConsole(all.swarm, all.disk, { dieAt });
      const ended = await first.untilDeath(first.rotate());
      const began = all.disk.all()[0]?.takesBack ?? null;
      if (full) full.refuses = {};
      const next = new MortalConsole(all.swarm, all.disk);
      await next.engine.recover();
      await next.engine.idle();
      if (began !== null) {
        expect(all.disk.all()[0], `died at ${dieAt}`).toMatchObject({ stage: 'aborted' });
        expect(all.swarm.nodes.map(({ inForce, lease }) => [inForce, lease])).toEqual(
          all.swarm.nodes.map(() => [OLD, null]),
        );
      }
      if (ended) return;
    }
  });

  it('are left out when one says no in an emergency', async () => {
    const all = world();
    const [, full] = all.swarm.nodes;
    if (full) full.refuses = { stage: 'no-space' };
    await new MortalConsole(all.swarm, all.disk).rotate({ emergency: true });
    expect(all.disk.all()[0]).toMatchObject({ stage: 'done' });
    expect(all.swarm.nodes.map(({ inForce }) => inForce === OLD)).toEqual([false, true, false]);
  });

  it('hold the rotation when the fence of one cannot be verified, before anything was sent there', async () => {
    const all = world();
    const [, open] = all.swarm.nodes;
    if (open) open.refuses = { fence: 'program-failed' };
    const console = new MortalConsole(all.swarm, all.disk);
    await console.rotate();
    expect(all.disk.all()[0]).toMatchObject({ stage: 'generated', waits: 'fence' });
    const { error } = all.disk.all()[0] ?? {};
    expect(error).toContain('was not written down there');
    expect(error).not.toContain('Nothing was sent');
    expect(open?.staged).toBe(null);
    expect(all.swarm.nodes.map(({ inForce }) => inForce)).toEqual([OLD, OLD, OLD]);
    if (open) open.refuses = {};
    await console.engine.tend();
    expectAllNew(all);
  });

  it('are not called proven when they answer 200 to everything', async () => {
    const all = world();
    const [, liar] = all.swarm.nodes;
    if (liar) liar.lies = true;
    const console = new MortalConsole(all.swarm, all.disk);
    await console.rotate();
    expect(all.disk.all()[0]).toMatchObject({ stage: 'done' });
    expect(all.disk.all()[0]?.nodes[1]).toMatchObject({ state: 'away', newProven: false });
    if (liar) liar.lies = false;
    await console.engine.tend();
    expectAllNew(all);
  });

  it('go forward only when they are lost after the decision', async () => {
    const all = world();
    const [, lost] = all.swarm.nodes;
    const console = new MortalConsole(all.swarm, all.disk, {
      seen: ({ stage }) => {
        if (stage === 'decided' && lost) lost.isAway = true;
      },
    });
    await console.rotate();
    expect(all.disk.all()[0]).toMatchObject({ stage: 'done' });
    expect(all.disk.all()[0]?.nodes[1]?.state).toBe('away');
    if (lost) lost.isAway = false;
    await console.engine.tend();
    expectAllNew(all);
  });

  it('are rotated whose staged file somebody took away', async () => {
    const all = world();
    const [, spoiled] = all.swarm.nodes;
    const console = new MortalConsole(all.swarm, all.disk, {
      seen: ({ stage }) => {
        if (stage === 'staged' && spoiled) spoiled.staged = null;
      },
    });
    await console.rotate();
    expectAllNew(all);
  });
});

describe('what a person may do', () => {
  it('cannot take back what was decided', async () => {
    const all = world();
    const console = new MortalConsole(all.swarm, all.disk, { dieWhen: 'after decided' });
    await console.untilDeath(console.rotate());
    const [left] = all.disk.all();
    const next = new MortalConsole(all.swarm, all.disk);
    expect(await next.engine.abort(left?.id ?? '')).toBe('decided');
    await next.engine.recover();
    await next.engine.idle();
    expectAllNew(all);
  });

  it('can take back what was only staged', async () => {
    const all = world();
    const console = new MortalConsole(all.swarm, all.disk, { dieWhen: 'after staged' });
    await console.untilDeath(console.rotate());
    const [left] = all.disk.all();
    const next = new MortalConsole(all.swarm, all.disk);
    expect(await next.engine.abort(left?.id ?? '')).toMatchObject({ stage: 'aborted' });
    expect(all.swarm.nodes.map(({ inForce, staged }) => [inForce, staged])).toEqual(
      all.swarm.nodes.map(() => [OLD, null]),
    );
  });

  it('can take back what was only staged while the sealed store is locked', async () => {
    const all = world();
    const console = new MortalConsole(all.swarm, all.disk, { dieWhen: 'after staged' });
    await console.untilDeath(console.rotate());
    all.disk.isOpen = false;
    const next = new MortalConsole(all.swarm, all.disk);
    const id = all.disk.all()[0]?.id ?? '';
    expect(await next.engine.abort(id)).toMatchObject({ stage: 'aborted', error: 'You took it back.' });
    expect(all.swarm.nodes.map(({ inForce, staged, lease }) => [inForce, staged, lease])).toEqual(
      all.swarm.nodes.map(() => [OLD, null, null]),
    );
  });

  it('is shown every node that is not among the chosen ones as left out and kept out', async () => {
    const all = world(3);
    const console = new MortalConsole(all.swarm, all.disk);
    await console.rotate({ nodes: ['node-1', 'node-3'] });
    const [done] = all.disk.all();
    expect(done?.stage).toBe('done');
    expect(done?.nodes.map(({ state }) => state)).toEqual(['verified', 'excluded', 'verified']);
    if (done) expect(shownRun(done, false).sentence).toContain('node-2 is kept out');
    const [first, second] = all.swarm.nodes;
    expect(first?.fence).toMatchObject({ scope: 'swarm' });
    expect(first?.fence?.reaches).not.toContain(second?.address);
    expect(second?.inForce).toBe(OLD);
  });

  it('is told that the sealed store is locked, and goes on once it is open', async () => {
    const all = world();
    const console = new MortalConsole(all.swarm, all.disk, { dieWhen: 'after decided' });
    await console.untilDeath(console.rotate());
    all.disk.isOpen = false;
    const next = new MortalConsole(all.swarm, all.disk);
    await next.engine.recover();
    await next.engine.idle();
    expect(all.disk.all()[0]).toMatchObject({ stage: 'decided', waits: 'unlock' });
    all.disk.isOpen = true;
    await next.engine.tend();
    expectAllNew(all);
  });

  it('is refused a second rotation from another console', async () => {
    const all = world();
    const console = new MortalConsole(all.swarm, all.disk, { dieWhen: 'after staged' });
    await console.untilDeath(console.rotate());
    const other = { swarm: all.swarm, disk: new FakeDisk() };
    const second = await new MortalConsole(other.swarm, other.disk).rotate();
    expect(second.blocked).toContain('Another console');
    expect(other.disk.generated.size).toBe(0);
  });
});

describe('resuming', () => {
  it('twice at once makes one run go on', async () => {
    const all = world();
    const first = new MortalConsole(all.swarm, all.disk, { dieWhen: 'after generated' });
    await first.untilDeath(first.rotate());
    const id = all.disk.all()[0]?.id ?? '';
    const console = new MortalConsole(all.swarm, all.disk);
    await Promise.all([console.engine.resume(id), console.engine.resume(id)]);
    await console.engine.idle();
    expect(console.told.filter((one) => one === 'decided')).toHaveLength(1);
    expectAllNew(all);
  });

  it('gives nothing to a node that the operator left out', async () => {
    const all = world();
    const console = new MortalConsole(all.swarm, all.disk);
    await console.rotate({ exclude: ['node-2'] });
    const [done] = all.disk.all();
    await console.engine.resume(done?.id ?? '');
    await console.engine.idle();
    expect(all.swarm.nodes.map(({ inForce }) => inForce === OLD)).toEqual([false, true, false]);
    const [after] = all.disk.all();
    expect(after?.nodes.map(({ state }) => state)).toEqual(['verified', 'excluded', 'verified']);
    if (after) expect(shownRun(after, false).canResume).toBe(false);
  });
});

describe('a node that comes back while another rotation begins', () => {
  for (const at of ['before node fenced', 'after node fenced', 'after node staged', 'after node committed'])
    it(`is not given the earlier secret any more, begun ${at}`, async () => {
      const all = world();
      const [, late] = all.swarm.nodes;
      if (!late) throw new Error('no nodes');
      late.isAway = true;
      let planned: Preflight | null = null;
      let second: Promise<unknown> | null = null;
      const console = new MortalConsole(all.swarm, all.disk, {
        at: async (point) => {
          if (planned === null || point !== at || second !== null) return;
          second = console.begin(planned);
          // Held until the other one is over, or waits for this one.
          await Promise.race([second, new Promise((resolve) => setTimeout(resolve, 60))]);
        },
      });
      await console.rotate();
      const [burned] = all.disk.generated;
      late.isAway = false;
      planned = await console.plan();
      await console.engine.tend();
      await second;
      await console.engine.tend();
      const [, newest] = all.disk.generated;
      expect(all.disk.generated.size).toBe(2);
      expect(late.history.at(-1)).toBe(newest);
      expect(late.history.lastIndexOf(burned ?? '')).toBeLessThan(late.history.indexOf(newest ?? ''));
      expect(all.swarm.nodes.map(({ inForce, lease }) => [inForce, lease])).toEqual(
        all.swarm.nodes.map(() => [newest, null]),
      );
    });
});

describe('a console that is killed', () => {
  it('has exactly one secret and loses none, wherever it is killed', async () => {
    const dry = world();
    const whole = new MortalConsole(dry.swarm, dry.disk);
    await whole.rotate();
    expect(whole.points.length).toBeGreaterThan(40);
    for (let at = 1; at <= whole.points.length; at += 1) {
      const all = world();
      const first = new MortalConsole(all.swarm, all.disk, { dieAt: at });
      await first.untilDeath(first.rotate());
      const [left] = all.disk.all();
      expectNothingLost(all);
      const second = new MortalConsole(all.swarm, all.disk);
      await second.engine.recover();
      await second.engine.idle();
      if (left === undefined) {
        expect(all.swarm.nodes.every(({ inForce }) => inForce === OLD)).toBe(true);
        continue;
      }
      expect(
        all.disk.all().map(({ id, stage }) => [id, stage]),
        whole.points[at - 1],
      ).toEqual([[left.id, 'done']]);
      expectAllNew(all);
    }
  });
});
