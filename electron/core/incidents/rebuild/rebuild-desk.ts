import { randomBytes } from 'node:crypto';
import { reachOf } from '#core/checks/lan.ts';
import { API_PORT } from '#core/checks/swarm-nodes.ts';
import { confirmAndReach } from '#core/console/confirm-ssh.ts';
import { announce, type Context, requireNode } from '#core/console/context.ts';
import { addressWords, keysEvent } from '#core/console/node-events.ts';
import { otherNodes } from '#core/console/other-nodes.ts';
import { ConsoleError, type ConsoleService } from '#core/console/service.ts';
import { parseAddress } from '#core/firewall/address.ts';
import { hostFor } from '#core/hosts/host-for.ts';
import { fetchHostKeys } from '#core/hosts/host-keys.ts';
import { confirmedHostKeys } from '#core/hosts/known-hosts.ts';
import type { InstalledLock } from '#shared/domain/dependencies/before-install.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import type { Investigation } from '../investigation.ts';
import { isCodeOf } from './host-key-code.ts';
import { verdictsAt, verdictsNow } from './known-before.ts';
import { makeKit } from './make-kit.ts';
import type { NodeAddress } from './node-files.ts';
import { ownPublicKeys } from './own-keys.ts';
import { readNodeId } from './read-node-id.ts';
import type { Rebuilding } from './rebuilding.ts';
import { secretProof } from './rotation-proof.ts';

const UNTOUCHED = 'Nothing was changed.';
const MOST_PEERS = 256;

export interface RebuildParts {
  context: Pick<Context, 'store' | 'ledger' | 'clock' | 'dataFolder' | 'changes'>;
  investigation: Pick<Investigation, 'baseline'>;
  nodes: Pick<ConsoleService['nodes'], 'profile'>;
  dependencies: Pick<ConsoleService['dependencies'], 'environments' | 'lock'>;
  /** Newest first; empty where no secrets are kept. */
  rotations(): Promise<RotationRun[]>;
  /** For tests: how a machine is asked for its host keys. */
  fetchKeys?: typeof fetchHostKeys;
}

type SshNode = SwarmNode & { address: Extract<SwarmNode['address'], { kind: 'ssh' }> };

/** Puts together what sets a node up anew, with the records of this console. */
export function createRebuilding(parts: RebuildParts): Rebuilding {
  const { context, investigation } = parts;
  const { store, dataFolder, clock, ledger } = context;

  async function overSsh(id: string): Promise<SshNode> {
    const node = await requireNode(context, id);
    if (node.address.kind === 'ssh') return { ...node, address: node.address };
    throw new ConsoleError(
      'NOT_SUPPORTED_HERE',
      node.address.kind === 'local'
        ? `${node.name} is the computer on which this console runs: it would wipe itself.`
        : `${node.name} is a recording: there is no machine to set up anew.`,
      { untouched: UNTOUCHED, next: 'Set it up from a console on another computer.' },
    );
  }

  async function hostKeysOf({ address }: SwarmNode): Promise<string[]> {
    if (address.kind !== 'ssh') return [];
    return (await confirmedHostKeys(dataFolder, address)).map(({ fingerprint }) => fingerprint).slice(0, 16);
  }

  async function nodeId(id: string): Promise<string | null> {
    const node = await requireNode(context, id);
    const folders = ((await store.profile({ node: id }))?.detected.instances ?? []).flatMap(
      ({ configurationFolder }) => configurationFolder ?? [],
    );
    const host = hostFor(node.address, { dataFolder });
    try {
      return host.kind === 'recorded' ? null : await readNodeId(host, folders);
    } finally {
      await host.close();
    }
  }

  /** The first environment of the node that has mycoSwarm in it, pinned as it was seen last. */
  async function lockOf(node: string): Promise<InstalledLock | null> {
    const environments = await parts.dependencies.environments({ node }).catch(() => []);
    for (const { id } of environments.filter(({ isLockable }) => isLockable)) {
      const lock = await parts.dependencies.lock({ node, environment: id }).catch(() => null);
      if (lock !== null && /^mycoswarm==/m.test(lock.text)) return lock;
    }
    return null;
  }

  /** Where the other nodes of the list are: the account of the new node may speak with nobody else on the port of the API. */
  async function peersOf(node: string): Promise<NodeAddress[]> {
    const { swarm = [] } = await otherNodes(context, node);
    const declared = (await store.declarations()).filter(({ kind }) => kind === 'peer');
    const texts = [...swarm.flatMap(({ addresses }) => addresses), ...declared.map(({ value }) => value)];
    return [...new Set(texts)].slice(0, MOST_PEERS).flatMap((text) => {
      const parsed = parseAddress(text);
      const reach = reachOf(text);
      if (parsed === null || reach === 'loopback' || reach === 'every') return [];
      return [{ version: parsed.version, address: text }];
    });
  }

  return {
    async before(id, at) {
      const node = await requireNode(context, id);
      const { level, findings } = await verdictsAt(store, id, at);
      return {
        at: clock.now().toISOString(),
        hostKeys: await hostKeysOf(node),
        nodeId: null,
        level,
        findings,
      };
    },
    nodeId: (id) => nodeId(id).catch(() => null),
    async now(id) {
      const node = await requireNode(context, id);
      const [own, verdicts, baseline, runs] = await Promise.all([
        nodeId(id).catch(() => null),
        verdictsNow(store, id),
        investigation.baseline(id).catch(() => null),
        parts.rotations().catch(() => []),
      ]);
      return {
        hostKeys: await hostKeysOf(node),
        nodeId: own,
        ...verdicts,
        secret: secretProof(runs, id),
        baselineAt: baseline?.takenAt ?? null,
      };
    },
    async proposal(id) {
      const { address, name } = await overSsh(id);
      const { machine } = await parts.nodes.profile({ node: id });
      return {
        address: `${address.host} port ${address.port}`,
        hostName: hostNameOf(machine?.hostname ?? name) || 'node',
        account: accountOf(address.user),
        keys: await ownPublicKeys(address.identityFile),
      };
    },
    async kit(wish) {
      const node = await overSsh(wish.node);
      const instance = (await store.profile({ node: node.id }))?.detected.instances[0];
      return makeKit({
        wish,
        nodeName: node.name,
        port: instance?.apiPort ?? API_PORT,
        peers: await peersOf(node.id),
        lock: await lockOf(node.id),
        version: instance?.version ?? null,
        instance: randomBytes(16).toString('hex'),
      });
    },
    async meet(id, code, account) {
      const node = await overSsh(id);
      const answer = await (parts.fetchKeys ?? fetchHostKeys)(node.address);
      if (!answer.ok) {
        const { code: failure, message, next } = answer.error;
        throw new ConsoleError(failure, message, { untouched: UNTOUCHED, next });
      }
      const key = answer.keys.find(({ line }) => isCodeOf(code, line.split(' ')[2] ?? ''));
      if (key === undefined)
        throw new ConsoleError(
          'NOT_ALLOWED',
          `The machine that answers at ${addressWords(node.address)} has no host key with this code.`,
          {
            untouched: 'Nothing was changed, and nobody logged in there.',
            next: `Read the code at the screen of ${node.name} once more. If it is the one that you typed, something else answers in its place: find out what, before you go on.`,
          },
        );
      const address = { ...node.address, ...(account === null ? {} : { user: account }) };
      // Before it is trusted: whoever asks later which keys were must find it.
      await ledger.append([keysEvent(address, [key.line])]);
      await confirmAndReach(dataFolder, address, [key.line]);
      if (account !== null && account !== node.address.user) await store.setNodeUser({ id, user: account });
      announce(context, 'nodes', id);
      return key.fingerprint;
    },
  };
}

/** @returns a name as RFC 1123 has it, as near as can be to another one; empty when nothing of it is left */
function hostNameOf(name: string): string {
  return (name.split('.')[0] ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}

/** The account by which it was reached, unless that is one that a kit does not make. */
function accountOf(user: string | undefined): string {
  const fits = user !== undefined && /^[a-z_][a-z0-9_-]{0,30}$/.test(user);
  return fits && user !== 'root' && user !== 'mycoswarm' ? user : 'keeper';
}
