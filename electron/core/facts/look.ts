import type { Host, HostError } from '#core/hosts/host.ts';
import { FACTS_FORMAT, type Facts } from '#shared/domain/facts/facts.ts';
import type { ProfileCorrection } from '#shared/domain/profile.ts';
import type { CollectProgress } from './collect/request.ts';
import { collect } from './collect.ts';
import { COLLECTORS, HINTS } from './collectors.ts';
import { knockAround, type Neighbour } from './knocks/knocks.ts';
import { replayFacts } from './record.ts';

export interface LookRequest {
  /** From `hostFor`; the caller closes it when it is done with the node. */
  host: Host;
  /** The operator's name for the node. */
  nodeName: string;
  reachedBy: 'local' | 'ssh' | 'recorded';
  corrections: readonly ProfileCorrection[];
  /** 64 hex digits, random for this console and kept by it: makes fingerprints comparable between nodes. */
  salt: string;
  appVersion: string;
  /** Multiplies every collector's limit of time, for a machine known to be slow (an emulated one); 1 when left out. */
  patience?: number | undefined;
  /** False for a look that shows no hardware, which no check judges; it is what the scripts say then. */
  hardware?: boolean | undefined;
  /**
   * Whether others knock on the node and it on others: by which name or address the console reaches it (null for the computer of the
   * console itself), and the operator's other nodes. Nobody knocks when left out.
   */
  around?: { place: string | null; neighbours: readonly Neighbour[] } | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: CollectProgress) => void) | undefined;
}

export type LookResult = { ok: true; facts: Facts } | { ok: false; error: HostError };

/**
 * Looks at a node: collects all facts, or reads them from its recording (then corrections are not applied and the
 * recorded time stays "now").
 * @returns facts in which each subject is seen or says why not; an error only when the node as a whole could not be
 *   looked at, the look was cancelled, or the recording is damaged
 */
export async function collectFacts(request: LookRequest): Promise<LookResult> {
  if (request.host.kind === 'recorded') {
    const recording = await request.host.read();
    return recording.ok ? replayFacts(recording.text) : recording;
  }
  const result = await collect({
    host: request.host,
    collectors: COLLECTORS,
    hints: HINTS,
    corrections: request.corrections,
    salt: request.salt,
    patience: request.patience,
    hardware: request.hardware,
    signal: request.signal,
    onProgress: request.onProgress,
  });
  if (!result.ok) return result;
  const { collection } = result;
  const knocks =
    request.around === undefined
      ? undefined
      : await knockAround({
          ...request.around,
          host: request.host,
          facts: collection,
          patience: request.patience,
          signal: request.signal,
        });
  return {
    ok: true,
    facts: {
      format: FACTS_FORMAT,
      collectedBy: request.appVersion.slice(0, 256),
      collectedAt: collection.startedAt.toISOString(),
      tookMs: Math.round(collection.tookMs),
      node: { name: request.nodeName.slice(0, 256), reachedBy: request.reachedBy },
      privilege: collection.privilege,
      redacted: false,
      profile: collection.profile,
      subjects: collection.subjects,
      ...(knocks === undefined ? {} : { knocks }),
    },
  };
}
