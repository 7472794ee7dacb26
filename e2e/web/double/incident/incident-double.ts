import type { ConsoleIncidents, ConsoleService } from '#core/console/service.ts';
import { Runbook } from '#core/incidents/runbook/engine.ts';
import { incidentGroup } from '#core/incidents/runbook/incident-group.ts';
import { IncidentRegistry } from '#core/incidents/runbook/incident-registry.ts';
import type { Move } from '#core/incidents/runbook/moves.ts';
import { shownIncident } from '#core/incidents/runbook/shown-incident.ts';
import { FakeInvestigation } from '#core/incidents/runbook/testing/fake-investigation.ts';
import { FakeIsolating } from '#core/incidents/runbook/testing/fake-isolating.ts';
import { FakeRebuilding, FakeRotations } from '#core/incidents/runbook/testing/fake-rebuilding.ts';
import { MemoryIncidents } from '#core/incidents/runbook/testing/memory-store.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentView } from '#shared/domain/incident/incident-view.ts';
import { NOTHING_REBUILT } from '#shared/domain/incident/rebuild-state.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { TopicDouble } from '../topic-double.ts';
import type { IncidentScenario } from './incident-scenario.ts';

export interface IncidentParts {
  answer<T>(work: () => T): Promise<T>;
  nodes(): SwarmNode[];
  now(): number;
  changed(): void;
  audit: Pick<NonNullable<ConsoleService['audit']>, 'alert'>;
  findings: Pick<ConsoleService['findings'], 'get' | 'list'>;
}

/** The real runbook over nodes that are not there: nothing is shut off and nobody is asked. */
export class IncidentDouble {
  readonly store = new MemoryIncidents();
  readonly isolating = new FakeIsolating();
  readonly investigation = new FakeInvestigation();
  readonly rebuilding = new FakeRebuilding();
  readonly rotations = new FakeRotations();
  readonly runbook: Runbook;
  readonly #parts: IncidentParts;
  readonly #ready: Promise<void>;
  /** Ahead of the scenario's present, in milliseconds; below zero while what happened before is made up. */
  #shift = 0;
  readonly group: ConsoleIncidents;

  constructor(parts: IncidentParts, scenario: IncidentScenario | undefined) {
    this.#parts = parts;
    const now = () => new Date(parts.now() + this.#shift);
    this.isolating.now = now;
    this.investigation.now = now;
    Object.assign(this.investigation, scenario?.finds);
    if (scenario?.peers) this.isolating.peers = scenario.peers;
    const topic = new TopicDouble<IncidentView[], IncidentView>(() => []);
    const runbookParts = {
      store: this.store,
      clock: { now, after: () => () => undefined },
      who: 'ines',
      ledger: {
        append: async () => undefined,
        recorded: async (operation: never, input: unknown) =>
          (this.store[operation] as (input: unknown) => Promise<never>)(input),
      },
      isolating: this.isolating,
      investigation: this.investigation,
      rebuilding: this.rebuilding,
      rotations: this.rotations,
      changed: (incident: Incident) => {
        void this.store
          .incident({ id: incident.id })
          .then(async (found) => topic.push(await shownIncident(this.runbook, found ?? incident)));
        parts.changed();
      },
    };
    this.runbook = new Runbook(runbookParts);
    const registry = new IncidentRegistry();
    const group = incidentGroup({
      parts: runbookParts,
      runbook: this.runbook,
      registry,
      nodes: async () => parts.nodes(),
      audit: parts.audit,
      findings: parts.findings,
      version: '0.1.0',
    });
    this.#ready = scenario ? scenario.before(this) : Promise.resolve();
    const late = Object.fromEntries(
      Object.entries(group).map(([name, procedure]) => [
        name,
        async (input: never) => {
          await this.#ready;
          await parts.answer(() => null);
          return (procedure as (input: never) => Promise<unknown>)(input);
        },
      ]),
    ) as typeof group;
    this.group = {
      ...late,
      begin: (claimed) => group.begin(claimed),
      registry,
      topic: { snapshot: () => topic.snapshot(), onDelta: (listener) => topic.onDelta(listener) },
    };
  }

  /** Everything that is done in `work` happened so long ago. */
  async ago(minutes: number, work: () => Promise<unknown>): Promise<void> {
    this.#shift = -minutes * 60_000;
    try {
      await work();
      await this.runbook.idle();
    } finally {
      this.#shift = 0;
    }
  }

  /** Opens an incident as a page would. */
  async open(draft: Partial<Parameters<ConsoleIncidents['start']>[0]>): Promise<string> {
    const id = draft.id ?? (this.store.incidents.size + 1).toString(16).repeat(32).slice(0, 32);
    const at = new Date(this.#parts.now() + this.#shift).toISOString();
    const { freshSteps } = await import('#shared/domain/incident/playbook.ts');
    const { kind = 'exfiltration', node = 'naru', name = 'naru' } = draft;
    await this.runbook.journal.open({
      id,
      kind,
      node,
      name: node ?? name,
      address: '',
      origin: { kind: 'by-hand' },
      seen: '',
      since: at,
      openedAt: at,
      openedBy: 'ines',
      closedAt: null,
      closing: '',
      revision: 1,
      steps: freshSteps(kind, node !== null),
      pins: [],
      credentials: [],
      followUps: [],
      rebuild: NOTHING_REBUILT,
      falseAlarm: null,
      touchedAt: at,
      ...draft,
    });
    return id;
  }

  /** Orders a step with the yes of a person. */
  async order(incident: string, step: string): Promise<void> {
    const { planStep } = await import('#core/incidents/runbook/plan-step.ts');
    const found = await this.store.incident({ id: incident });
    if (found === null) throw new Error('No incident');
    const parts = {
      isolating: this.isolating,
      investigation: this.investigation,
      rebuilding: this.rebuilding,
      clock: { now: () => new Date(this.#parts.now() + this.#shift), after: () => () => undefined },
    };
    const plan = await planStep(parts, found, step, 'node');
    if (plan === null) throw new Error(`No plan for ${step}`);
    const registry = new IncidentRegistry();
    const { id, hash } = registry.add(plan);
    const claimed = registry.claim(id, hash);
    if (typeof claimed === 'string') throw new Error(claimed);
    await this.runbook.begin(claimed);
    await this.runbook.idle();
  }

  async move(incident: string, move: Move): Promise<void> {
    await this.runbook.journal.move(incident, move);
  }

  /** The isolation that was ordered last. */
  get isolation(): string {
    const id = this.isolating.ordered.at(-1);
    if (id === undefined) throw new Error('Nothing was ordered');
    return id;
  }
}
