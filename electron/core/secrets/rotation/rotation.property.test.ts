import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredRotation } from '#core/store/operations/rotations.ts';
import { ROTATION_STAGES } from '#shared/domain/rotation/run.ts';
import { isDecided } from './run.ts';
import { type FakeNode, FakeSwarm } from './testing/fake-swarm.ts';
import { FakeDisk, MortalConsole } from './testing/mortal-console.ts';

const OLD = 'a'.repeat(64);
/** Each takes a tenth of a second on a machine that has nothing else to do. */
const RUNS = Number(process.env.ROTATION_RUNS ?? 60);
const AGENTS = 'f'.repeat(64);

/** What the world does between one console and the next. */
const event = fc.oneof(
  fc.record({ kind: fc.constant('console' as const), dieAt: fc.nat({ max: 90 }) }),
  fc.record({ kind: fc.constant('away' as const), node: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant('back' as const), node: fc.nat({ max: 3 }) }),
  fc.record({
    kind: fc.constant('refuses' as const),
    node: fc.nat({ max: 3 }),
    act: fc.constantFrom('fence' as const, 'stage' as const, 'commit' as const, 'finish' as const),
  }),
  fc.record({
    kind: fc.constant('cuts' as const),
    node: fc.nat({ max: 3 }),
    times: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant('takes staged away' as const), node: fc.nat({ max: 3 }) }),
  // Its agent writes over the new secret, once or as long as it lives; it hangs; it says one thing to itself and another to others.
  fc.record({
    kind: fc.constant('overwrites' as const),
    node: fc.nat({ max: 3 }),
    times: fc.constantFrom(1, 1_000),
  }),
  fc.record({ kind: fc.constant('hangs' as const), node: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant('lies' as const), node: fc.nat({ max: 3 }) }),
  fc.constant({ kind: 'abort' as const }),
  fc.constant({ kind: 'lock' as const }),
);

/**
 * The model: what may be seen of a rotation at any time, whatever happens to consoles and nodes. It knows stages and secrets and nothing of how
 * they are reached.
 */
class Model {
  stage: StoredRotation['stage'] | null = null;
  wasDecided = false;

  see({ stage }: StoredRotation): void {
    if (this.stage !== null && this.stage !== stage) {
      const order = ROTATION_STAGES as readonly string[];
      if (stage === 'aborted') expect(this.wasDecided, `aborted after ${this.stage}`).toBe(false);
      else
        expect(order.indexOf(stage), `${this.stage} → ${stage}`).toBeGreaterThan(order.indexOf(this.stage));
      expect(['done', 'aborted'], 'nothing comes after the end').not.toContain(this.stage);
    }
    this.stage = stage;
    this.wasDecided ||= isDecided({ stage });
  }

  nodes(swarm: FakeSwarm, generated: ReadonlySet<string>): void {
    for (const { id, history, inForce, token } of swarm.nodes) {
      // What its agent wrote there itself is no secret of anybody.
      for (const secret of [inForce, token])
        expect([OLD, AGENTS, ...generated], `${id} has a secret that nobody knows`).toContain(secret);
      // Once burned, never again in force.
      if (history.some((secret) => secret !== OLD))
        expect(history.lastIndexOf(OLD), `${id} got a burned secret back`).toBe(0);
      if (!this.wasDecided) expect(inForce, `${id} changed before the decision`).toBe(OLD);
    }
  }
}

describe('a rotation, whatever happens', { timeout: 30_000 + 1_500 * RUNS }, () => {
  it('keeps to the model, and comes to its end once all is well again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 9 }), async (events) => {
        const swarm = new FakeSwarm(4, OLD);
        const disk = new FakeDisk();
        const model = new Model();
        const look = () => {
          const all = disk.all();
          expect(all.length).toBeLessThanOrEqual(1);
          const [rotation] = all;
          if (rotation !== undefined) model.see(rotation);
          expect(disk.generated.size).toBeLessThanOrEqual(1);
          model.nodes(swarm, disk.generated);
        };
        for (const one of events) {
          const node: FakeNode | undefined = 'node' in one ? swarm.nodes[one.node] : undefined;
          if (one.kind === 'console') await oneConsole(swarm, disk, one.dieAt, look);
          else if (one.kind === 'abort') await abort(swarm, disk);
          else if (one.kind === 'lock') disk.isOpen = !disk.isOpen;
          else if (node === undefined) continue;
          else if (one.kind === 'away') node.isAway = true;
          else if (one.kind === 'back') node.isAway = false;
          else if (one.kind === 'refuses') node.refuses = { [one.act]: 'no-space' };
          else if (one.kind === 'cuts') node.cuts = one.times;
          else if (one.kind === 'overwrites') node.overwrites = one.times;
          else if (one.kind === 'hangs') node.hangs = true;
          else if (one.kind === 'lies') node.liesToOthers = true;
          else node.staged = null;
          swarm.tick();
          look();
        }
        const mended = {
          isAway: false,
          refuses: {},
          cuts: 0,
          overwrites: 0,
          hangs: false,
          liesToOthers: false,
        };
        for (const node of swarm.nodes) Object.assign(node, mended);
        disk.isOpen = true;
        for (let turn = 0; turn < 3; turn += 1) await oneConsole(swarm, disk, 0, look);
        look();
        const [rotation] = disk.all();
        expect(rotation?.stage).toBeOneOf(['done', 'aborted']);
        const wanted = rotation?.stage === 'done' ? [...disk.generated][0] : OLD;
        expect(swarm.nodes.map(({ inForce }) => inForce)).toEqual(swarm.nodes.map(() => wanted));
        expect(swarm.nodes.map(({ lease }) => lease)).toEqual(swarm.nodes.map(() => null));
      }),
      {
        numRuns: RUNS,
        examples: [
          // Two consoles die while late nodes are finished: one of them is half way when the other comes to its end.
          [
            [
              { kind: 'cuts', node: 0, times: 2 },
              { kind: 'cuts', node: 1, times: 1 },
              { kind: 'console', dieAt: 35 },
              { kind: 'console', dieAt: 40 },
              { kind: 'refuses', node: 0, act: 'stage' },
            ],
          ],
        ],
      },
    );
  });
});

/** A console that is opened, goes on with what there is or begins, and dies at a point of its work or ends it. */
async function oneConsole(swarm: FakeSwarm, disk: FakeDisk, dieAt: number, seen: () => void): Promise<void> {
  const console = new MortalConsole(swarm, disk, { dieAt, seen });
  await console.untilDeath(
    (async () => {
      await console.engine.recover();
      await console.engine.idle();
      if (disk.all().length === 0) await console.rotate();
      await console.engine.tend();
      await console.engine.idle();
      await console.engine.close();
    })(),
  );
}

async function abort(swarm: FakeSwarm, disk: FakeDisk): Promise<void> {
  const [rotation] = disk.all();
  if (rotation === undefined) return;
  const console = new MortalConsole(swarm, disk);
  const before = isDecided(rotation);
  const said = await console.engine.abort(rotation.id);
  if (before) expect(said).toBeOneOf(['decided', 'at-rest']);
  await console.engine.close();
}
