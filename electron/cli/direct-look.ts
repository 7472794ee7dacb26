import { randomBytes } from 'node:crypto';
import { collectFacts } from '#core/facts/look.ts';
import { hostFor } from '#core/hosts/host-for.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { NodeAddress } from '#shared/domain/node.ts';
import type { ProfileCorrection } from '#shared/domain/profile.ts';
import { couldNot } from './failure.ts';
import { progressLine, type Terminal } from './terminal.ts';

export interface DirectLook {
  address: NodeAddress;
  nodeName: string;
  corrections?: readonly ProfileCorrection[];
  /** Facts that were recorded, for `recorded` addresses. */
  file?: string;
  /** False where nothing shows it. */
  hardware?: boolean;
  dataFolder: string;
  version: string;
}

/**
 * Collects facts without any records: this computer, a node over SSH, or a recording.
 * @throws CommandFailure when the node or the file cannot be read
 */
export async function lookDirectly(look: DirectLook, terminal: Terminal): Promise<Facts> {
  const recording = look.file === undefined ? {} : { recording: { file: look.file } };
  const host = hostFor(look.address, { dataFolder: look.dataFolder, ...recording });
  const progress = progressLine(terminal.error);
  progress.show(`Looking at ${look.address.kind === 'local' ? 'this machine' : look.nodeName} …`);
  try {
    const result = await collectFacts({
      host,
      nodeName: look.nodeName,
      reachedBy: look.address.kind,
      corrections: look.corrections ?? [],
      // Fingerprints of this look are compared with nothing.
      salt: randomBytes(32).toString('hex'),
      appVersion: look.version,
      hardware: look.hardware,
      onProgress: ({ done, total, subject }) =>
        progress.show(`Looking at ${look.nodeName}: ${done} of ${total}${subject ? `, ${subject}` : ''}`),
    });
    if (!result.ok) throw couldNot(result.error.message, result.error.next);
    return result.facts;
  } finally {
    progress.clear();
    await host.close();
  }
}
