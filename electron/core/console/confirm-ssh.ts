import { hostFor } from '#core/hosts/host-for.ts';
import { confirmedHostKeys, confirmHostKeys, forgetHostKeys } from '#core/hosts/known-hosts.ts';
import type { NodeAddress } from '#shared/domain/node.ts';
import { ConsoleError } from './service.ts';

type SshAddress = Extract<NodeAddress, { kind: 'ssh' }>;

/**
 * Writes the keys that the operator confirmed into our own known_hosts and makes sure that the node can be reached with
 * them. When it cannot, the file is as it was before.
 * @param lines known_hosts lines as they were shown; none: keys confirmed earlier must be there
 * @throws ConsoleError `HOST_KEY_UNCONFIRMED`, `HOST_KEY_CHANGED`, `NODE_UNREACHABLE`, `NOT_ALLOWED` …
 */
export async function confirmAndReach(
  dataFolder: string,
  address: SshAddress,
  lines: readonly string[],
): Promise<void> {
  const before = await confirmedHostKeys(dataFolder, address);
  if (lines.length === 0 && before.length === 0) {
    throw new ConsoleError('HOST_KEY_UNCONFIRMED', 'The host key of this node was not confirmed yet.', {
      untouched: 'Nothing was changed, and nothing was sent to the node.',
      next: 'Compare its fingerprint with the one that the machine itself shows, then confirm it.',
    });
  }
  if (lines.length > 0) {
    const confirmed = await confirmHostKeys(dataFolder, address, lines);
    if (!confirmed.ok) {
      throw new ConsoleError('NOT_ALLOWED', confirmed.message, {
        untouched: 'Nothing was changed.',
        next: 'Fetch the host keys again and confirm what is shown.',
      });
    }
  }
  try {
    await reach(dataFolder, address);
  } catch (error) {
    await putBack(dataFolder, address, before);
    throw error;
  }
}

async function reach(dataFolder: string, address: SshAddress): Promise<void> {
  const host = hostFor(address, { dataFolder });
  try {
    if (host.kind === 'recorded') return;
    const result = await host.run({
      script: 'exit 0\n',
      sudo: false,
      timeoutMs: 30_000, // an old machine under load takes its time to log somebody in
      maxStdoutBytes: 65_536,
      onOutput: () => undefined,
    });
    if (result.ok) return;
    const { code, message, next } = result.error;
    throw new ConsoleError(code, message, { untouched: 'The node was not added.', next });
  } finally {
    await host.close();
  }
}

async function putBack(
  dataFolder: string,
  address: SshAddress,
  before: readonly { line: string }[],
): Promise<void> {
  await forgetHostKeys(dataFolder, address);
  if (before.length > 0) {
    await confirmHostKeys(
      dataFolder,
      address,
      before.map((key) => key.line),
    );
  }
}
