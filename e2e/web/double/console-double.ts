import { type ChangeDelta, ConsoleError, type ConsoleService } from '#core/console/service.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
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
import { profileOf } from './nodes.ts';
import { nodesDouble } from './nodes-double.ts';
import { overviewOf, worstFirst } from './overview.ts';
import { SAMPLE_FINDINGS } from './sample-findings.ts';
import { historyKey, type Scenario } from './scenario.ts';
import { PauseDouble } from './secrets/pause-double.ts';
import { RotationDouble } from './secrets/rotation-double.ts';
import { SealedDouble } from './secrets/sealed-double.ts';
import { TopicDouble } from './topic-double.ts';

const DAY_MS = 86_400_000;

/** An in-memory console that knows one scenario. It looks at no machine and keeps nothing. */
export class ConsoleDouble implements ConsoleService {
  readonly #scenario: Scenario;
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
  readonly nodes: ConsoleService['nodes'];
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
    this.nodes = nodesDouble(scenario, {
      answer,
      now: () => this.#now(),
      known: (id) => this.#node(id),
      changed: (node) => this.#changed('nodes', node),
    });
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
