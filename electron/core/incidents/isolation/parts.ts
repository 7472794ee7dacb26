import type { Clock } from '#core/console/clock.ts';
import type { Store } from '#core/store/store.ts';
import type { WireIdentity } from '#shared/domain/helper/isolate.ts';
import type { Isolation } from '#shared/domain/incident/isolation.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { IsolationLine } from './isolation-line.ts';
import type { ConsolePlace } from './who-is-it.ts';

/** Where a test may end the process, or hold it. The product gives none. */
export type FaultPoint = (point: string) => void | Promise<void>;

/** How long things may take. */
export interface IsolationLimits {
  /** A plan does not wait longer for a node, in milliseconds. */
  lookMs: number;
  /** A cut, a fence, a confirmation. */
  askMs: number;
  /** Snapshot and open connections. */
  settleMs: number;
  /** An order is answered after this time, whoever has answered by then. */
  answerMs: number;
  /** How often what is not as it should be is tried again. */
  tendMs: number;
  stepDownSeconds: number;
}

export const USUAL_LIMITS: IsolationLimits = {
  lookMs: 2_000,
  askMs: 10_000,
  settleMs: 25_000,
  answerMs: 2_500,
  tendMs: 15_000,
  stepDownSeconds: 60,
};

/** All that isolations work with. */
export interface IsolationParts {
  store: Pick<
    Store,
    'beginIsolation' | 'writeIsolation' | 'isolation' | 'openIsolations' | 'keepIsolationSnapshot'
  >;
  clock: Clock;
  /** Every node of the list. */
  nodes(): Promise<SwarmNode[]>;
  /** What is known of mycoSwarm on a node, and who it was on the wire at its last look. */
  about(node: SwarmNode): Promise<{ uids: number[]; apiPort: number; identity: WireIdentity }>;
  /** The address by which the console reaches a node; null where no name server says one. */
  addressOf(node: SwarmNode): Promise<string | null>;
  /** Fingerprints of the host keys that the operator confirmed for a node. */
  keysOf(node: SwarmNode): Promise<string[]>;
  /** What this computer knows of its network by itself. */
  place(): Promise<ConsolePlace>;
  open(node: SwarmNode, fresh: boolean): IsolationLine;
  /** Tries a TCP connection from here. `refused`: somebody answered that nothing listens. */
  knock(address: string, port: number): Promise<'open' | 'refused' | 'stopped'>;
  /** Told when something that isolates a node was found taken away and was loaded again. */
  tampered?(found: { isolation: string; node: string; name: string; what: string }): void;
  /** Told after every write of the journal. */
  changed?(isolation: Isolation): void;
  limits?: Partial<IsolationLimits>;
  fault?: FaultPoint;
}
