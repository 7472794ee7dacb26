import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type HostError, hostError } from './host.ts';
import { endedByUs } from './run-process.ts';

/** A node that was not reached after this time is not there; the limit of a connection, the search for its address included. */
export const CONNECT_LIMIT_MS = 5_000;

const SPELLING = 'Check how it is spelled, or use the address of the machine.';

/** A name server that does not answer costs the resolver of the C library half a minute: nobody waits for it. */
function limited(signal: AbortSignal | undefined): Promise<'late' | 'cancelled'> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('late'), CONNECT_LIMIT_MS).unref();
    signal?.addEventListener('abort', () => resolve('cancelled'), { once: true });
  });
}

/**
 * Finds out whether a host name has an address, as getaddrinfo(3) of this computer sees it and OpenSSH will. An address is
 * one already and asks nobody.
 * @param host name or address from a node's settings
 * @param search for tests: who is asked
 * @returns the first address; or at once that there is none, or after 5 s that nobody answered
 */
export async function resolveName(
  host: string,
  signal?: AbortSignal,
  search: (name: string) => Promise<{ address: string }> = lookup,
): Promise<{ ok: true; address: string } | { ok: false; error: HostError }> {
  if (isIP(host) !== 0) return { ok: true, address: host };
  if (signal?.aborted) return { ok: false, error: endedByUs('cancelled') };
  const asked = search(host).catch((error: NodeJS.ErrnoException) => error);
  const answer = await Promise.race([asked, limited(signal)]);
  if (answer === 'cancelled') return { ok: false, error: endedByUs('cancelled') };
  if (answer !== 'late' && 'address' in answer) return { ok: true, address: answer.address };
  if (answer === 'late' || answer.code === 'EAI_AGAIN') {
    const message = `Nobody could say which address ${host} has: the name server of this computer did not answer.`;
    return {
      ok: false,
      error: hostError(
        'unreachable',
        message,
        'Check that this computer is in the network, or use the address of the machine.',
      ),
    };
  }
  return { ok: false, error: hostError('unreachable', `No machine is called ${host} here.`, SPELLING) };
}
