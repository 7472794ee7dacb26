import type { FakeInvestigation } from '#core/incidents/runbook/testing/fake-investigation.ts';
import type { IncidentDouble } from './incident-double.ts';

/** What incidents there are, and what nodes would say when they are asked. */
export interface IncidentScenario {
  /** Makes up what happened before; it is done when the first question is answered. */
  before(double: IncidentDouble): Promise<void>;
  finds?: Partial<Pick<FakeInvestigation, 'entries' | 'changes' | 'found' | 'reachable'>>;
  peers?: string[];
}
