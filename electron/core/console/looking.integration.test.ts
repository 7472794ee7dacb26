import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import type { ChangeDelta } from './service.ts';
import { addNode, codeOf, consoleBench, DAY, look, NONE, START } from './testing/console-bench.ts';
import { fakeLooking } from './testing/fake-looking.ts';

const bench = consoleBench();

describe('looking', () => {
  it('keeps findings with their history, and says until when it was fine', async () => {
    bench.acted.miu = { statuses: { 'service-bindings': 'pass', 'time-sync': 'fix' } };
    const { service } = await bench.start();
    await addNode(service, 'miu');
    await look(service);
    bench.clock.jump(DAY);
    await look(service);
    bench.clock.jump(DAY);
    bench.acted.miu.statuses = { 'service-bindings': 'fix', 'time-sync': 'fix' };
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
    expect(home.sentence).toBe('miu answers on every network.');
    expect(home.since).toHaveLength(1);
    expect(home.since[0]).toMatchObject({ from: 'pass', to: 'fix', nodeName: 'miu' });
    expect(home.lookedAt).toBe('2026-11-22T12:00:00.000Z');
    const list = await service.findings.list({ node: null });
    expect(list.map((entry) => entry.check)).toEqual(['service-bindings', 'time-sync']);
  });

  it('keeps everything over a restart', async () => {
    bench.acted.miu = { statuses: { 'service-bindings': 'fix' } };
    const first = await bench.start({ thread: true });
    await addNode(first.service, 'miu');
    await look(first.service);
    const before = await first.service.findings.list({ node: null });
    await first.service.close();
    const { service } = await bench.start({ thread: true });
    expect(await service.findings.list({ node: null })).toEqual(before);
  });

  it('joins a look that runs, and shows it to all', async () => {
    const gate = Promise.withResolvers<void>();
    bench.acted.miu = { statuses: { 'time-sync': 'pass' }, gate: gate.promise };
    const { service, seen } = await bench.start();
    await addNode(service, 'miu');
    const first = await service.looks.start({});
    const second = await service.looks.start({ nodes: ['miu'] });
    expect(second.looks[0]?.look).toBe(first.looks[0]?.look);
    gate.resolve();
    await look(service);
    expect(seen.collecting).toEqual(['miu']);
  });

  it('gives a look up after its longest time, and waits longer for a machine that is known to be slow', async () => {
    bench.acted.miu = { statuses: {}, deaf: true };
    const { looking } = fakeLooking(bench.acted, () => bench.clock.now());
    // A ten-thousandth of the two minutes that a look has at most.
    const { service } = await bench.start({ looking: { ...looking, patience: 0.0001 } });
    await addNode(service, 'miu');
    const [ended] = await look(service);
    expect(ended).toMatchObject({ state: 'failed', error: 'It took too long to answer.' });
  });

  it('is not held up by a node that does not answer, and leaves its findings as they were', async () => {
    bench.acted.miu = { statuses: { 'service-bindings': 'fix' } };
    bench.acted.pi = { statuses: { 'time-sync': 'pass' } };
    const { service } = await bench.start();
    await addNode(service, 'pi');
    await addNode(service, 'miu', 'local');
    await look(service);
    bench.clock.jump(60_000);
    bench.acted.pi.deaf = true;
    const { looks } = await service.looks.start({});
    await expect
      .poll(async () => (await service.nodes.list(NONE))[0]?.lastLookAt)
      .toBe('2026-11-20T12:01:00.000Z');
    const stuck = looks.find((entry) => entry.nodeName === 'pi')?.look ?? '';
    expect(await service.looks.cancel({ look: stuck })).toEqual({ cancelled: true });
    const ended = await look(service, { nodes: ['miu'] });
    expect(ended.at(-1)?.state).toBe('done');
    expect(await service.looks.cancel({ look: stuck })).toEqual({ cancelled: false });

    bench.acted.pi = {
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
    bench.acted.pi = { statuses: { 'time-sync': 'pass' } };
    await look(service, { nodes: ['pi'] });
    expect((await service.findings.list({ node: 'pi' }))[0]?.stale).toBe(false);
    expect(bench.notices.map((notice) => notice.sentence)).toEqual([
      'pi does not answer; its findings are from before.',
      'pi is back.',
    ]);
  });

  it('does not blame a node for a fault of its own', async () => {
    bench.acted.miu = { statuses: { 'time-sync': 'pass' } };
    const { looking } = fakeLooking(bench.acted, () => bench.clock.now());
    let broken = false;
    const check: typeof looking.check = (...input) => {
      if (broken) throw new TypeError('a secret of the inside');
      return looking.check(...input);
    };
    const { service } = await bench.start({ looking: { ...looking, check } });
    await addNode(service, 'miu');
    await look(service);
    broken = true;
    const [state] = (await look(service)).filter((entry) => entry.state === 'failed');
    expect(state?.error).toBe(
      'The look ended with a fault of Swarmkeep itself. The findings are from before.',
    );
    expect(bench.notices).toEqual([]);
    expect((await service.findings.list({ node: 'miu' }))[0]).toMatchObject({ status: 'pass', stale: true });
  });

  it('looks at what was asked for only, and says no to what it does not know', async () => {
    bench.acted.miu = { statuses: { 'time-sync': 'pass', 'ssh-server': 'fix' } };
    const { service } = await bench.start();
    await addNode(service, 'miu');
    await service.looks.start({ only: ['time-sync'] });
    await look(service, { only: ['time-sync'] as never[] });
    expect((await service.findings.list({ node: null })).map((entry) => entry.check)).toEqual(['time-sync']);
    expect(await codeOf(service.looks.start({ nodes: ['nobody'] }))).toBe('NODE_UNKNOWN');
    expect(await codeOf(service.looks.cancel({ look: 'nothing' }))).toBe('LOOK_UNKNOWN');
    expect(await codeOf(service.findings.get({ node: 'miu', check: 'backups' }))).toBe('NOT_ALLOWED');
    expect(await codeOf(service.findings.list({ node: 'nobody' }))).toBe('NODE_UNKNOWN');
  });

  it('tells of changes only, once per round, and not of the first look', async () => {
    bench.acted.miu = { statuses: { 'service-bindings': 'fix', 'time-sync': 'pass' } };
    bench.acted.pi = { statuses: { 'time-sync': 'pass' } };
    const { service } = await bench.start();
    await addNode(service, 'pi');
    await addNode(service, 'miu', 'local');
    const deltas: ChangeDelta[] = [];
    service.topics.changes.onDelta((delta) => deltas.push(delta));
    await look(service);
    await look(service);
    expect(bench.notices).toEqual([]);
    bench.acted.miu.statuses['time-sync'] = 'fix';
    bench.acted.pi.statuses['time-sync'] = 'review';
    await look(service);
    await expect.poll(() => bench.notices.length).toBe(1);
    expect(bench.notices[0]).toMatchObject({
      node: null,
      sentence: 'Two things changed for the worse on miu and pi.',
    });
    expect(deltas.filter((delta) => delta.what === 'notice')).toHaveLength(1);
    await service.settings.set({
      ...DEFAULT_SETTINGS,
      notifications: { ...DEFAULT_SETTINGS.notifications, onChange: false },
    });
    bench.acted.miu.statuses['time-sync'] = 'pass';
    await look(service);
    expect(bench.notices).toHaveLength(1);
  });

  it('tells of a second thing inside a finding that was bad already, and not of what changes by itself', async () => {
    bench.acted.miu = { statuses: { 'service-bindings': 'fix' }, evidence: '0.0.0.0:7890 api (pid 812)' };
    const { service } = await bench.start();
    await addNode(service, 'miu');
    await look(service);
    bench.clock.jump(DAY);
    bench.acted.miu.evidence = '0.0.0.0:7890 api (pid 99)';
    await look(service);
    const found = () => service.findings.get({ node: 'miu', check: 'service-bindings' });
    expect((await found()).changed).toBeNull();
    expect(bench.notices).toEqual([]);

    bench.acted.miu.more = ['0.0.0.0:8080 dashboard (pid 813)'];
    await look(service);
    const said = 'service-bindings is fix on miu. Now also 0.0.0.0:8080 dashboard (pid 813): seen.';
    expect(await found()).toMatchObject({
      since: START,
      changed: { at: '2026-11-21T12:00:00.000Z', words: 'Now also 0.0.0.0:8080 dashboard (pid 813): seen.' },
    });
    expect(bench.notices.map((notice) => notice.sentence)).toEqual([said]);
    const history = await service.findings.history({ node: 'miu', check: 'service-bindings', days: 2 });
    expect(history.changes.at(-1)).toEqual({ at: '2026-11-21T12:00:00.000Z', status: 'fix', summary: said });
    const home = await service.findings.overview({ node: null });
    expect(home.since).toMatchObject([{ from: 'fix', to: 'fix', summary: said }]);

    bench.acted.miu.more = ['0.0.0.0:8080 dashboard (pid 7)'];
    await look(service);
    expect(bench.notices).toHaveLength(1);
    bench.acted.miu.more = [];
    await look(service);
    expect((await found()).changed?.words).toMatch(/^No longer 0\.0\.0\.0:8080/);
    expect(bench.notices).toHaveLength(1);
  });
});
