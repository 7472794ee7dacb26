import type { Clock } from '#core/console/clock.ts';
import type { HelperChannel, HelperFailure } from '#core/hosts/helper-channel.ts';
import type { SealedStore } from '#core/secrets/sealed/sealed-store.ts';
import type { RotationPlace, StoredRotation } from '#core/store/operations/rotations.ts';
import type { Store } from '#core/store/store.ts';
import type { RotationStranger } from '#shared/domain/rotation/plan.ts';

/** Where a test may end the process, or throw. The product gives none. */
export type FaultPoint = (point: string) => void | Promise<void>;

/** A node that can have a secret, and where it has it as far as its last look and the operator say. */
export interface RotationTarget {
  node: string;
  name: string;
  /** By which address the console reaches it, where that is an address and no name. */
  address: string | null;
  place: Pick<RotationPlace, 'path' | 'unit' | 'port'> | null;
  /** Why there is no place, and what to do about it. */
  why: string;
}

/** How long things may take, in milliseconds. */
export interface RotationLimits {
  /** Least time from the decision to the restart. */
  leadMs: number;
  /** How long a node that does not answer is tried before it counts as away. */
  awayMs: number;
  /** How long a node is tried after the decision before the rotation goes on without it; in an emergency a third of that. */
  settleMs: number;
  /** How often nodes that are away are looked for. */
  tendMs: number;
  /** How long a node may take for one request before it counts as one that does not answer. */
  actMs: number;
}

export const USUAL_LIMITS: RotationLimits = {
  leadMs: 1_500,
  awayMs: 8_000,
  settleMs: 45_000,
  tendMs: 20_000,
  actMs: 90_000,
};
/** In an emergency nobody is waited for. */
export const EMERGENCY_LIMITS: RotationLimits = {
  leadMs: 500,
  awayMs: 2_000,
  settleMs: 20_000,
  tendMs: 10_000,
  actMs: 45_000,
};

/** All that rotations work with. */
export interface RotationParts {
  store: Pick<Store, 'beginRotation' | 'writeRotation' | 'rotation' | 'openRotations' | 'rotationsBefore'>;
  sealed: Pick<SealedStore, 'state' | 'onState' | 'seal' | 'open' | 'destroy' | 'list' | 'hold'>;
  clock: Clock;
  /** Every node of the list. */
  targets(): Promise<RotationTarget[]>;
  /**
   * The channel to the helper of a node.
   * @param run names the run whose password may be used
   * @param ask whether a person may be asked for one now, and for what
   */
  channel(
    node: string,
    run: string,
    ask: string | null,
  ): Promise<{ ok: true; channel: HelperChannel } | { ok: false; failure: HelperFailure }>;
  /** Who announces itself and is not on the list. Never throws. */
  strangers(emergency: boolean): Promise<RotationStranger[]>;
  /** Told after every write of the journal. */
  changed(rotation: StoredRotation): void;
  /** Told when a stage is reached, and when a node comes to rest. */
  told(rotation: StoredRotation, event: { kind: 'stage' } | { kind: 'node'; node: string }): void;
  limits?: Partial<RotationLimits>;
  fault?: FaultPoint;
}

/** Name of a rotation's secret in the sealed store. */
export const sealedNameOf = (rotation: string) => `swarm-secret-${rotation}`;
