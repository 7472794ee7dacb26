import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '#core/console/testing/fake-clock.ts';
import type { PauseAct } from '#shared/domain/helper/pause.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { BrakeEnd } from './brake-line.ts';
import { createPauseDesk, type PauseDesk } from './pause-desk.ts';
import type { PauseTargets } from './pause-targets.ts';

/** A node of the test: what it answers, and what it was told. */
interface StandIn {
  answer: (act: PauseAct) => BrakeEnd | Promise<BrakeEnd>;
  told: PauseAct['act'][];
}

const NONE = { still: 0, loose: [], more: 0, spared: [] };
const frozen = (still = 3): BrakeEnd => ({
  ok: true,
  answer: { answer: 'pause', paused: true, since: '2026-11-23T08:00:00.000Z', ...NONE, still },
});
const free: BrakeEnd = { ok: true, answer: { answer: 'pause', paused: false, since: null, ...NONE } };
const away: BrakeEnd = { ok: false, why: 'It did not answer.' };
const obeys = (act: PauseAct): BrakeEnd => (act.act === 'freeze' ? frozen() : free);
const hangs = (): Promise<BrakeEnd> => new Promise(() => undefined);

let folder: string;
let clock: FakeClock;
let desks: PauseDesk[];
let events: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pause-desk-'));
  clock = fakeClock('2026-11-23T08:00:00.000Z');
  desks = [];
  events = [];
});
afterEach(async () => {
  for (const desk of desks) await desk.close();
  rmSync(folder, { recursive: true, force: true });
});

const TARGETS: PauseTargets = { uids: [998], units: ['mycoswarm.service'] };
const asKnown = async ({ id }: SwarmNode) => (id === 'empty' ? null : TARGETS);

function swarm(
  nodes: Record<string, StandIn['answer']>,
  targets: (node: SwarmNode) => Promise<PauseTargets | null> = asKnown,
): {
  desk(): PauseDesk;
  nodes: Record<string, StandIn>;
} {
  const standIns = Object.fromEntries(
    Object.entries(nodes).map(([name, answer]) => [name, { answer, told: [] } as StandIn]),
  );
  const list = Object.keys(nodes).map((name) => nodeOf(name));
  return {
    nodes: standIns,
    desk() {
      const desk = createPauseDesk({
        dataFolder: folder,
        clock,
        nodes: async () => list,
        targets,
        open: ({ id }) => ({
          async ask(act) {
            standIns[id]?.told.push(act.act);
            return standIns[id]?.answer(act) ?? away;
          },
          close: async () => undefined,
        }),
        keepsOpen: false,
        changed: () => undefined,
        tell: (what, state) => void events.push(`${what}: ${state.sentence}`),
      });
      desks.push(desk);
      return desk;
    },
  };
}

function nodeOf(name: string): SwarmNode {
  const address = { kind: 'ssh' as const, host: `${name}.local`, port: 22 };
  return { id: name, name, address, addedAt: '2026-11-23T08:00:00.000Z', lastLookAt: null, lastError: null };
}

/** Lets all that waits for nothing but its turn go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

it('stops every node, names who was missed, and counts nobody who has nothing to stop', async () => {
  const { desk } = swarm({ boa: obeys, miu: obeys, pi: () => away, empty: obeys });
  const state = await desk().pause();
  expect(state.sentence).toBe('Agents are paused on two nodes; not on pi.');
  expect(state.nodes.find(({ node }) => node === 'empty')?.is).toBe('nothing-there');
  expect(state.nodes.find(({ node }) => node === 'pi')).toMatchObject({
    is: 'not-paused',
    why: 'It did not answer.',
  });
  expect(events).toEqual(['agents-paused: Agents are paused on two nodes; not on pi.']);
});

it('waits two seconds for a node that hangs, and for nobody longer because of it', async () => {
  const { desk, nodes } = swarm({ boa: obeys, hung: hangs, miu: obeys });
  const under = desk();
  let answered = false;
  const pausing = under.pause().then((state) => {
    answered = true;
    return state;
  });
  await settle();
  expect(under.state().nodes.filter(({ is }) => is === 'paused')).toHaveLength(2);
  await clock.pass(1_999);
  await settle();
  expect(answered).toBe(false);
  await clock.pass(1);
  const state = await pausing;
  expect(state.sentence).toBe('Agents are paused on two nodes; no answer yet from hung.');
  expect(nodes.boa?.told).toEqual(['freeze']);
});

it('never says that agents stand still where something runs, or where only part of them could be stopped', async () => {
  const runs = { ...NONE, still: 2, loose: [{ pid: 7, name: 'python3' }] };
  const partly = { ...NONE, spared: [1000] };
  const said = (answer: object): BrakeEnd => ({
    ok: true,
    answer: { answer: 'pause', paused: true, since: null, ...NONE, ...answer },
  });
  const { desk } = swarm({ boa: () => said(runs), miu: () => said(partly), pi: () => free });
  const { nodes } = await desk().pause();
  expect(nodes.map(({ is }) => is)).toEqual(['not-paused', 'not-paused', 'not-paused']);
  expect(nodes[0]?.why).toContain('python3 (7)');
  expect(nodes[1]?.why).toContain('your own account');
});

it('goes on after the console died: the next one tells those who were missed, and those who were restarted', async () => {
  const { desk, nodes } = swarm({ boa: obeys, pi: () => away });
  const first = desk();
  await first.pause();
  await first.close();
  const second = desk();
  expect(second.state()).toMatchObject({ is: 'paused', sentence: 'Agents are paused on boa; not on pi.' });
  if (nodes.pi) nodes.pi.answer = obeys;
  await clock.pass(30_000);
  await settle();
  expect(second.state().sentence).toBe('Agents are paused on two nodes.');
  expect(nodes.boa?.told).toEqual(['freeze', 'freeze']);
});

it('lets go, names who was not reached, and tries those again until they are', async () => {
  const { desk, nodes } = swarm({ boa: obeys, pi: obeys });
  const under = desk();
  await under.pause();
  if (nodes.pi) nodes.pi.answer = () => away;
  expect((await under.resume()).sentence).toBe('Agents run again, but not on pi.');
  if (nodes.pi) nodes.pi.answer = obeys;
  await clock.pass(30_000);
  await settle();
  expect(under.state()).toEqual({
    is: 'running',
    since: null,
    nodes: [],
    sentence: 'Agents are not paused.',
  });
  await clock.pass(120_000);
  expect(nodes.boa?.told).toEqual(['freeze', 'thaw']);
});

it.each([
  ['finds nothing there', async () => null],
  ['cannot be read', () => Promise.reject(new Error('damaged'))],
])('forgets no node that was told to stop when a later look %s', async (_, later) => {
  let targets: () => Promise<PauseTargets | null> = async () => TARGETS;
  const { desk, nodes } = swarm(
    { boa: (act) => (act.act === 'thaw' ? free : frozen()), miu: obeys, pi: obeys, empty: () => away },
    (node) => (node.id === 'boa' ? targets() : asKnown(node)),
  );
  const first = desk();
  await first.pause();
  targets = later;
  await clock.pass(30_000);
  await settle();
  expect(first.state().sentence).toBe('Agents are paused on three nodes.');
  await first.pause();
  expect(first.state().nodes.map(({ is }) => is)).toEqual(['paused', 'nothing-there', 'paused', 'paused']);
  await first.close();
  // Also by a console that was not there when it was told.
  const second = desk();
  await clock.pass(30_000);
  await settle();
  await second.resume();
  expect(nodes.boa?.told).toEqual(['freeze', 'state', 'state', 'state', 'thaw']);
  expect(nodes.empty?.told).toEqual([]);
  expect(second.state().is).toBe('running');
});

it('has on the disk that a node is told before it is, where mycoSwarm was found only later', async () => {
  let found = false;
  const onDisk: unknown[] = [];
  const note = () => JSON.parse(readFileSync(join(folder, 'pause.json'), 'utf8')).nodes;
  const { desk } = swarm(
    {
      boa: (act) => {
        onDisk.push(...note());
        return obeys(act);
      },
    },
    async () => (found ? TARGETS : null),
  );
  const under = desk();
  await under.pause();
  await clock.pass(1_000);
  expect(note()).toMatchObject([{ node: 'boa', is: 'nothing-there' }]);
  found = true;
  await clock.pass(29_000);
  await settle();
  expect(onDisk).toMatchObject([{ node: 'boa', is: 'asked' }]);
  expect(under.state().sentence).toBe('Agents are paused on boa.');
});

it('takes no late answer of an order that was taken back', async () => {
  let late: (end: BrakeEnd) => void = () => undefined;
  const { desk } = swarm({
    boa: (act) => (act.act === 'thaw' ? free : new Promise<BrakeEnd>((resolve) => (late = resolve))),
  });
  const under = desk();
  const pausing = under.pause();
  await settle();
  await clock.pass(2_000);
  await pausing;
  await under.resume();
  late(frozen());
  await settle();
  expect(under.state().is).toBe('running');
});

it('counts a note that cannot be read as a pause: agents are never let go by a mistake', async () => {
  writeFileSync(join(folder, 'pause.json'), '{', { mode: 0o600 });
  const { desk } = swarm({ boa: obeys });
  const under = desk();
  expect(under.state().is).toBe('paused');
  await under.resume();
  expect(under.state().is).toBe('running');
  expect(JSON.parse(readFileSync(join(folder, 'pause.json'), 'utf8')).is).toBe('running');
});

it('keeps connections to all nodes open, a few logins at a time, and lets go what left the list', async () => {
  const opened: string[] = [];
  const closed: string[] = [];
  let list = Array.from({ length: 20 }, (_, index) => nodeOf(`node-${index}`));
  let atOnce = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  const desk = createPauseDesk({
    dataFolder: folder,
    clock,
    nodes: async () => list,
    targets: async () => null,
    open: ({ id }) => ({
      ask: async () => away,
      async keepOpen() {
        opened.push(id);
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise<void>((resolve) => waiting.push(resolve));
        atOnce -= 1;
      },
      close: async () => void closed.push(id),
    }),
    keepsOpen: true,
    changed: () => undefined,
    tell: () => undefined,
  });
  desks.push(desk);
  const letAllIn = async () => {
    for (let turn = 0; turn < 40; turn += 1) {
      waiting.shift()?.();
      await settle();
    }
  };
  expect(opened).toEqual([]);
  await clock.pass(3_000);
  await letAllIn();
  expect([new Set(opened).size, opened.length, most]).toEqual([20, 20, 8]);
  list = list.slice(1);
  await clock.pass(60_000);
  await letAllIn();
  expect(opened.length).toBe(39);
  expect(closed).toEqual(['node-0']);
});
