import type { NodeAddress } from '#shared/domain/node.ts';
import type { RunPassword } from './helper-channel.ts';
import type { Host } from './host.ts';
import { localHost } from './local.ts';
import { recordedFile, recordedText } from './recorded.ts';
import { sshHost } from './ssh.ts';

export interface HostEnvironment {
  /** The console's own folder (0700), with its known_hosts. */
  dataFolder: string;
  /** For recorded nodes: the recording, as a file or as text. */
  recording?: { file: string } | { text: string };
  /** A person ordered to look as administrator: the password of sudo, tried before; it answers null where sudo asks for none. */
  administrator?: RunPassword | undefined;
}

/**
 * The host for a node's address. Nothing is opened until its first run; close it when the look is done.
 * A recorded node without a recording answers with an error when it is read.
 */
export function hostFor(address: NodeAddress, environment: HostEnvironment): Host {
  if (address.kind === 'local') return localHost(process.platform, environment.administrator);
  if (address.kind === 'ssh') return sshHost(address, environment.dataFolder, environment.administrator);
  const recording = environment.recording ?? { text: '' };
  return 'file' in recording ? recordedFile(recording.file) : recordedText(recording.text);
}
