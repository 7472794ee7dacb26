import type { HostError, ScriptHost } from '#core/hosts/host.ts';
import { hostError } from '#core/hosts/host.ts';
import type { RecordCheck } from '#shared/domain/dependencies/record-check.ts';
import { compareRecords, readAnswer } from './compare-records.ts';
import { type RecordPlace, recordScript } from './record-script.ts';

/** Hashing tens of gigabytes on a small board takes this long; a person may cancel before. */
const LONGEST_MS = 30 * 60_000;
/** 400,000 files with long names, and 48 MiB of RECORDs. */
const MAX_OUTPUT = 160 * 1024 * 1024;

export interface VerifyRequest extends RecordPlace {
  /** Become root where the node allows it without a password. */
  sudo: boolean;
  signal?: AbortSignal | undefined;
  /** Bytes of answer that came, for a sign of life. */
  onProgress?: ((bytes: number) => void) | undefined;
}

/**
 * Holds installed files against their RECORDs: which were changed, are missing, or were added. In one round trip, here or over SSH;
 * the node hashes, and only names and hashes come back. Changes nothing.
 * @returns the comparison, also of a part when the node stopped early (`unread` says so); or why the node could not be asked
 */
export async function verifyRecords(
  host: Pick<ScriptHost, 'run'>,
  request: VerifyRequest,
): Promise<{ ok: true; check: RecordCheck } | { ok: false; error: HostError }> {
  const script = recordScript(request);
  if (script === null) {
    const message = 'The name of the folder has characters that cannot be written safely into a command.';
    return { ok: false, error: hostError('not-supported', message, 'Give the folder another name.') };
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  const result = await host.run({
    script,
    sudo: request.sudo,
    timeoutMs: LONGEST_MS,
    maxStdoutBytes: MAX_OUTPUT,
    signal: request.signal,
    onOutput(chunk) {
      pieces.push(chunk);
      bytes += chunk.length;
      request.onProgress?.(bytes);
    },
  });
  if (!result.ok) return result;
  return { ok: true, check: compareRecords(readAnswer(Buffer.concat(pieces)), request) };
}
