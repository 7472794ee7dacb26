import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SwarmNode } from '#shared/domain/node.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import { type ConsoleOptions, createConsole } from './create-console.ts';
import type { ConsoleNotice } from './notices.ts';
import type { ChangeDelta, ConsoleService } from './service.ts';
import { type FakeClock, fakeClock } from './testing/fake-clock.ts';
import { type ActedNode, fakeLooking } from './testing/fake-looking.ts';

const DAY = 86_400_000;
const START = '2026-11-20T12:00:00.000Z';
const NONE = undefined as never;

let folder: string;
let clock: FakeClock;
let acted: Record<string, ActedNode>;
let notices: ConsoleNotice[];
let open: ConsoleService[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-console-'));
  clock = fakeClock(START);
  acted = {};
  notices = [];
  open = [];
});
afterEach(async () => {
  for (const one of open) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(change: Partial<ConsoleOptions> = {}) {
  const { looking, seen } = fakeLooking(acted, () => clock.now());
  const service = await createConsole({
    dataFolder: folder,
    shell: 'web',
    version: '0.1.0',
    consent: { ask: async () => false },
    clock,
    looking,
    notify: (notice) => notices.push(notice),
    schedule: false,
    thread: false,
    ...change,
  });
  open.push(service);
  return { service, seen };
}

/** A node without any network: recorded, but not the sample. Only one of its kind fits; the others are renamed local. */
async function add(
  service: ConsoleService,
  name: string,
  kind: 'recorded' | 'local' = 'recorded',
): Promise<SwarmNode> {
  const address = kind === 'local' ? ({ kind } as const) : ({ kind, sample: false } as const);
  return service.nodes.add({ name, address, confirmedKeys: [] });
}

/** Starts looks and waits until they have ended. */
async function look(service: ConsoleService, input: { nodes?: string[]; only?: never[] } = {}) {
  const { looks } = await service.looks.start(input);
  const ids = new Set(looks.map((entry) => entry.look));
  await expect
    .poll(async () => {
      const states = await service.topics.progress.snapshot();
      return states.filter((entry) => ids.has(entry.look)).every((entry) => entry.endedAt !== null);
    })
    .toBe(true);
  return (await service.topics.progress.snapshot()).filter((entry) => ids.has(entry.look));
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: { name: string; code: string; data: { next: string } }) => {
      expect(error.name).toBe('ConsoleError');
      expect(typeof error.data.next).toBe('string');
      return error.code;
    },
  );

describe('looking', () => {
  it('keeps findings with their history, and says until when it was fine', async () => {
    acted.miu = { statuses: { 'service-bindings': 'pass', 'time-sync': 'fix' } };
    const { service } = await start();
    await add(service, 'miu');
    await look(service);
    clock.jump(DAY);
    await look(service);
    clock.jump(DAY);
    acted.miu.statuses = { 'service-bindings': 'fix', 'time-sync': 'fix' };
    await look(service);

    const found = await service.findings.get({ node: 'miu', check: 'service-bindings' });
    expect(found).toMatchObject({
      status: 'fix',
      since: '2026-11-22T12:00:00.000Z',
      before: { status: 'pass', until: '2026-11-21T12:00:00.000Z' },
      stale: false,
    });
    const history = await service.findings.history({ node: 'miu', check: 'service-bindings', days: 5 });
    expect(history.days.map((entry) => entry.status)).toEqual([null, null, 'pass', 'pass', 'fix']);
    expect(history.changes.map((entry) => entry.status)).toEqual(['pass', 'fix']);
    const home = await service.findings.overview({ node: null });
    expect(home.sentence).toBe('One door is open: miu to every network.');
    expect(home.since).toHaveLength(1);
    expect(home.since[0]).toMatchObject({ from: 'pass', to: 'fix', nodeName: 'miu' });
    expect(home.lookedAt).toBe('2026-11-22T12:00:00.000Z');
    const list = await service.findings.list({ node: null });
    expect(list.map((entry) => entry.check)).toEqual(['service-bindings', 'time-sync']);
  });

  it('keeps everything over a restart', async () => {
    acted.miu = { statuses: { 'service-bindings': 'fix' } };
    const first = await start({ thread: true });
    await add(first.service, 'miu');
    await look(first.service);
    const before = await first.service.findings.list({ node: null });
    await first.service.close();
    const { service } = await start({ thread: true });
    expect(await service.findings.list({ node: null })).toEqual(before);
  });

  it('joins a look that runs, and shows it to all', async () => {
    const gate = Promise.withResolvers<void>();
    acted.miu = { statuses: { 'time-sync': 'pass' }, gate: gate.promise };
    const { service, seen } = await start();
    await add(service, 'miu');
    const first = await service.looks.start({});
    const second = await service.looks.start({ nodes: ['miu'] });
    expect(second.looks[0]?.look).toBe(first.looks[0]?.look);
    gate.resolve();
    await look(service);
    expect(seen.collecting).toEqual(['miu']);
  });

  it('is not held up by a node that does not answer, and leaves its findings as they were', async () => {
    acted.miu = { statuses: { 'service-bindings': 'fix' } };
    acted.pi = { statuses: { 'time-sync': 'pass' } };
    const { service } = await start();
    await add(service, 'pi');
    await add(service, 'miu', 'local');
    await look(service);
    clock.jump(60_000);
    acted.pi.deaf = true;
    const { looks } = await service.looks.start({});
    await expect
      .poll(async () => (await service.nodes.list(NONE))[0]?.lastLookAt)
      .toBe('2026-11-20T12:01:00.000Z');
    const stuck = looks.find((entry) => entry.nodeName === 'pi')?.look ?? '';
    expect(await service.looks.cancel({ look: stuck })).toEqual({ cancelled: true });
    const ended = await look(service, { nodes: ['miu'] });
    expect(ended.at(-1)?.state).toBe('done');
    expect(await service.looks.cancel({ look: stuck })).toEqual({ cancelled: false });

    acted.pi = {
      statuses: {},
      fails: { code: 'NODE_UNREACHABLE', message: 'No route to host.', next: 'Wake it up.' },
    };
    const [failed] = await look(service, { nodes: ['pi'] });
    expect(failed).toMatchObject({ state: 'failed', error: 'No route to host. Wake it up.' });
    const [kept] = await service.findings.list({ node: 'pi' });
    expect(kept).toMatchObject({ check: 'time-sync', status: 'pass', stale: true });
    const home = await service.findings.overview({ node: 'pi' });
    expect(home.sentence).toBe('pi does not answer; its findings are from before.');
    expect(home.standings[0]).toMatchObject({ away: true, lookedAt: START });
    acted.pi = { statuses: { 'time-sync': 'pass' } };
    await look(service, { nodes: ['pi'] });
    expect((await service.findings.list({ node: 'pi' }))[0]?.stale).toBe(false);
    expect(notices.map((notice) => notice.sentence)).toEqual([
      'pi does not answer; its findings are from before.',
      'pi is back.',
    ]);
  });

  it('does not blame a node for a fault of its own', async () => {
    acted.miu = { statuses: { 'time-sync': 'pass' } };
    const { looking } = fakeLooking(acted, () => clock.now());
    let broken = false;
    const check: typeof looking.check = (...input) => {
      if (broken) throw new TypeError('a secret of the inside');
      return looking.check(...input);
    };
    const { service } = await start({ looking: { ...looking, check } });
    await add(service, 'miu');
    await look(service);
    broken = true;
    const [state] = (await look(service)).filter((entry) => entry.state === 'failed');
    expect(state?.error).toBe(
      'The look ended with a fault of Swarmkeep itself. The findings are from before.',
    );
    expect(notices).toEqual([]);
    expect((await service.findings.list({ node: 'miu' }))[0]).toMatchObject({ status: 'pass', stale: true });
  });

  it('looks at what was asked for only, and says no to what it does not know', async () => {
    acted.miu = { statuses: { 'time-sync': 'pass', 'ssh-server': 'fix' } };
    const { service } = await start();
    await add(service, 'miu');
    await service.looks.start({ only: ['time-sync'] });
    await look(service, { only: ['time-sync'] as never[] });
    expect((await service.findings.list({ node: null })).map((entry) => entry.check)).toEqual(['time-sync']);
    expect(await codeOf(service.looks.start({ nodes: ['nobody'] }))).toBe('NODE_UNKNOWN');
    expect(await codeOf(service.looks.cancel({ look: 'nothing' }))).toBe('LOOK_UNKNOWN');
    expect(await codeOf(service.findings.get({ node: 'miu', check: 'backups' }))).toBe('NOT_ALLOWED');
    expect(await codeOf(service.findings.list({ node: 'nobody' }))).toBe('NODE_UNKNOWN');
  });

  it('tells of changes only, once per round, and not of the first look', async () => {
    acted.miu = { statuses: { 'service-bindings': 'fix', 'time-sync': 'pass' } };
    acted.pi = { statuses: { 'time-sync': 'pass' } };
    const { service } = await start();
    await add(service, 'pi');
    await add(service, 'miu', 'local');
    const deltas: ChangeDelta[] = [];
    service.topics.changes.onDelta((delta) => deltas.push(delta));
    await look(service);
    await look(service);
    expect(notices).toEqual([]);
    acted.miu.statuses['time-sync'] = 'fix';
    acted.pi.statuses['time-sync'] = 'review';
    await look(service);
    await expect.poll(() => notices.length).toBe(1);
    expect(notices[0]).toMatchObject({
      node: null,
      sentence: 'Two things changed for the worse on miu and pi.',
    });
    expect(deltas.filter((delta) => delta.what === 'notice')).toHaveLength(1);
    await service.settings.set({
      ...DEFAULT_SETTINGS,
      notifications: { ...DEFAULT_SETTINGS.notifications, onChange: false },
    });
    acted.miu.statuses['time-sync'] = 'pass';
    await look(service);
    expect(notices).toHaveLength(1);
  });
});

describe('accepted risks', () => {
  const until = new Date(Date.parse(START) + 10 * DAY).toISOString();
  const waive = (service: ConsoleService, change: object = {}) =>
    service.decisions.waive({
      node: 'miu',
      check: 'service-bindings',
      reason: 'behind a wall',
      until,
      ...change,
    });
  const statusOf = async (service: ConsoleService) =>
    (await service.findings.get({ node: 'miu', check: 'service-bindings' })).status;

  async function withFinding() {
    acted.miu = { statuses: { 'service-bindings': 'fix', 'time-sync': 'pass' } };
    const { service } = await start();
    await add(service, 'miu');
    await look(service);
    return service;
  }

  it('stay visible, and hold over looks that see the same', async () => {
    const service = await withFinding();
    const waiver = await waive(service);
    clock.jump(DAY);
    await look(service);
    expect(await service.findings.get({ node: 'miu', check: 'service-bindings' })).toMatchObject({
      status: 'waived',
      waiver: { id: waiver.id, reason: 'behind a wall', until, underneath: 'fix' },
      before: { status: 'fix', until: START },
    });
    const home = await service.findings.overview({ node: null });
    expect(home.counts).toMatchObject({ waived: 1, fix: 0 });
    expect(notices).toEqual([]);
  });

  it('come back when the evidence changes', async () => {
    const service = await withFinding();
    await waive(service);
    const node = acted.miu as ActedNode;
    node.evidence = '0.0.0.0:8080 dashboard';
    await look(service);
    expect(await statusOf(service)).toBe('fix');
    const [waiver] = await service.decisions.waivers({ node: 'miu' });
    expect(waiver?.ended?.why).toBe('evidence-changed');
    await expect.poll(() => notices.length).toBe(1);
  });

  it('come back when the time is over, without a look', async () => {
    const service = await withFinding();
    await waive(service);
    clock.jump(10 * DAY);
    expect(await statusOf(service)).toBe('fix');
    expect((await service.decisions.waivers({ node: null }))[0]?.ended?.why).toBe('expired');
  });

  it('can be taken back, and replaced', async () => {
    const service = await withFinding();
    const first = await waive(service);
    const second = await waive(service, { reason: 'another reason' });
    expect(await statusOf(service)).toBe('waived');
    expect(
      (await service.decisions.waivers({ node: null })).filter((entry) => entry.ended === null),
    ).toHaveLength(1);
    const ended = await service.decisions.withdraw({ waiver: second.id });
    expect(ended.ended?.why).toBe('withdrawn');
    expect(await statusOf(service)).toBe('fix');
    expect((await service.decisions.withdraw({ waiver: first.id })).ended?.why).toBe('withdrawn');
    expect(await codeOf(service.decisions.withdraw({ waiver: 'nothing' }))).toBe('DECISION_UNKNOWN');
  });

  it('are only for what is open, and for a year at most', async () => {
    const service = await withFinding();
    expect(await codeOf(waive(service, { check: 'time-sync' }))).toBe('NOT_ALLOWED');
    expect(await codeOf(waive(service, { check: 'backups' }))).toBe('NOT_ALLOWED');
    expect(await codeOf(waive(service, { node: 'nobody' }))).toBe('NODE_UNKNOWN');
    expect(await codeOf(waive(service, { until: START }))).toBe('NOT_ALLOWED');
    expect(await codeOf(waive(service, { until: '2028-01-01T00:00:00.000Z' }))).toBe('NOT_ALLOWED');
    expect(await statusOf(service)).toBe('fix');
  });
});

describe('declarations', () => {
  it('count at once, without a look, and can be taken back', async () => {
    acted.miu = { statuses: { 'unused-interfaces': 'review' } };
    const { service, seen } = await start();
    await add(service, 'miu');
    await look(service);
    const declared = await service.decisions.declare({
      node: null,
      kind: 'interface',
      value: 'unused-interfaces',
      reason: 'meant so',
    });
    const status = async () => (await service.findings.list({ node: 'miu' }))[0]?.status;
    expect(await status()).toBe('pass');
    expect(seen.collecting).toHaveLength(1);
    expect(await service.decisions.declarations(NONE)).toEqual([declared]);
    const again = { node: null, kind: 'interface', value: 'unused-interfaces', reason: 'once more' } as const;
    expect(await codeOf(service.decisions.declare(again))).toBe('NOT_ALLOWED');
    expect(await service.decisions.undeclare({ declaration: declared.id })).toEqual({ removed: true });
    expect(await status()).toBe('review');
    expect(await codeOf(service.decisions.undeclare({ declaration: declared.id }))).toBe('DECISION_UNKNOWN');
  });
});

describe('nodes', () => {
  it('are removed with a way back, and forgotten at the next start', async () => {
    acted.miu = { statuses: { 'service-bindings': 'fix' } };
    const first = await start();
    const { service } = first;
    await add(service, 'miu');
    await look(service);
    const before = await service.findings.list({ node: null });
    const { undo } = await service.nodes.remove({ node: 'miu' });
    expect(await service.nodes.list(NONE)).toEqual([]);
    expect(await service.findings.list({ node: null })).toEqual([]);
    expect((await service.findings.overview({ node: null })).sentence).toMatch(/^No node yet/);
    expect((await service.nodes.restore({ undo })).name).toBe('miu');
    expect(await service.findings.list({ node: null })).toEqual(before);
    expect(await codeOf(service.nodes.restore({ undo }))).toBe('NODE_UNKNOWN');

    const again = await service.nodes.remove({ node: 'miu' });
    await add(service, 'other');
    expect(await codeOf(service.nodes.restore({ undo: again.undo }))).toBe('NODE_EXISTS');
    await service.close();
    const second = await start();
    expect((await second.service.nodes.list(NONE)).map((node) => node.id)).toEqual(['other']);
    expect(await codeOf(second.service.nodes.restore({ undo: again.undo }))).toBe('NODE_UNKNOWN');
    // Nothing is left of it: its id is free again, and a new node of its name begins without findings.
    await second.service.nodes.remove({ node: 'other' });
    expect((await add(second.service, 'miu')).id).toBe('miu');
    expect(await second.service.findings.list({ node: 'miu' })).toEqual([]);
  });

  it('have names of their own, which sentences use at once', async () => {
    acted.miu = { statuses: { 'service-bindings': 'fix' } };
    const { service } = await start();
    await add(service, 'miu');
    await add(service, 'pi', 'local');
    await look(service, { nodes: ['miu'] });
    expect(await codeOf(service.nodes.rename({ node: 'miu', name: 'pi' }))).toBe('NOT_ALLOWED');
    expect(await codeOf(service.nodes.rename({ node: 'miu', name: '\u202e\u200b' }))).toBe('NOT_ALLOWED');
    expect((await service.nodes.rename({ node: 'miu', name: 'kitchen' })).id).toBe('miu');
    const [found] = await service.findings.list({ node: 'miu' });
    expect(found).toMatchObject({ nodeName: 'kitchen', summary: 'service-bindings is fix on kitchen.' });
    expect(await codeOf(add(service, 'twice', 'local'))).toBe('NODE_EXISTS');
  });

  it('over SSH are not added without a confirmed key, and nothing is sent', async () => {
    const { service } = await start();
    const address = { kind: 'ssh', host: '127.0.0.1', port: 1 } as const;
    expect(await codeOf(service.nodes.add({ address, confirmedKeys: [] }))).toBe('HOST_KEY_UNCONFIRMED');
    expect(await codeOf(service.nodes.add({ address, confirmedKeys: ['* ssh-ed25519 AAAA'] }))).toBe(
      'NOT_ALLOWED',
    );
    expect(await service.nodes.list(NONE)).toEqual([]);
  });

  it('say whether an agent shares the account of the console', async () => {
    acted.miu = { statuses: {}, uid: 4_711 };
    const { service } = await start({ ownUid: 4_711 });
    expect(await service.system.about(NONE)).toMatchObject({ agentUnderOwnAccount: null, runsAsRoot: false });
    await add(service, 'miu', 'local');
    await look(service);
    expect((await service.system.about(NONE)).agentUnderOwnAccount).toBe(true);
    acted.miu.uid = 990;
    await look(service);
    expect((await service.system.about(NONE)).agentUnderOwnAccount).toBe(false);
  });

  it('keep their profile and its corrections', async () => {
    acted.miu = { statuses: {} };
    const { service } = await start();
    await add(service, 'miu');
    expect(await service.nodes.profile({ node: 'miu' })).toMatchObject({ detected: null, observedAt: null });
    await look(service);
    const corrections = [{ instance: 'mycoswarm.service', apiPort: 7_891 }];
    expect(await service.nodes.correctProfile({ node: 'miu', corrections })).toEqual({ corrections });
    expect(await service.nodes.profile({ node: 'miu' })).toMatchObject({
      corrections,
      effective: { instances: [{ apiPort: 7_890 }] },
      observedAt: START,
    });
  });
});

describe('settings, set-up and the sample', () => {
  it('keeps settings and progress over a restart', async () => {
    const first = await start();
    expect(await first.service.settings.get(NONE)).toEqual(DEFAULT_SETTINGS);
    const changed = { ...DEFAULT_SETTINGS, lookEveryMinutes: 15, theme: 'dark' as const };
    expect(await first.service.settings.set(changed)).toEqual(changed);
    await add(first.service, 'miu');
    expect(await first.service.setup.get({ node: 'miu' })).toBeNull();
    const progress = {
      node: 'miu',
      current: 'sandbox-mode' as const,
      later: ['dedicated-user' as const],
      finishedAt: null,
    };
    await first.service.setup.save(progress);
    expect(await codeOf(first.service.setup.save({ ...progress, node: 'nobody' }))).toBe('NODE_UNKNOWN');
    await first.service.close();
    const { service } = await start();
    expect(await service.settings.get(NONE)).toEqual(changed);
    expect(await service.setup.get({ node: 'miu' })).toEqual(progress);
  });

  it('opens the sample once, marks it, and never notifies of it', async () => {
    acted.sample = { statuses: { 'service-bindings': 'fix' } };
    const first = await start({ sample: true });
    await look(first.service);
    await first.service.close();
    const { service } = await start({ sample: true });
    await look(service);
    acted.sample.statuses = { 'service-bindings': 'pass' };
    await look(service);
    expect(await service.nodes.list(NONE)).toHaveLength(1);
    const home = await service.findings.overview({ node: null });
    expect(home.sentence).toBe('Sample: Nothing needs you. sample stands on Exposed.');
    expect(home.standings[0]?.sample).toBe(true);
    expect(home.nextLookAt).toBeNull();
    expect(notices).toEqual([]);
  });

  it('looks by the clock, and gives the weekly word', async () => {
    acted.miu = { statuses: { 'service-bindings': 'fix' } };
    const { service, seen } = await start({ schedule: true });
    await add(service, 'miu', 'local');
    const tick = async (ms: number): Promise<void> => {
      await clock.pass(ms);
      await new Promise((resolve) => setTimeout(resolve, 30));
    };
    await tick(3_000);
    expect(seen.collecting).toHaveLength(1);
    expect((await service.findings.overview({ node: null })).nextLookAt).toBe('2026-11-20T13:00:02.000Z');
    await tick(3_601_000);
    await tick(31_000);
    expect(seen.collecting).toHaveLength(2);
    clock.jump(7 * DAY);
    await tick(31_000);
    await tick(31_000);
    expect(seen.collecting).toHaveLength(3);
    expect(notices.map((notice) => notice.sentence)).toEqual(['Still open: 1 to fix, on miu.']);
  });
});

describe('closing', () => {
  it('cancels what runs, and is harmless twice', async () => {
    acted.miu = { statuses: {}, deaf: true };
    const { service } = await start({ thread: true });
    await add(service, 'miu');
    await service.looks.start({});
    await Promise.all([service.close(), service.close()]);
    expect(await codeOf(service.nodes.list(NONE))).toBe('STORE_UNAVAILABLE');
  });

  it('is refused to a second console on the same folder, with a word that says why', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ name: 'StoreError', kind: 'owned' });
  });
});
