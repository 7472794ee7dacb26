import { ConsoleError, type ConsoleService } from '#core/console/service.ts';
import { PlanRegistry } from '#core/fixes/plan-registry.ts';
import { CHECK_IDS, type CheckId } from '#shared/domain/check-id.ts';
import type { AppliedChange, HelperAccess, Plan } from '#shared/domain/plan.ts';
import type { Scenario } from '../scenario.ts';
import { TopicDouble } from '../topic-double.ts';
import { ChangeRun } from './change-run.ts';
import { BY_HAND, type PlanPart, planPart, stepOf } from './plan-book.ts';

const NONE: HelperAccess = {
  via: 'none',
  installed: false,
  outdated: false,
  words: 'Nothing is allowed on this node yet, so Swarmkeep shows steps and does none of them.',
};
const RECORDED: HelperAccess = {
  ...NONE,
  words: 'This is a recording of a machine: there is nothing that could be changed.',
};
const SUDO: HelperAccess = {
  via: 'sudo',
  installed: true,
  outdated: false,
  words: 'As administrator through sudo, for this one program.',
};

export interface FixesHooks {
  answer<T>(work: () => T): Promise<T>;
  /** The present instant of the scenario, which goes on. */
  now(): number;
  /** Findings changed. */
  changed(node: string): void;
}

/** Plans and changes of the double. Nothing outside its memory is touched. */
export class FixesDouble {
  readonly registry = new PlanRegistry();
  readonly topic = new TopicDouble<AppliedChange[], AppliedChange>(() => this.#recent());
  readonly #scenario: Scenario;
  readonly #hooks: FixesHooks;
  readonly #access = new Map<string, HelperAccess>();
  readonly #runs = new Map<string, ChangeRun>();
  #settled: AppliedChange[];
  #serial = 0;
  /** What a person answers outside the page. Tests put their own in its place. */
  consent: () => Promise<boolean>;

  constructor(scenario: Scenario, hooks: FixesHooks) {
    this.#scenario = scenario;
    this.#hooks = hooks;
    this.#settled = [...(scenario.fixes?.applied ?? [])];
    this.consent = () =>
      new Promise((resolve) => setTimeout(() => resolve(scenario.fixes?.agrees ?? false), 300));
    for (const node of scenario.nodes) {
      this.#access.set(node.id, scenario.fixes?.access[node.id] ?? NONE);
    }
  }

  readonly plans: ConsoleService['plans'] = {
    apply: async (claimed) => ({ change: this.#begin(claimed.plan) }),
  };

  readonly group: ConsoleService['fixes'] = {
    available: ({ node }) =>
      this.#hooks.answer(() => ({
        access: this.#accessOf(node),
        checks: CHECK_IDS.flatMap((check): { check: CheckId; automatic: boolean; words: string }[] => {
          const part = this.#part(check, node);
          if (part) return [{ check, automatic: true, words: part.title }];
          const words = BY_HAND[check];
          return words ? [{ check, automatic: false, words }] : [];
        }),
      })),
    plan: ({ node, checks, revertsAfter }) =>
      this.#hooks.answer(() => this.#plan(node, checks, revertsAfter)),
    planUndo: ({ change }) => this.#hooks.answer(() => this.#planUndo(this.#change(change))),
    planRedo: ({ change }) =>
      this.#hooks.answer(() => {
        const before = this.#change(change);
        return this.registry.add({
          ...this.#bare(before.node),
          ...this.#again(before),
          purpose: 'redo',
          of: before.id,
        });
      }),
    planAllow: ({ node, withoutPassword }) =>
      this.#hooks.answer(() => this.#planAllow(node, withoutPassword)),
    planRemove: ({ node }) => this.#hooks.answer(() => this.#planRemove(node)),
    list: ({ node, before, limit }) =>
      this.#hooks.answer(() => {
        const all = this.#all().filter(
          (change) => (!node || change.node === node) && (!before || change.startedAt < before),
        );
        return { changes: all.slice(0, limit), more: all.length > limit };
      }),
    get: ({ change }) => this.#hooks.answer(() => this.#change(change)),
    keep: ({ change }) => this.#hooks.answer(() => this.#running(change, 'unconfirmed').keep()),
    revert: ({ change }) => this.#hooks.answer(() => this.#running(change, 'unconfirmed').back('reverted')),
    cancel: ({ change }) =>
      this.#hooks.answer(() =>
        this.#running(change, 'applying').back(
          'rolled-back',
          'You stopped it. What was done was taken back.',
        ),
      ),
    leave: ({ change }) => this.#hooks.answer(() => this.#running(change, 'stuck').leave()),
  };

  close(): void {
    for (const run of this.#runs.values()) run.stop();
  }

  #part(check: CheckId, node: string): PlanPart | undefined {
    return this.#scenario.fixes?.parts?.[check] ?? planPart(check, node);
  }

  #accessOf(node: string): HelperAccess {
    const recorded = this.#scenario.nodes.find(({ id }) => id === node)?.address.kind === 'recorded';
    return recorded ? RECORDED : (this.#access.get(node) ?? NONE);
  }

  #recent(): AppliedChange[] {
    return [...this.#runs.values()].map(({ change }) => change);
  }

  #all(): AppliedChange[] {
    return [...this.#recent(), ...this.#settled].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  #change(id: string): AppliedChange {
    const found = this.#all().find((change) => change.id === id);
    if (!found) throw new ConsoleError('CHANGE_UNKNOWN', 'There is no such change.');
    return found;
  }

  #running(id: string, state: AppliedChange['state']): ChangeRun {
    const run = this.#runs.get(id);
    if (!run) throw new ConsoleError('CHANGE_UNKNOWN', 'There is no such change.');
    if (run.change.state !== state) {
      throw new ConsoleError('NOT_ALLOWED', 'It is too late for that.', {
        next: 'See in Activity how it ended.',
      });
    }
    return run;
  }

  #id(): string {
    this.#serial += 1;
    return this.#serial.toString(16).padStart(32, 'd');
  }

  #bare(node: string): Omit<Plan, 'hash'> {
    const found = this.#scenario.nodes.find((entry) => entry.id === node);
    if (!found) throw new ConsoleError('NODE_UNKNOWN', 'There is no such node.');
    return {
      id: this.#id(),
      purpose: 'fix',
      node,
      nodeName: found.name,
      checks: [],
      title: '',
      madeAt: new Date(this.#hooks.now()).toISOString(),
      settings: [],
      steps: [],
      proofs: [],
      revertsAfter: null,
      access: this.#accessOf(node),
      blocked: null,
      left: [],
      differences: [],
      of: null,
    };
  }

  #plan(node: string, checks: readonly CheckId[], revertsAfter: number | undefined): Plan {
    const bare = this.#bare(node);
    if (this.#scenario.fixes?.unreachable?.includes(node)) {
      throw new ConsoleError('NODE_UNREACHABLE', `${bare.nodeName} did not answer within 5 seconds.`, {
        untouched: 'Nothing was changed.',
        next: 'Wake it up, then plan again.',
      });
    }
    const parts = checks.flatMap((check) => this.#part(check, bare.nodeName) ?? []);
    const [first] = parts;
    const reverting = parts.flatMap((part) => part.revertsAfter ?? []);
    const plan = {
      ...bare,
      checks: checks.filter((check) => this.#part(check, node)),
      title: parts.length === 1 && first ? first.title : `Repair ${parts.length} things on ${bare.nodeName}`,
      settings: parts.flatMap((part) => part.settings),
      steps: parts.flatMap((part) => part.steps),
      proofs: parts.flatMap((part) => part.proofs),
      revertsAfter: reverting.length === 0 ? null : (revertsAfter ?? Math.max(...reverting)),
      blocked: bare.access.via === 'none' ? bare.access.words : null,
      left: checks
        .filter((check) => !this.#part(check, node))
        .map((check) => ({ check, reason: BY_HAND[check] ?? 'No program repairs this.' })),
    };
    return this.registry.add(this.#scenario.fixes?.edit?.(plan) ?? plan);
  }

  #again(before: AppliedChange): Partial<Plan> {
    return {
      checks: before.checks,
      title: before.title,
      settings: before.checks.flatMap((check) => this.#part(check, before.nodeName)?.settings ?? []),
      steps: before.steps.map(({ title, preview }) => stepOf(before.checks[0] ?? null, title, preview)),
    };
  }

  #planUndo(change: AppliedChange): Plan {
    const differences = this.#scenario.fixes?.differences?.[change.id] ?? [];
    return this.registry.add({
      ...this.#bare(change.node),
      purpose: 'undo',
      of: change.id,
      checks: change.checks,
      title: `Undo on ${change.nodeName}: ${change.title}`,
      settings: change.checks.flatMap((check) =>
        (this.#part(check, change.nodeName)?.settings ?? []).map((row) => ({
          ...row,
          from: row.to,
          to: row.from,
          recover: 'It can be done again from Activity.',
        })),
      ),
      steps: change.steps
        .toReversed()
        .map(({ title, preview }) =>
          stepOf(
            change.checks[0] ?? null,
            `Take back: ${title.charAt(0).toLowerCase()}${title.slice(1)}`,
            backwards(preview),
          ),
        ),
      differences,
      blocked:
        differences.length > 0
          ? 'What Swarmkeep left there was changed since. Undoing it would overwrite that, so it is not done.'
          : null,
    });
  }

  #planAllow(node: string, withoutPassword: boolean): Plan {
    const bare = this.#bare(node);
    return this.registry.add({
      ...bare,
      purpose: 'allow-changes',
      title: `Allow changes on ${bare.nodeName}`,
      access: { ...SUDO, via: 'sudo-password', installed: false },
      settings: [
        {
          check: null,
          setting: 'What Swarmkeep may do there',
          from: 'look only',
          to: 'look, and do what you agreed to, step by step',
          takesEffect: 'At once. Nothing else on the node changes.',
          recover: '“Remove Swarmkeep from this node” takes all of it away again.',
        },
      ],
      steps: [
        stepOf(null, 'Put the helper and its runtime in place', {
          kind: 'words',
          text: 'Two files, 96 MB, in /usr/local/libexec/swarmkeep, owned by root, checked by their SHA-256.',
        }),
        stepOf(null, 'Say when it may run', {
          kind: 'file',
          path: '/usr/share/polkit-1/actions/dev.swarmkeep.helper.policy',
          before: null,
          after: '<policyconfig>\n  <action id="dev.swarmkeep.helper.apply"/>\n</policyconfig>\n',
          attributes: 'root:root 0644',
        }),
        ...(withoutPassword
          ? [
              stepOf(null, 'Let it run without a password', {
                kind: 'file' as const,
                path: '/etc/sudoers.d/swarmkeep',
                before: null,
                after: 'minotaur ALL=(root) NOPASSWD: /usr/local/libexec/swarmkeep/helper ""\n',
                attributes: 'root:root 0440',
              }),
            ]
          : []),
      ],
    });
  }

  #planRemove(node: string): Plan {
    const bare = this.#bare(node);
    return this.registry.add({
      ...bare,
      purpose: 'remove',
      title: `Remove Swarmkeep from ${bare.nodeName}`,
      settings: [
        {
          check: null,
          setting: 'What Swarmkeep may do there',
          from: 'look, and do what you agreed to',
          to: 'look only',
          takesEffect: 'At once.',
          recover: 'Allow changes again.',
        },
      ],
      steps: [
        stepOf(null, 'Take the helper away', {
          kind: 'command',
          arguments: ['rm', '-r', '/usr/local/libexec/swarmkeep'],
        }),
      ],
    });
  }

  #begin(plan: Plan): string {
    const id = this.#id().replace(/^d/, 'c');
    this.#runs.set(
      id,
      new ChangeRun(id, plan, {
        now: this.#hooks.now,
        stepMs: this.#scenario.fixes?.stepMs ?? 200,
        heldAt: () => this.#scenario.fixes?.heldAt,
        outcome: this.#scenario.fixes?.outcome ?? 'done',
        push: (change) => this.topic.push(change),
        settled: (change, settled) => this.#onSettled(change, settled),
      }),
    );
    return id;
  }

  #onSettled(change: AppliedChange, plan: Plan): void {
    if (change.state !== 'done') return;
    if (plan.purpose === 'allow-changes') this.#access.set(change.node, SUDO);
    if (plan.purpose === 'remove') this.#access.set(change.node, NONE);
    if (plan.purpose === 'undo' && plan.of) this.#undone(plan.of, change.id);
    const status = plan.purpose === 'undo' ? 'fix' : 'pass';
    for (const finding of this.#scenario.findings) {
      if (finding.node !== change.node || !change.checks.includes(finding.check)) continue;
      finding.before = { status: finding.status, until: change.endedAt ?? change.startedAt };
      finding.status = status;
      finding.since = change.endedAt ?? change.startedAt;
      if (status === 'pass') finding.summary = `${plan.settings[0]?.to ?? 'Repaired'} on ${change.nodeName}.`;
    }
    this.#hooks.changed(change.node);
  }

  #undone(id: string, by: string): void {
    const gone = {
      state: 'undone' as const,
      undoneBy: by,
      undo: { possible: false, reason: 'It was undone.' },
    };
    const run = this.#runs.get(id);
    if (run) run.patch(gone);
    this.#settled = this.#settled.map((change) => (change.id === id ? { ...change, ...gone } : change));
  }
}

function backwards(
  preview: AppliedChange['steps'][number]['preview'],
): AppliedChange['steps'][number]['preview'] {
  if (preview.kind === 'command' || preview.kind === 'words') return preview;
  return { ...preview, before: preview.after, after: preview.before } as typeof preview;
}
