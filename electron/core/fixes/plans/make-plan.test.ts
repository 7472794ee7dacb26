import { describe, expect, it } from 'vitest';
import { inputFor } from '#core/checks/testing/facts-builder.ts';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import type { Fix, FixPlan } from '#core/fixes/fix.ts';
import { planHash } from '#core/fixes/plan-registry.ts';
import { exampleFinding } from '#core/store/testing/example-findings.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import { type PlanStep, plan as planShape } from '#shared/domain/plan.ts';
import { makePlan, type PlanRequest, planTargets } from './make-plan.ts';
import { inOrder } from './order.ts';
import { exampleStep } from './testing/example-plan.ts';

const stock = stockNode();
const withoutMycoswarm = { ...stock, profile: { ...stock.profile, instances: [] } };

const restart: HelperAction = {
  verb: 'set-unit',
  unit: 'mycoswarm.service',
  action: 'restart',
  reread: true,
};

function step(check: CheckId, path: string, text = path): PlanStep {
  const made = exampleStep(path, { check });
  const action = made.action as Extract<HelperAction, { verb: 'write-file' }>;
  return { ...made, action: { ...action, contents: Buffer.from(text).toString('base64') } };
}

const restarting = (check: CheckId): PlanStep =>
  exampleStep('x', { check, title: 'Restart', action: restart });

function fix(check: CheckId, steps: readonly PlanStep[], change: Partial<Fix> & Partial<FixPlan> = {}): Fix {
  const { mayCutOff = false } = change;
  return {
    check,
    words: `Repairs ${check}.`,
    after: [],
    targets: () =>
      steps.map((one) => ({ path: one.preview.kind === 'file' ? one.preview.path : '/x', text: false })),
    plan: () => ({
      automatic: true,
      plan: {
        title: `Repair ${check}`,
        settings: [],
        steps: [...steps],
        proofs: [{ kind: 'check', check }],
        mayCutOff,
      },
    }),
    ...change,
  };
}

function request(fixes: readonly Fix[], change: Partial<PlanRequest> = {}): PlanRequest {
  const checks = change.checks ?? fixes.map((one) => one.check);
  return {
    id: 'a'.repeat(32),
    node: { id: 'miu', name: 'miu' },
    madeAt: '2026-11-21T19:20:00.000Z',
    checks,
    book: { fixes, notAutomatic: [{ check: 'backups', reason: 'Only you can say where.' }] },
    known: inputFor(withoutMycoswarm),
    findings: new Map(checks.map((check) => [check, exampleFinding(check, 'fix')])),
    states: new Map(),
    access: { via: 'sudo', installed: true, outdated: false, words: 'sudo asks for no password.' },
    revertsAfter: undefined,
    unseen: null,
    ...change,
  };
}

describe('planning', () => {
  it('is one plan that the contract allows, the same byte for byte', () => {
    const fixes = [
      fix('sandbox-mode', [step('sandbox-mode', '/etc/a')]),
      fix('swarm-secret', [step('swarm-secret', '/etc/b')]),
    ];
    const made = makePlan(request(fixes));
    expect(planShape.parse({ ...made, hash: planHash(made) })).toMatchObject({
      title: 'Repair 2 things on miu',
      checks: ['sandbox-mode', 'swarm-secret'],
      blocked: null,
      revertsAfter: null,
    });
    expect(JSON.stringify(makePlan(request(fixes)))).toBe(JSON.stringify(made));
  });

  it('lets mycoSwarm answer afterwards where a step restarted it or loaded rules', () => {
    const [instance] = stock.profile.instances;
    const answersOf = (action: HelperAction, change: Partial<typeof instance> = {}) => {
      const instances = stock.profile.instances.map((one) => ({ ...one, ...change }));
      const facts = { ...stock, profile: { ...stock.profile, instances } };
      const own = fix('sandbox-mode', [exampleStep('x', { check: 'sandbox-mode', action })]);
      return makePlan(request([own], { known: inputFor(facts) })).proofs.filter(
        ({ kind }) => kind === 'answers',
      );
    };
    const asked = {
      kind: 'answers',
      check: 'sandbox-mode',
      uid: instance?.uid,
      address: '127.0.0.1',
      port: 7_890,
      settlesWithin: 60,
    };
    expect(instance).toMatchObject({ unit: 'mycoswarm.service', running: true, apiPort: 7_890 });
    expect(answersOf(restart)).toEqual([asked]);
    expect(
      answersOf({ verb: 'load-table', table: { family: 'inet', name: 'swarmkeep_agent' }, text: '' }),
    ).toEqual([asked]);
    expect(answersOf({ ...restart, unit: 'ssh.service' })).toEqual([]);
    expect(answersOf({ verb: 'reread-units' })).toEqual([]);
    // What did not run before has nothing to show, and root is asked for by nobody.
    expect(answersOf(restart, { running: false })).toEqual([]);
    expect(answersOf(restart, { uid: 0, user: 'root' })).toMatchObject([{ uid: 65_534 }]);
  });

  it('puts what others build on first, and cuts a circle', () => {
    const a = fix('peer-allowlist', [], { after: ['outbound-firewall'] });
    const b = fix('outbound-firewall', [], { after: ['dedicated-user'] });
    const c = fix('dedicated-user', []);
    expect(inOrder([a, b, c]).map((one) => one.check)).toEqual([
      'dedicated-user',
      'outbound-firewall',
      'peer-allowlist',
    ]);
    const circle = fix('dedicated-user', [], { after: ['peer-allowlist'] });
    expect(inOrder([a, b, circle])).toHaveLength(3);
    expect(inOrder([a])).toEqual([a]);
  });

  it('does a step once that two need just so, and restarts once, at the end', () => {
    const shared = step('sandbox-mode', '/etc/both');
    const made = makePlan(
      request([
        fix('sandbox-mode', [shared, restarting('sandbox-mode')]),
        fix('swarm-secret', [
          { ...shared, check: 'swarm-secret' },
          step('swarm-secret', '/etc/b'),
          restarting('swarm-secret'),
        ]),
      ]),
    );
    expect(made.steps.map((one) => one.title)).toEqual(['Write /etc/both', 'Write /etc/b', 'Restart']);
    expect(made.left).toEqual([]);
  });

  it('says which checks wait for a second plan, and counts no others among them', () => {
    const waits = (check: CheckId, reason: string) =>
      fix(check, [], { after: ['dedicated-user'], plan: () => ({ automatic: false, reason }) });
    const first = fix('dedicated-user', [step('dedicated-user', '/etc/a')]);
    const made = makePlan(
      request([
        first,
        waits('outbound-firewall', 'First give it an account, as "Its own account" does, then look again.'),
        waits('swarm-secret', 'There is nothing to do.'),
        fix('sandbox-mode', [step('sandbox-mode', '/etc/a', 'other')]),
      ]),
    );
    expect(made.checks).toEqual(['dedicated-user']);
    expect(made.next).toEqual(['outbound-firewall', 'sandbox-mode']);
    expect(makePlan(request([first]))).not.toHaveProperty('next');
    // What this plan does not repair is not waited for.
    const alone = makePlan(request([waits('outbound-firewall', 'First "Its own account".')]));
    expect(alone).not.toHaveProperty('next');
  });

  it.each([
    ['the same file otherwise', step('swarm-secret', '/etc/both', 'other'), '/etc/both'],
    [
      'a tree around it',
      exampleStep('/etc', {
        check: 'swarm-secret',
        action: {
          verb: 'set-tree-attributes',
          path: '/etc',
          uid: 0,
          gid: 0,
          takeBits: 0,
          giveBits: 0,
          expect: { kind: 'any' },
        },
      }),
      '/etc/both',
    ],
  ])('leaves out a check that changes %s, and names both', (_, other, common) => {
    const made = makePlan(
      request([fix('sandbox-mode', [step('sandbox-mode', '/etc/both')]), fix('swarm-secret', [other])]),
    );
    expect(made.checks).toEqual(['sandbox-mode']);
    expect(made.left[0]).toMatchObject({ check: 'swarm-secret' });
    expect(made.left[0]?.reason).toContain(common);
    expect(made.left[0]?.reason).toContain('sandbox-mode');
  });

  it('leaves out what cannot be done, each with its reason, and goes on with the rest', () => {
    const broken = fix('swarm-secret', [], {
      plan: () => {
        throw new TypeError('x is not a function');
      },
    });
    const refused = fix('time-sync', [], { plan: () => ({ automatic: false, reason: 'Not here.' }) });
    const made = makePlan(
      request([fix('sandbox-mode', [step('sandbox-mode', '/etc/a')]), broken, refused], {
        checks: ['sandbox-mode', 'swarm-secret', 'time-sync', 'backups'],
      }),
    );
    expect(made.checks).toEqual(['sandbox-mode']);
    expect(Object.fromEntries(made.left.map((one) => [one.check, one.reason]))).toEqual({
      backups: 'Only you can say where.',
      'swarm-secret': expect.stringContaining('fault of Swarmkeep'),
      'time-sync': 'Not here.',
    });
  });

  it('takes itself back after a minute when it may cut the operator off, or when that is wished', () => {
    const cuts = fix('ssh-server', [step('ssh-server', '/etc/s')], { mayCutOff: true });
    expect(makePlan(request([cuts])).revertsAfter).toBe(60);
    expect(makePlan(request([cuts], { revertsAfter: 300 })).revertsAfter).toBe(300);
    const harmless = fix('sandbox-mode', [step('sandbox-mode', '/etc/a')]);
    expect(makePlan(request([harmless])).revertsAfter).toBeNull();
    expect(makePlan(request([harmless], { revertsAfter: 30 })).revertsAfter).toBe(30);
  });

  it.each([
    [
      'nothing is allowed',
      { access: { via: 'none', installed: false, outdated: false, words: 'Not allowed yet.' } },
      'Not allowed yet.',
    ],
    [
      'the helper is another one',
      { access: { via: 'sudo', installed: true, outdated: true, words: 'Another helper.' } },
      'Another helper.',
    ],
    ['the targets were not seen', { unseen: 'The password was not given.' }, 'The password was not given.'],
  ] as const)('is a preview when %s', (_, change, blocked) => {
    const made = makePlan(request([fix('sandbox-mode', [step('sandbox-mode', '/etc/a')])], change));
    expect(made.blocked).toBe(blocked);
    expect(made.steps).toHaveLength(1);
  });

  it('asks for every target once, with its text where anybody needs it', () => {
    const one = fix('sandbox-mode', [], { targets: () => [{ path: '/etc/a', text: false }] });
    const two = fix('swarm-secret', [], {
      targets: () => [
        { path: '/etc/a', text: true },
        { path: '/etc/b', text: false },
      ],
    });
    expect(planTargets(request([one, two]))).toEqual([
      { path: '/etc/a', text: true },
      { path: '/etc/b', text: false },
    ]);
  });
});
