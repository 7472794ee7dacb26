import type { AnySchema, ContractProcedure, InferSchemaOutput } from '@orpc/contract';
import type { ClaimedPlan, PlanRegistry } from '#core/fixes/plan-registry.ts';
import type { ClaimedStep, IncidentRegistry } from '#core/incidents/runbook/incident-registry.ts';
import type { ClaimedRotation, RotationRegistry } from '#core/secrets/rotation/rotation-registry.ts';
import type { AuditState, LiveDelta } from '#shared/contract/audit.ts';
import type { Contract } from '#shared/contract/contract.ts';
import type { ErrorCode, ErrorData } from '#shared/contract/errors.ts';
import type { Drift, LookState } from '#shared/contract/looks.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import type { IncidentView } from '#shared/domain/incident/incident-view.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';

/** An error that may be shown: a stable code of the contract, and what to do next. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, data: Partial<ErrorData> = {}) {
    super(message);
    this.code = code;
    this.data = { untouched: data.untouched ?? '', next: data.next ?? '' };
  }
}

/** A source of a stream: what is known now, and what changes. Never blocks for a slow reader. */
export interface Topic<S, D> {
  snapshot(): S | Promise<S>;
  /** @returns the unsubscribe function; calling it twice is harmless. */
  onDelta(listener: (delta: D) => void): () => void;
}

type Parameter<P> =
  P extends ContractProcedure<infer I, AnySchema, infer _E, infer _M> ? InferSchemaOutput<I> : never;
type Result<P> =
  P extends ContractProcedure<infer _I, infer O, infer _E, infer _M> ? InferSchemaOutput<O> : never;

/** The procedures of one group as plain functions: parsed input to output, errors as ConsoleError. */
export type ServiceGroup<G extends keyof Contract, Except extends PropertyKey = never> = {
  [P in Exclude<keyof Contract[G], Except>]: (
    input: Parameter<Contract[G][P]>,
  ) => Promise<Result<Contract[G][P]>>;
};

type ChangeDelta = {
  at: string;
  what:
    | 'nodes'
    | 'findings'
    | 'decisions'
    | 'settings'
    | 'setup'
    | 'notice'
    | 'activity'
    | 'audit'
    | 'dependencies'
    | 'secrets'
    | 'pause'
    | 'incidents'
    | 'questions';
  node: string | null;
  sentence: string | null;
};

/** What a reader of the live audit chose; one topic for each. */
export interface LiveChoice {
  /** Text of the query language; empty: everything. */
  query: string;
  /** Null: all nodes. */
  node: string | null;
}

/** What logs say. `live` throws ConsoleError NOT_ALLOWED for a query that cannot be read. */
export type ConsoleAudit = ServiceGroup<'audit', 'live'> & {
  live(choice: LiveChoice): Topic<{ state: AuditState; events: AuditEvent[] }, LiveDelta>;
};

/** Rotations of the swarm's secret. */
export type ConsoleRotation = ServiceGroup<'rotation', 'progress' | 'begin'> & {
  /** Begin a rotation that was consented to; it runs on by itself. */
  begin(claimed: ClaimedRotation): Promise<RotationRun>;
  /** Plans that nobody has ordered yet. */
  registry: RotationRegistry;
  topic: Topic<RotationRun[], RotationRun>;
};

/** Incidents and their runbook. */
export type ConsoleIncidents = ServiceGroup<'incidents', 'progress' | 'begin'> & {
  /** Begin a step that was consented to; it runs on by itself. */
  begin(claimed: ClaimedStep): Promise<IncidentView>;
  /** Plans that nobody has ordered yet. */
  registry: IncidentRegistry;
  topic: Topic<IncidentView[], IncidentView>;
};

/** What a person is asked outside the renderer. */
export interface Question {
  title: string;
  lines: readonly string[];
  /** The node that it is about, so that a page can say so; left out for what is about none. */
  about?: { node: string; name: string } | undefined;
}

/** Takes a question back: then nobody is waited for any more. */
export interface Asking {
  signal?: AbortSignal | undefined;
}

/** Who is asking for consent-bound work, and how that shell asks a person outside the renderer. */
export interface ConsentGate {
  /** False: this shell has nobody whom it could ask now, and {@link ask} says no. True when left out. */
  readonly canAsk?: boolean;
  /** Ask the person: native dialog, polkit, the terminal of `serve`. Resolves false when refused or not possible. */
  ask(question: Question, how?: Asking): Promise<boolean>;
  /**
   * Ask the person for the password of sudo on a node, without showing it. Resolves null when refused. A shell that cannot
   * ask for a password outside the renderer leaves it out.
   */
  askPassword?(question: Question, how?: Asking): Promise<string | null>;
  /** Say what became of an answer, where it was asked for. */
  tell?(words: string): void;
}

/**
 * The console itself, free of any transport: what every shell offers through the contract.
 */
export interface ConsoleService {
  system: ServiceGroup<'system'>;
  nodes: ServiceGroup<'nodes'>;
  looks: ServiceGroup<'looks', 'progress'>;
  findings: ServiceGroup<'findings'>;
  decisions: ServiceGroup<'decisions'>;
  settings: ServiceGroup<'settings'>;
  setup: ServiceGroup<'setup'>;
  plans: {
    /** Begin a change that was consented to. @returns the id of the change, which runs on by itself */
    apply(claimed: ClaimedPlan): Promise<{ change: string }>;
  };
  fixes: ServiceGroup<'fixes', 'progress'>;
  activity: ServiceGroup<'activity'>;
  dependencies: ServiceGroup<'dependencies'>;
  /** Left out where no secrets are kept: recordings, doubles. */
  sealed?: ServiceGroup<'sealed'>;
  /** Left out where no node can be paused. */
  pause?: ServiceGroup<'pause'>;
  /** Left out by a console that follows no logs. */
  audit?: ConsoleAudit;
  /** Left out by a console that keeps no secrets. */
  rotation?: ConsoleRotation;
  /** Left out by a console that keeps no incidents. */
  incidents?: ConsoleIncidents;
  /** Plans that the core made and nobody has ordered yet; what stands before the console claims them there. */
  planRegistry: PlanRegistry;
  topics: {
    progress: Topic<LookState[], LookState>;
    changes: Topic<{ at: string }, ChangeDelta>;
    /** Changes of nodes that run or ended in the last minute. */
    fixes: Topic<AppliedChange[], AppliedChange>;
  };
  /** Finish what runs, close the store. Idempotent. */
  close(): Promise<void>;
}

export type { ChangeDelta, Drift };
