import type { Clock } from '#core/console/clock.ts';
import type { Ledger } from '#core/ledger/ledger.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Isolating } from '#shared/domain/incident/isolation.ts';
import type { Investigation } from '../investigation.ts';
import type { Rebuilding } from '../rebuild/rebuilding.ts';
import type { IncidentStore } from './journal.ts';
import type { Rotations } from './rotation-outcome.ts';

/** Where a test may end the process, or throw. The product gives none. */
export type FaultPoint = (point: string) => void | Promise<void>;

/** All that the runbook works with. */
export interface RunbookParts {
  store: IncidentStore;
  ledger: Pick<Ledger, 'recorded' | 'append'>;
  clock: Clock;
  /** Account that runs this console. */
  who: string;
  /** Null where no node can be shut off from here. */
  isolating: Isolating | null;
  /** Null where nodes cannot be asked from here. */
  investigation: Investigation | null;
  /** Null where no node can be set up anew from here. */
  rebuilding: Rebuilding | null;
  /** Null where no secrets are kept. */
  rotations: Rotations | null;
  /** Told after every move, and while a step is under way. */
  changed(incident: Incident): void;
  fault?: FaultPoint | undefined;
}
