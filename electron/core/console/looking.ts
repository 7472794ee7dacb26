import type { CheckInput } from '#core/checks/check.ts';
import type { Neighbour } from '#core/facts/knocks/knocks.ts';
import type { RunPassword } from '#core/hosts/helper-channel.ts';
import type { ErrorCode } from '#shared/contract/errors.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { Finding } from '#shared/domain/finding.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { ProfileCorrection } from '#shared/domain/profile.ts';

/** Where a look is, as the collectors tell it. */
export interface LookProgress {
  subjectsDone: number;
  subjectsTotal: number;
  /** What is being looked at now, in words. */
  present: string;
}

/** Why nothing could be seen: safe to show. */
export interface LookFailure {
  code: ErrorCode;
  message: string;
  next: string;
}

export type LookResult = { ok: true; facts: Facts } | { ok: false; error: LookFailure };

/** What the console needs of the rooms that look and judge. */
export interface Looking {
  /** Factor on the longest time of a look; 1 when left out. */
  patience?: number;
  /** Collects the facts of one node. Aborting the signal ends it soon, with any result. */
  collect(request: {
    node: SwarmNode;
    corrections: readonly ProfileCorrection[];
    /** 64 hex digits of this console. */
    salt: string;
    /** Other nodes of the operator's, on which this one is to knock. */
    neighbours: readonly Neighbour[];
    /** Ordered as administrator: the password of sudo there, tried before; it answers null where none is needed. */
    administrator?: RunPassword | undefined;
    signal: AbortSignal;
    onProgress(progress: LookProgress): void;
  }): Promise<LookResult>;
  /** Runs all checks, or those named, on facts. Pure. */
  check(input: CheckInput, only?: readonly CheckId[]): Finding[];
}
