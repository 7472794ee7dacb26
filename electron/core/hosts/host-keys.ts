import { connect } from 'node:net';
import { type HostError, hostError } from './host.ts';
import { type HostKey, knownHostsName, readHostKeyLine } from './known-hosts.ts';
import { CONNECT_LIMIT_MS, resolveName } from './resolve-name.ts';
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

/** A machine that accepted a connection may be slow with its first key exchange: an old one, or one under load. */
const SERVER_LIMIT_S = 15;

/** How a bare connection ends; ssh-keyscan(1) keeps it to itself. */
function knock(address: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: CONNECT_LIMIT_MS });
    const end = (how: string) => {
      socket.destroy();
      resolve(how);
    };
    socket.on('connect', () => end('open'));
    socket.on('timeout', () => end('silent'));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'silent'));
  });
}

/** Why there are no keys, from how the bare connection ended. */
function noKeys(target: { host: string; port: number }, address: string, how: string): HostError {
  const machine = address === target.host ? address : `${target.host} (${address})`;
  const [message, next] =
    how === 'ECONNREFUSED'
      ? [
          `${machine} refused the connection to port ${target.port}: no SSH server listens there.`,
          'Start the SSH server on the machine, or give the port that it uses.',
        ]
      : how === 'EHOSTUNREACH' || how === 'ENETUNREACH'
        ? [
            `${machine} could not be reached from this computer.`,
            'Check that the machine is awake, and that both are in one network.',
          ]
        : [
            `Nothing answered as an SSH server at ${machine}, port ${target.port}.`,
            'Check the name and the port, and that the machine is awake.',
          ];
  return hostError('unreachable', message, next);
}

/**
 * Asks a machine for its host keys without trusting any of them (ssh-keyscan(1)).
 * @param target host name or address and port
 * @returns at most 16 keys, the preferred type first; or why there are none: at once for a name without an address, within
 *   5 s for a machine that does not answer, within 20 s for one that accepts the connection and then says nothing
 */
export async function fetchHostKeys(
  target: { host: string; port: number },
  signal?: AbortSignal,
): Promise<{ ok: true; keys: HostKey[] } | { ok: false; error: HostError }> {
  const resolved = await resolveName(target.host, signal);
  if (!resolved.ok) return resolved;
  const how = await knock(resolved.address, target.port);
  if (how !== 'open') return { ok: false, error: noKeys(target, resolved.address, how) };
  const chunks: Buffer[] = [];
  const result = await runProcess({
    program: 'ssh-keyscan',
    arguments: [
      '-T',
      String(SERVER_LIMIT_S),
      '-p',
      String(target.port),
      '-t',
      'ed25519,ecdsa,rsa',
      '--',
      target.host,
    ],
    environment: sshEnvironment(),
    script: '',
    timeoutMs: (SERVER_LIMIT_S + 5) * 1_000,
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
    return { ok: false, error: noKeys(target, resolved.address, how) };
  }
  const rank = (key: HostKey): number =>
    (PREFERENCE.indexOf(key.type) + PREFERENCE.length + 1) % (PREFERENCE.length + 1);
  return { ok: true, keys: unique.sort((a, b) => rank(a) - rank(b)) };
}
