import type { FoundNodes, SshConfig } from '#shared/contract/found-nodes.ts';
import type { Drift } from '#shared/contract/looks.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Declaration, Waiver } from '#shared/domain/decision.ts';
import type { FindingStatus, TrackedFinding } from '#shared/domain/finding.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { AppliedChange, HelperAccess, Plan } from '#shared/domain/plan.ts';
import type { Profile } from '#shared/domain/profile.ts';
import type { RotationStranger } from '#shared/domain/rotation/plan.ts';
import type { NodeSecret } from '#shared/domain/rotation/secrets.ts';
import type { SealedState } from '#shared/domain/sealed/sealed-state.ts';
import type { LedgerScenario } from './activity/activity-double.ts';
import type { AuditScenario } from './audit/audit-scenario.ts';
import type { PackagesScenario } from './dependencies/packages.ts';
import type { Outcome } from './fixes/change-run.ts';
import type { PlanPart } from './fixes/plan-book.ts';
import type { IncidentScenario } from './incident/incident-scenario.ts';

/** What may be changed in a scenario, and how changes go. */
export interface FixesScenario {
  /** By node; nothing is allowed on the others. */
  access: Record<string, HelperAccess>;
  /** Whether the person outside the page agrees. */
  agrees: boolean;
  /** Changes that were made before, settled. */
  applied?: AppliedChange[];
  /** What was changed since, by the id of the change. */
  differences?: Record<string, Plan['differences']>;
  outcome?: Outcome;
  /** Milliseconds that a step takes. */
  stepMs?: number;
  /** A state that else passes: changes stay in it until this is another. */
  heldAt?: AppliedChange['state'] | undefined;
  /** What can be repaired besides. */
  parts?: Partial<Record<CheckId, PlanPart>>;
  /** Nodes that do not answer when a plan is made. */
  unreachable?: string[];
  /** What a plan says instead. */
  edit?: (plan: Omit<Plan, 'hash'>) => Omit<Plan, 'hash'>;
}

/** How the secrets of a scenario are; without anything said they are the same on all nodes that answer, and the store is open. */
export interface SecretsScenario {
  sealed?: SealedState['is'];
  /** Whether the key ring of the desktop could keep the key. */
  desktop?: boolean;
  /** What of a node's secret is otherwise than usual, by its id. */
  secrets?: Record<string, Partial<NodeSecret>>;
  strangers?: RotationStranger[];
  /** Why no rotation can be begun. */
  blocked?: string;
}

/** All that the console double knows at its start. */
export interface Scenario {
  name: string;
  /** "Now" of the scenario in ISO 8601; ages on the pages are told from the browser's clock, which tests set to it. */
  now: string;
  nodes: SwarmNode[];
  findings: TrackedFinding[];
  waivers: Waiver[];
  declarations: Declaration[];
  profiles: Record<string, Profile>;
  since: Drift[];
  /** The sentence of the day; without it the double writes a plain one. */
  sentence: string | null;
  /** Days of history by `node/check`, oldest first; without an entry the present status is repeated. */
  histories: Record<string, (FindingStatus | null)[]>;
  /** What this computer would say about itself on the first start. */
  local: {
    possible: boolean;
    sentence: string;
    version: string | null;
    port: number | null;
    running: boolean;
  };
  /** Without it nothing is allowed on any node. */
  fixes?: FixesScenario;
  /** Without it the ledger is empty. */
  ledger?: LedgerScenario;
  /** Without it no log is followed. */
  audit?: AuditScenario;
  /** Without it there are no advisories, and no node has packages. */
  packages?: PackagesScenario;
  secrets?: SecretsScenario;
  /** Without it there is no incident, and none was. */
  incidents?: IncidentScenario;
  /** Milliseconds that the clock of a node is ahead; without an entry it is right. */
  skews?: Record<string, number>;
  /** Who announces itself; without it nobody does. */
  found?: FoundNodes;
  /** What the operator's SSH configuration names; without it there is none. */
  sshConfig?: SshConfig;
  /** Milliseconds that every answer takes. */
  delayMs: number;
  /** Every reading fails with STORE_UNAVAILABLE. */
  broken: boolean;
}

/** A key of {@link Scenario.histories}. */
export function historyKey(node: string, check: CheckId): string {
  return `${node}/${check}`;
}
