import type { UnhashedPlan } from '#core/fixes/plan-registry.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import type { PlanStep } from '#shared/domain/plan.ts';

/** @returns a step that makes a file, for tests */
export function exampleStep(path: string, change: Partial<PlanStep> = {}): PlanStep {
  const action: HelperAction = {
    verb: 'write-file',
    path,
    contents: Buffer.from(`# ${path}\n`).toString('base64'),
    uid: 0,
    gid: 0,
    mode: 0o644,
    expect: { kind: 'absent' },
  };
  return {
    check: 'outbound-firewall',
    title: `Write ${path}`,
    phase: 'now',
    action,
    preview: { kind: 'file', path, before: null, after: `# ${path}\n`, attributes: 'root:root 0644' },
    needs: ['root'],
    interrupts: null,
    undo: 'The file goes away.',
    undoable: true,
    ...change,
  };
}

/** @returns a plan as the core makes it, for tests */
export function examplePlan(change: Partial<UnhashedPlan> = {}): UnhashedPlan {
  return {
    id: 'c'.repeat(32),
    purpose: 'fix',
    node: 'miu',
    nodeName: 'miu',
    checks: ['outbound-firewall'],
    title: 'Close the way out for mycoSwarm on miu',
    madeAt: '2026-11-21T19:20:00.000Z',
    settings: [],
    steps: [exampleStep('/etc/swarmkeep/rules.nft')],
    proofs: [{ kind: 'check', check: 'outbound-firewall' }],
    revertsAfter: null,
    access: { via: 'sudo', installed: true, outdated: false, words: 'sudo asks for no password on miu.' },
    blocked: null,
    left: [],
    differences: [],
    of: null,
    ...change,
  };
}
