import type { ScriptHost } from '#core/hosts/host.ts';
import type { SubjectName } from '#shared/domain/facts/facts.ts';
import type { ProfileCorrection } from '#shared/domain/profile.ts';
import type { AnyCollector } from '../collectors.ts';
import type { HintCollector } from '../profile/hints.ts';

/** How far a collection has come. */
export interface CollectProgress {
  done: number;
  total: number;
  /** The subject that has just answered; null when the connection was made. */
  subject: SubjectName | null;
}

export interface CollectRequest {
  host: ScriptHost;
  collectors: readonly AnyCollector[];
  /** Looks for installations on disk in round trip 1; its answer goes into `detectProfile`. */
  hints: HintCollector | null;
  corrections: readonly ProfileCorrection[];
  /** 64 hex digits, random for this console. */
  salt: string;
  /** Multiplies every collector's limit of time, for a machine known to be slow; 1 when left out. */
  patience?: number | undefined;
  /** False for a look that shows no hardware: to find it out takes this computer a dozen programs. */
  hardware?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** Must not throw. */
  onProgress?: ((progress: CollectProgress) => void) | undefined;
}
