import { ConsoleError } from '#core/console/service.ts';
import { knownHostsName, readHostKeyLine } from '#core/hosts/known-hosts.ts';
import type { StoredIsolatedNode, StoredIsolation } from '#core/store/operations/isolations.ts';
import type { Store } from '#core/store/store.ts';
import type { NodeAddress, SwarmNode } from '#shared/domain/node.ts';
import { addressOf, keysOf } from './open-isolating.ts';
import { plainAddress } from './who-is-it.ts';

const UNTOUCHED = 'Nothing was changed.';

/** What may be done to the list of nodes while some of them are isolated. */
export interface NodeGuard {
  /**
   * Refuses a machine that is isolated, under whatever name, address or port: its peers are told whom to drop by that list.
   * @param except the node's own entry, when it is brought back
   * @throws ConsoleError NOT_ALLOWED
   */
  mayAdd(address: NodeAddress, confirmedKeys: readonly string[], except?: string): Promise<void>;
  /**
   * Refuses to take a node off the list that is isolated, or that drops an isolated one: nobody could let either go any more.
   * @throws ConsoleError NOT_ALLOWED
   */
  mayRemove(node: SwarmNode): Promise<void>;
}

/** @param resolve for tests: which address a node is reached by */
export function nodeGuard(
  { store, dataFolder }: { store: Pick<Store, 'openIsolations'>; dataFolder: string },
  resolve: (node: Pick<SwarmNode, 'address'>) => Promise<string | null> = addressOf,
): NodeGuard {
  return {
    async mayAdd(address, confirmedKeys, except) {
      const open = heldBy(await store.openIsolations()).filter(({ shown }) => shown.node !== except);
      if (open.length === 0 || address.kind === 'recorded') return;
      const reached = await resolve({ address }).catch(() => null);
      const keys = new Set([
        ...(await keysOf(dataFolder, { address })),
        ...fingerprintsOf(address, confirmedKeys),
      ]);
      const same = open.find((held) => isIt(held, address, reached, keys));
      if (same === undefined) return;
      const { name } = same.shown;
      throw new ConsoleError('NOT_ALLOWED', `This machine is ${name}, which is isolated.`, {
        untouched: `${UNTOUCHED} ${name} stays isolated.`,
        next: `Release ${name} first, in its incident. Until then no other entry of the list may stand for it.`,
      });
    },
    async mayRemove({ id, name }) {
      const open = await store.openIsolations();
      // Of a lost device nothing of ours lies on it: its peers keep it out, and it is asked nothing.
      const isLost = ({ state, cutAt }: StoredIsolatedNode['shown']) =>
        state === 'contained-by-peers' && cutAt === null;
      if (heldBy(open).some(({ shown }) => shown.node === id && !isLost(shown)))
        throw new ConsoleError('NOT_ALLOWED', `${name} is isolated, so it stays on the list.`, {
          untouched: `${UNTOUCHED} ${name} stays isolated.`,
          next: `Release ${name} in its incident first. If it will not answer any more, let it go there without it.`,
        });
      const held = heldBy(open).find(({ shown }) =>
        shown.layers.some(({ layer, node, is }) => layer === 'peer' && node === id && is !== 'lifted'),
      );
      if (held === undefined) return;
      const whom = held.shown.name;
      throw new ConsoleError(
        'NOT_ALLOWED',
        `${name} drops ${whom}, which is isolated, so it stays on the list.`,
        {
          untouched: `${UNTOUCHED} ${whom} stays isolated.`,
          next: `Release ${whom} in its incident first, so that ${name} is told to take its rules away. If ${name} will not answer any more, let ${whom} go without those that do not answer.`,
        },
      );
    },
  };
}

const heldBy = (open: readonly StoredIsolation[]): StoredIsolatedNode[] =>
  open.flatMap(({ nodes }) => nodes.filter(({ shown }) => shown.state !== 'released'));

function isIt(
  { certain, target, keys: known, reachedAt }: StoredIsolatedNode,
  address: NodeAddress,
  reached: string | null,
  keys: ReadonlySet<string>,
): boolean {
  if (address.kind === 'local' || reachedAt?.kind === 'local')
    return address.kind === 'local' && reachedAt?.kind === 'local';
  if (known.some((key) => keys.has(key))) return true;
  if (
    address.kind === 'ssh' &&
    reachedAt?.kind === 'ssh' &&
    address.host.toLowerCase() === reachedAt.host.toLowerCase()
  )
    return true;
  return reached !== null && [...certain.addresses, ...target.addresses].includes(plainAddress(reached));
}

function fingerprintsOf(address: NodeAddress, lines: readonly string[]): string[] {
  if (address.kind !== 'ssh') return [];
  const name = knownHostsName(address.host, address.port);
  return lines.flatMap((line) => readHostKeyLine(line, name)?.fingerprint ?? []);
}
