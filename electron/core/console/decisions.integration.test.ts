import { describe, expect, it } from 'vitest';
import type { ConsoleService } from './service.ts';
import { addNode, codeOf, consoleBench, DAY, look, NONE, START } from './testing/console-bench.ts';
import type { ActedNode } from './testing/fake-looking.ts';

const bench = consoleBench();

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
    bench.acted.miu = { statuses: { 'service-bindings': 'fix', 'time-sync': 'pass' } };
    const { service } = await bench.start();
    await addNode(service, 'miu');
    await look(service);
    return service;
  }

  it('stay visible, and hold over looks that see the same', async () => {
    const service = await withFinding();
    const waiver = await waive(service);
    bench.clock.jump(DAY);
    await look(service);
    expect(await service.findings.get({ node: 'miu', check: 'service-bindings' })).toMatchObject({
      status: 'waived',
      waiver: { id: waiver.id, reason: 'behind a wall', until, underneath: 'fix' },
      // Accepting it does not make it a day old.
      since: START,
      before: null,
    });
    const home = await service.findings.overview({ node: null });
    expect(home.counts).toMatchObject({ waived: 1, fix: 0 });
    expect(bench.notices).toEqual([]);
  });

  it('come back when the evidence changes', async () => {
    const service = await withFinding();
    await waive(service);
    const node = bench.acted.miu as ActedNode;
    node.evidence = '0.0.0.0:8080 dashboard';
    await look(service);
    expect(await statusOf(service)).toBe('fix');
    const [waiver] = await service.decisions.waivers({ node: 'miu' });
    expect(waiver?.ended?.why).toBe('evidence-changed');
    await expect.poll(() => bench.notices.length).toBe(1);
  });

  it('do not begin anew by being accepted and taken back', async () => {
    const service = await withFinding();
    bench.clock.jump(DAY);
    const waiver = await waive(service);
    bench.clock.jump(DAY);
    await service.decisions.withdraw({ waiver: waiver.id });
    bench.clock.jump(DAY);
    await look(service);
    expect(await service.findings.get({ node: 'miu', check: 'service-bindings' })).toMatchObject({
      status: 'fix',
      since: START,
    });
  });

  it('come back when the time is over, without a look', async () => {
    const service = await withFinding();
    await waive(service);
    bench.clock.jump(10 * DAY);
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
    bench.acted.miu = { statuses: { 'unused-interfaces': 'review' } };
    const { service, seen } = await bench.start();
    await addNode(service, 'miu');
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
