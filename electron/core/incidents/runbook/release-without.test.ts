import { beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { Runbook } from './engine.ts';
import { IncidentRegistry } from './incident-registry.ts';
import type { RunbookParts } from './parts.ts';
import { planStep } from './plan-step.ts';
import { FakeIsolating } from './testing/fake-isolating.ts';
import { MemoryIncidents } from './testing/memory-store.ts';
import { caseOf } from './testing/naive-runbook.ts';

/** A node that was isolated and will never answer again. */
describe('a release without the node', () => {
  let store: MemoryIncidents;
  let isolating: FakeIsolating;
  let incident: Incident;
  let diesAt = '';

  const parts = (): RunbookParts => ({
    store,
    clock: { now: () => new Date('2026-11-22T23:10:00.000Z'), after: () => () => undefined },
    who: 'ana',
    ledger: {
      append: async () => undefined as never,
      recorded: async (operation, input) =>
        (store[operation as 'writeIncident'] as (input: unknown) => Promise<boolean>)(input) as never,
    },
    isolating,
    investigation: null,
    rebuilding: null,
    rotations: null,
    changed: () => undefined,
    fault: (point) => {
      if (point === diesAt) throw new Error('died');
    },
  });

  /** Plans a release, agrees to it and waits until it rests. */
  async function release(runbook: Runbook, without: boolean) {
    const plan = await planStep(parts(), await now(), 'release', 'node', '', without);
    if (plan === null) throw new Error('No plan');
    const registry = new IncidentRegistry();
    const { id, hash } = registry.add(plan);
    const claimed = registry.claim(id, hash);
    if (typeof claimed === 'string') throw new Error(claimed);
    if (plan.blocked !== null) throw new Error(plan.blocked);
    const begun = await runbook.begin(claimed);
    if (typeof begun === 'string') throw new Error(begun);
    await runbook.idle();
    return plan;
  }

  const now = async () => (await store.incident({ id: incident.id })) as Incident;
  const stepNow = async () => (await now()).steps.find(({ step }) => step === 'release');

  beforeEach(async () => {
    store = new MemoryIncidents();
    isolating = new FakeIsolating();
    isolating.next = 'contained-by-peers';
    diesAt = '';
    const plan = await isolating.plan({ nodes: ['naru'], scope: 'node' });
    await isolating.isolate({ plan: plan.id, hash: plan.hash });
    isolating.dead = true;
    const settled = caseOf('exfiltration').steps.map((step) =>
      step.action === 'release'
        ? step
        : {
            ...step,
            state: 'done' as const,
            proof: 'said' as const,
            run: step.action === 'isolate' ? plan.id : null,
          },
    );
    incident = { ...caseOf('exfiltration'), steps: settled };
    await store.openIncident({
      incident,
      entry: { at: incident.openedAt, who: 'ana', kind: 'opened', step: null, text: '' },
    });
  });

  it('is asked first, which never ends; then a person lets it go, with words and a yes of its own', async () => {
    const runbook = new Runbook(parts());
    const usual = await release(runbook, false);
    expect(usual.release).toEqual({ without: false, canWithout: true });
    expect(await stepNow()).toMatchObject({ state: 'failed' });
    const plan = await release(runbook, true);
    expect(plan).toMatchObject({ title: 'Let naru go without an answer', release: { without: true } });
    expect(plan.lines.join(' ')).toContain('set up anew before it rejoins');
    expect(plan.warnings.join(' ')).toContain('Nobody knows what runs on naru');
    expect(await stepNow()).toMatchObject({ state: 'done', proof: 'part' });
    expect(isolating.isolations.values().next().value?.nodes).toMatchObject([
      { state: 'released', setUpAnew: true },
    ]);
  });

  it('is not to be had for a node that answers', async () => {
    isolating.dead = false;
    const [id = ''] = isolating.isolations.keys();
    isolating.turn(id, 'kept');
    const plan = await planStep(parts(), await now(), 'release', 'node', '', true);
    expect(plan?.blocked).toContain('naru answers, so it is asked first');
    const usual = await planStep(parts(), await now(), 'release', 'node');
    expect([usual?.blocked, usual?.release]).toEqual([null, { without: false, canWithout: false }]);
  });

  it('is remembered by whoever goes on with it after a crash, for that try and for no other', async () => {
    diesAt = 'work release';
    const died = new Runbook(parts());
    await release(died, true).catch(() => undefined);
    await died.idle();
    await died.close();
    // The intent is on the disk, and nothing was told to anybody yet.
    const step = await stepNow();
    store.incidents.set(incident.id, {
      ...(await now()),
      steps: (await now()).steps.map((one) =>
        one.step === 'release' ? { ...one, state: 'under-way' as const } : one,
      ),
    });
    diesAt = '';
    const next = new Runbook(parts());
    await next.recover();
    await next.idle();
    expect(await stepNow()).toMatchObject({ run: step?.run, state: 'done', proof: 'part' });
  });

  it('is no consent for another release', async () => {
    const runbook = new Runbook(parts());
    const plan = await planStep(parts(), await now(), 'release', 'node', '', true);
    await store.keepResult({
      id: incident.id,
      step: `release-${plan?.id.slice(0, 16)}`,
      run: plan?.id ?? '',
      at: incident.openedAt,
      body: '{"withoutNode":true}',
    });
    await release(runbook, false);
    expect(await stepNow()).toMatchObject({ state: 'failed' });
  });
});
