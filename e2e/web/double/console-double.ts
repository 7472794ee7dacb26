import { type ChangeDelta, ConsoleError, type ConsoleService } from '#core/console/service.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import type { Profile, ProfileCorrection } from '#shared/domain/profile.ts';
import { DEFAULT_SETTINGS, type Settings } from '#shared/domain/settings.ts';
import type { SetupProgress } from '#shared/domain/setup-progress.ts';
import { ActivityDouble } from './activity/activity-double.ts';
import { AuditDouble } from './audit/audit-double.ts';
import { clockFrom } from './clock.ts';
import { decisionsDouble } from './decisions-double.ts';
import { PackagesDouble } from './dependencies/packages-double.ts';
import { findingsOf } from './findings.ts';
import { FixesDouble } from './fixes/fixes-double.ts';
import { IncidentDouble } from './incident/incident-double.ts';
import { LooksDouble } from './looks-double.ts';
import { nodeOf, profileOf } from './nodes.ts';
import { overviewOf, worstFirst } from './overview.ts';
import { SAMPLE_FINDINGS } from './sample-findings.ts';
import { historyKey, type Scenario } from './scenario.ts';
import { PauseDouble } from './secrets/pause-double.ts';
import { RotationDouble } from './secrets/rotation-double.ts';
import { SealedDouble } from './secrets/sealed-double.ts';
import { TopicDouble } from './topic-double.ts';

const DAY_MS = 86_400_000;

/** What kind of machine every node of the double is. */
const MACHINE = {
  hostname: 'miu',
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  kernel: '6.1.0-27-amd64',
  architecture: 'x86_64',
  hardware: { model: 'ThinkCentre M720q', cpu: 'Intel Core i5-8500T', cores: 6, memoryBytes: 17_179_869_184 },
};

/** An in-memory console that knows one scenario. It looks at no machine and keeps nothing. */
export class ConsoleDouble implements ConsoleService {
  readonly #scenario: Scenario;
  readonly #removed = new Map<string, SwarmNode>();
  readonly #corrections = new Map<string, ProfileCorrection[]>();
  readonly #setup = new Map<string, SetupProgress>();
  readonly #openedAt = Date.now();
  #settings: Settings = DEFAULT_SETTINGS;
  #serial = 0;
  readonly looking: LooksDouble;
  readonly changing: FixesDouble;
  readonly recorded: ActivityDouble;
  readonly watched: AuditDouble;
  readonly keeping: SealedDouble;
  readonly rotating: RotationDouble;
  readonly braking: PauseDouble;
  readonly handling: IncidentDouble;
  readonly looks: ConsoleService['looks'];
  readonly decisions: ConsoleService['decisions'];
  readonly dependencies: ConsoleService['dependencies'];

  readonly topics: {
    progress: LooksDouble['topic'];
    changes: TopicDouble<{ at: string }, ChangeDelta>;
    fixes: TopicDouble<AppliedChange[], AppliedChange>;
  };

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    const answer = <T>(work: () => T) => this.#answer(work);
    this.looking = new LooksDouble(scenario, {
      answer,
      id: (kind) => this.#id(kind),
      now: () => this.#now(),
      looked: (node) => this.#arrive(node),
    });
    this.looks = this.looking.group;
    this.topics = {
      progress: this.looking.topic,
      changes: new TopicDouble<{ at: string }, ChangeDelta>(() => ({ at: this.#now() })),
      fixes: new TopicDouble<AppliedChange[], AppliedChange>(() => this.changing.topic.snapshot()),
    };
    this.changing = new FixesDouble(scenario, {
      answer,
      // Half a minute after the scenario's present, where the browser's clock is set, and going on as it does.
      now: () => Date.parse(scenario.now) + 30_000 + Date.now() - this.#openedAt,
      changed: (node) => this.#changed('findings', node),
    });
    this.changing.topic.onDelta((change) => this.topics.fixes.push(change));
    this.recorded = new ActivityDouble(scenario, answer);
    this.watched = new AuditDouble(scenario, {
      answer,
      id: (kind) => this.#id(kind),
      now: () => Date.parse(scenario.now) + 30_000 + Date.now() - this.#openedAt,
      changed: () => this.#changed('audit', null),
    });
    this.dependencies = new PackagesDouble(scenario, {
      answer,
      id: () => this.#id('ignore'),
      now: () => this.#now(),
    }).group;
    const parts = {
      answer,
      now: () => Date.parse(scenario.now) + 30_000 + Date.now() - this.#openedAt,
      nodes: () => [...this.#scenario.nodes].sort((a, b) => a.name.localeCompare(b.name, 'en')),
    };
    const { sealed = 'open', ...secrets } = scenario.secrets ?? {};
    const changed = () => this.#changed('secrets', null);
    this.keeping = new SealedDouble({ ...parts, is: sealed, desktop: secrets.desktop ?? false, changed });
    this.rotating = new RotationDouble({ ...parts, ...secrets });
    this.braking = new PauseDouble({
      ...parts,
      changed: () => this.#changed('pause', null),
      agrees: () => this.changing.consent(),
    });
    this.handling = new IncidentDouble(
      {
        ...parts,
        changed: () => this.#changed('incidents', null),
        audit: { alert: (input) => this.watched.group.alert(input) },
        findings: {
          get: (input) => this.findings.get(input),
          list: (input) => this.findings.list(input),
        },
      },
      scenario.incidents,
    );
    this.decisions = decisionsDouble(scenario, {
      answer,
      id: (kind) => this.#id(kind),
      finding: (node, check) => this.#finding(node, check),
      changed: (node) => this.#changed('decisions', node),
    });
  }

  readonly system: ConsoleService['system'] = {
    about: async () => ({
      version: '0.1.0',
      shell: 'web',
      platform: 'linux',
      dataFolder: '/home/ines/.local/share/swarmkeep',
      startedAt: this.#scenario.now,
      agentUnderOwnAccount: false,
      runsAsRoot: false,
    }),
  };

  readonly nodes: ConsoleService['nodes'] = {
    list: () =>
      this.#answer(() => [...this.#scenario.nodes].sort((a, b) => a.name.localeCompare(b.name, 'en'))),
    glances: () =>
      this.#answer(() =>
        this.#scenario.nodes.map(({ id }) => ({
          node: id,
          skewMs: this.#scenario.skews?.[id] ?? 0.3,
          mycoSwarm: { installations: 1, running: 1, version: '0.2.16' },
        })),
      ),
    found: () => this.#answer(() => this.#scenario.found ?? { why: null, announced: [], turnedAway: 0 }),
    sshConfig: () =>
      this.#answer(
        () =>
          this.#scenario.sshConfig ?? {
            file: '/home/ines/.ssh/config',
            found: false,
            hosts: [],
            leftOut: 0,
            problems: [],
          },
      ),
    detectLocal: () => this.#answer(() => this.#scenario.local),
    hostKeys: (input) =>
      this.#answer(() => {
        if (input.host.startsWith('nowhere')) {
          throw new ConsoleError('NODE_UNREACHABLE', `${input.host} did not answer within 5 seconds.`, {
            untouched: 'Nothing was added.',
            next: 'Check the name, and that SSH runs there.',
          });
        }
        return {
          keys: [
            {
              type: 'ssh-ed25519',
              fingerprint: 'SHA256:Zk3vX0mJ7cQ4bq2n8yQv1uA5sT9wE6rP0dL3fG8hK1o',
              line: `${input.host} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB3v`,
            },
          ],
        };
      }),
    add: (input) =>
      this.#answer(() => {
        const { address } = input;
        const name =
          input.name ??
          (address.kind === 'ssh'
            ? (address.host.split('.')[0] ?? address.host)
            : address.kind === 'local'
              ? 'miu'
              : 'sample');
        if (this.#scenario.nodes.some((node) => node.name === name)) {
          throw new ConsoleError('NODE_EXISTS', `${name} is already there.`, {
            next: 'Give it another name.',
          });
        }
        if (address.kind === 'ssh' && input.confirmedKeys.length === 0) {
          throw new ConsoleError('HOST_KEY_UNCONFIRMED', 'The host key of this node was not confirmed yet.');
        }
        if (address.kind === 'ssh' && address.host.startsWith('refused') && !address.identityFile) {
          throw new ConsoleError('NODE_UNREACHABLE', `${address.host} refused the login.`, {
            untouched: 'The node was not added.',
            next: 'Check the login name, and that your public key is loaded here (ssh-add).',
          });
        }
        const clock = clockFrom(Date.parse(this.#now()));
        const node = nodeOf(name, clock, { address, lastLookAt: null, addedAt: clock.now });
        this.#scenario.nodes.push(node);
        this.#changed('nodes', node.id);
        return node;
      }),
    rename: ({ node, name }) =>
      this.#answer(() => {
        const found = this.#node(node);
        found.name = name;
        for (const finding of this.#scenario.findings) if (finding.node === node) finding.nodeName = name;
        this.#changed('nodes', node);
        return found;
      }),
    remove: ({ node }) =>
      this.#answer(() => {
        const found = this.#node(node);
        this.#scenario.nodes = this.#scenario.nodes.filter((entry) => entry.id !== node);
        this.#removed.set(`undo-${node}`, found);
        this.#changed('nodes', node);
        return { undo: `undo-${node}` };
      }),
    restore: ({ undo }) =>
      this.#answer(() => {
        const found = this.#removed.get(undo);
        if (!found) throw new ConsoleError('DECISION_UNKNOWN', 'This cannot be undone any more.');
        this.#removed.delete(undo);
        this.#scenario.nodes.push(found);
        this.#changed('nodes', found.id);
        return found;
      }),
    profile: ({ node }) =>
      this.#answer(() => {
        this.#node(node);
        const detected = this.#scenario.profiles[node] ?? null;
        const corrections = this.#corrections.get(node) ?? [];
        return {
          detected,
          corrections,
          effective: corrected(detected, corrections),
          observedAt: this.#now(),
          machine: MACHINE,
        };
      }),
    correctProfile: ({ node, corrections }) =>
      this.#answer(() => {
        this.#node(node);
        this.#corrections.set(node, corrections);
        this.#changed('nodes', node);
        return { corrections };
      }),
  };

  readonly findings: ConsoleService['findings'] = {
    overview: ({ node }) => this.#answer(() => overviewOf(this.#visible(), node)),
    list: ({ node }) =>
      this.#answer(() =>
        worstFirst(this.#visible().findings.filter((finding) => node === null || finding.node === node)),
      ),
    get: ({ node, check }) => this.#answer(() => this.#finding(node, check)),
    history: ({ node, check, days }) =>
      this.#answer(() => {
        const finding = this.#finding(node, check);
        const told = this.#scenario.histories[historyKey(node, finding.check)];
        const end = Date.parse(this.#now());
        return {
          days: Array.from({ length: days }, (_, index) => ({
            day: new Date(end - (days - 1 - index) * DAY_MS).toISOString().slice(0, 10),
            status: told ? (told[told.length - days + index] ?? null) : finding.status,
          })),
          changes: [{ at: finding.since, status: finding.status, summary: finding.summary }],
        };
      }),
    export: ({ format }) =>
      this.#answer(() => ({
        fileName: `swarmkeep-2026-11-21.${format === 'sarif' ? 'sarif' : format}`,
        mediaType: format === 'html' ? 'text/html' : 'application/json',
        text: format === 'html' ? '<!doctype html><title>Report</title>' : '{"double":true}',
      })),
  };

  readonly settings: ConsoleService['settings'] = {
    get: () => this.#answer(() => this.#settings),
    set: (input) =>
      this.#answer(() => {
        this.#settings = input;
        this.#changed('settings', null);
        return input;
      }),
  };

  readonly setup: ConsoleService['setup'] = {
    get: ({ node }) => this.#answer(() => this.#setup.get(node) ?? null),
    save: (input) =>
      this.#answer(() => {
        this.#setup.set(input.node, input);
        this.#changed('setup', input.node);
        return input;
      }),
  };

  get plans(): ConsoleService['plans'] {
    return this.changing.plans;
  }

  get fixes(): ConsoleService['fixes'] {
    return this.changing.group;
  }

  get planRegistry(): ConsoleService['planRegistry'] {
    return this.changing.registry;
  }

  get sealed(): SealedDouble['group'] {
    return this.keeping.group;
  }

  get rotation(): RotationDouble['group'] {
    return this.rotating.group;
  }

  get pause(): PauseDouble['group'] {
    return this.braking.group;
  }

  get incidents(): IncidentDouble['group'] {
    return this.handling.group;
  }

  get activity(): ActivityDouble['group'] {
    return this.recorded.group;
  }

  get audit(): AuditDouble['group'] {
    return this.watched.group;
  }

  async close(): Promise<void> {
    this.looking.close();
    this.changing.close();
    this.watched.close();
  }

  #now(): string {
    return this.#scenario.now;
  }

  #id(kind: string): string {
    this.#serial += 1;
    return `${kind}-double-${this.#serial}`;
  }

  /** The scenario without the findings of removed nodes. */
  #visible(): Scenario {
    const ids = new Set(this.#scenario.nodes.map((node) => node.id));
    return { ...this.#scenario, findings: this.#scenario.findings.filter(({ node }) => ids.has(node)) };
  }

  #node(id: string): SwarmNode {
    const node = this.#scenario.nodes.find((entry) => entry.id === id);
    if (!node) throw new ConsoleError('NODE_UNKNOWN', 'There is no such node.');
    return node;
  }

  #finding(node: string, check: string) {
    const finding = this.#scenario.findings.find((entry) => entry.node === node && entry.check === check);
    if (!finding) throw new ConsoleError('NODE_UNKNOWN', 'There is no such finding.');
    return finding;
  }

  #changed(what: ChangeDelta['what'], node: string | null): void {
    this.topics.changes.push({ at: this.#now(), what, node, sentence: null });
  }

  /** The first look at an added node gives it fine findings; later looks change nothing. */
  #arrive(node: SwarmNode): void {
    node.lastLookAt = this.#now();
    if (!this.#scenario.findings.some((finding) => finding.node === node.id)) {
      const open = node.address.kind === 'recorded' ? SAMPLE_FINDINGS : {};
      this.#scenario.findings.push(...findingsOf(node, clockFrom(Date.parse(this.#now())), open));
      this.#scenario.profiles[node.id] = profileOf();
    }
    this.#changed('findings', node.id);
  }

  async #answer<T>(work: () => T): Promise<T> {
    if (this.#scenario.delayMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, this.#scenario.delayMs));
    }
    if (this.#scenario.broken) {
      throw new ConsoleError('STORE_UNAVAILABLE', "The console's own records could not be read.", {
        untouched: 'Nothing on your nodes was touched.',
        next: 'Look whether the disk is full, then start Swarmkeep again.',
      });
    }
    return structuredClone(work());
  }
}

function corrected(detected: Profile | null, corrections: ProfileCorrection[]): Profile | null {
  if (detected === null) return null;
  return {
    instances: detected.instances.map((instance) => ({
      ...instance,
      ...corrections.find((correction) => correction.instance === instance.id),
    })),
    corrected: corrections.map((correction) => correction.instance),
  };
}
