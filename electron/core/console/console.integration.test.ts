import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import { addNode, codeOf, consoleBench, DAY, look, NONE } from './testing/console-bench.ts';

const bench = consoleBench();

describe('settings, set-up and the sample', () => {
  it('keeps settings and progress over a restart', async () => {
    const first = await bench.start();
    expect(await first.service.settings.get(NONE)).toEqual(DEFAULT_SETTINGS);
    const changed = { ...DEFAULT_SETTINGS, lookEveryMinutes: 15, theme: 'dark' as const };
    expect(await first.service.settings.set(changed)).toEqual(changed);
    await addNode(first.service, 'miu');
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
    const { service } = await bench.start();
    expect(await service.settings.get(NONE)).toEqual(changed);
    expect(await service.setup.get({ node: 'miu' })).toEqual(progress);
  });

  it('opens the sample once, marks it, and never notifies of it', async () => {
    bench.acted.sample = { statuses: { 'service-bindings': 'fix' } };
    const first = await bench.start({ sample: true });
    await look(first.service);
    await first.service.close();
    const { service } = await bench.start({ sample: true });
    await look(service);
    bench.acted.sample.statuses = { 'service-bindings': 'pass' };
    await look(service);
    expect(await service.nodes.list(NONE)).toHaveLength(1);
    const home = await service.findings.overview({ node: null });
    expect(home.sentence).toBe('This is a sample. Nothing needs you. sample stands on Exposed.');
    expect(home.standings[0]?.sample).toBe(true);
    expect(home.nextLookAt).toBeNull();
    expect(bench.notices).toEqual([]);
  });

  it('looks by the clock, and gives the weekly word', async () => {
    bench.acted.miu = { statuses: { 'service-bindings': 'fix' } };
    const { service, seen } = await bench.start({ schedule: true });
    await addNode(service, 'miu', 'local');
    const tick = async (ms: number): Promise<void> => {
      await bench.clock.pass(ms);
      await new Promise((resolve) => setTimeout(resolve, 30));
    };
    await tick(3_000);
    expect(seen.collecting).toHaveLength(1);
    expect((await service.findings.overview({ node: null })).nextLookAt).toBe('2026-11-20T13:00:02.000Z');
    await tick(3_601_000);
    await tick(31_000);
    expect(seen.collecting).toHaveLength(2);
    bench.clock.jump(7 * DAY);
    await tick(31_000);
    await tick(31_000);
    expect(seen.collecting).toHaveLength(3);
    expect(bench.notices.map((notice) => notice.sentence)).toEqual(['Still open: 1 to fix, on miu.']);
  });
});

describe('closing', () => {
  it('cancels what runs, and is harmless twice', async () => {
    bench.acted.miu = { statuses: {}, deaf: true };
    const { service } = await bench.start({ thread: true });
    await addNode(service, 'miu');
    await service.looks.start({});
    await Promise.all([service.close(), service.close()]);
    expect(await codeOf(service.nodes.list(NONE))).toBe('STORE_UNAVAILABLE');
  });

  it('is refused to a second console on the same folder, with a word that says why', async () => {
    await bench.start();
    await expect(bench.start()).rejects.toMatchObject({ name: 'StoreError', kind: 'owned' });
  });
});
