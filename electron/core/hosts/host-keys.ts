import { type HostError, hostError } from './host.ts';
import { type HostKey, knownHostsName, readHostKeyLine } from './known-hosts.ts';
import { endedByUs, runProcess } from './run-process.ts';
import { sshEnvironment } from './ssh-options.ts';

/** Best first, as a person would be asked to compare them. */
const PREFERENCE = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
];

/**
 * Asks a machine for its host keys without trusting any of them (ssh-keyscan(1)).
 * @param target host name or address and port
 * @returns at most 16 keys, the preferred type first; or that nothing answered
 */
export async function fetchHostKeys(
  target: { host: string; port: number },
  signal?: AbortSignal,
): Promise<{ ok: true; keys: HostKey[] } | { ok: false; error: HostError }> {
  const chunks: Buffer[] = [];
  const result = await runProcess({
    program: 'ssh-keyscan',
    arguments: ['-T', '5', '-p', String(target.port), '-t', 'ed25519,ecdsa,rsa', '--', target.host],
    environment: sshEnvironment(),
    script: '',
    timeoutMs: 12_000,
    maxStdoutBytes: 262_144,
    signal,
    onOutput: (chunk) => chunks.push(chunk),
  });
  if (result.how === 'not-started') {
    const message = 'The program ssh-keyscan was not found on this computer.';
    return {
      ok: false,
      error: hostError('no-ssh-client', message, 'Install the OpenSSH client and try again.'),
    };
  }
  if (result.how === 'cancelled') return { ok: false, error: endedByUs('cancelled') };
  const name = knownHostsName(target.host, target.port);
  const keys = Buffer.concat(chunks)
    .toString('latin1')
    .split('\n')
    .map((line) => readHostKeyLine(line, name))
    .filter((key) => key !== null);
  const unique = [...new Map(keys.map((key) => [key.line, key])).values()].slice(0, 16);
  if (unique.length === 0) {
    const message = `Nothing answered as an SSH server at ${target.host}, port ${target.port}.`;
    return {
      ok: false,
      error: hostError('unreachable', message, 'Check the name and the port, and that the machine is awake.'),
    };
  }
  const rank = (key: HostKey): number =>
    (PREFERENCE.indexOf(key.type) + PREFERENCE.length + 1) % (PREFERENCE.length + 1);
  return { ok: true, keys: unique.sort((a, b) => rank(a) - rank(b)) };
}
