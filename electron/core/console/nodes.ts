import { hostname } from 'node:os';
import { fetchHostKeys } from '#core/hosts/host-keys.ts';
import { type NodeGuard, nodeGuard } from '#core/incidents/isolation/node-guard.ts';
import type { NodeAddress, SwarmNode } from '#shared/domain/node.ts';
import { plainName } from '#shared/domain/plain-name.ts';
import { confirmAndReach } from './confirm-ssh.ts';
import { announce, type Context, newId, requireNode } from './context.ts';
import { detectLocal } from './detect-local.ts';
import { addressWords, keysEvent } from './node-events.ts';
import { freeId, freeName, suggestedName } from './node-names.ts';
import { profileOf } from './node-profile.ts';
import type { Recheck } from './recheck.ts';
import { ConsoleError, type ConsoleService } from './service.ts';
import { whereOf } from './tell-ledger.ts';

const MOST_NODES = 1_024;
const UNTOUCHED = 'Nothing was changed.';

/**
 * Nodes: adding, naming, forgetting and bringing back.
 * @param stopLook ends the look that runs on a node, if any
 * @param guard what may be done to the list while a node is isolated
 */
export function nodesGroup(
  context: Context,
  recheck: Recheck,
  stopLook: (node: string) => void,
  guard: NodeGuard = nodeGuard(context),
): Omit<ConsoleService['nodes'], 'glances' | 'found' | 'sshConfig'> {
  const { store, clock, ledger } = context;
  /** Removed nodes that can come back, by the word that `remove` gave out. */
  const undo = new Map<string, string>();

  return {
    async list() {
      return (await store.listNodes()).sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
    },

    detectLocal,

    async hostKeys({ host, port }) {
      const answer = await fetchHostKeys({ host, port });
      if (answer.ok) return { keys: answer.keys };
      const { code, message, next } = answer.error;
      throw new ConsoleError(code, message, { untouched: UNTOUCHED, next });
    },

    async add({ name, address, confirmedKeys }) {
      const known = await store.listNodes();
      requirePossible(address);
      requireNew(address, known);
      if (known.length >= MOST_NODES)
        throw notAllowed(`There are ${MOST_NODES} nodes already.`, 'Remove one first.');
      const names = new Set(known.map((node) => node.name));
      const wanted = name === undefined ? undefined : requireFreeName(name, names);
      await guard.mayAdd(address, confirmedKeys);
      if (address.kind === 'ssh') {
        // Before any key is trusted: whoever asks later which ones were must find them all.
        if (confirmedKeys.length > 0) await ledger.append([keysEvent(address, confirmedKeys)]);
        await confirmAndReach(context.dataFolder, address, confirmedKeys);
      }
      const chosen = wanted ?? freeName(suggestedName(address, hostname()), names);
      const node: SwarmNode = {
        id: freeId(chosen, new Set(await store.takenIds())),
        name: chosen,
        address,
        addedAt: clock.now().toISOString(),
        lastLookAt: null,
        lastError: null,
      };
      const hostKeys = address.kind === 'ssh' ? confirmedKeys : [];
      const what = { reachedBy: address.kind, address: addressWords(address) };
      await ledger.recorded('addNode', { node, hostKeys }, [
        { kind: 'node-added', where: whereOf(node), what },
      ]);
      announce(context, 'nodes', node.id);
      return node;
    },

    async rename({ node: id, name }) {
      const node = await requireNode(context, id);
      const others = (await store.listNodes()).filter((entry) => entry.id !== id);
      const chosen = requireFreeName(name, new Set(others.map((entry) => entry.name)));
      const event = {
        kind: 'node-renamed',
        where: { node: id, name: chosen },
        what: { from: node.name, to: chosen },
      } as const;
      await ledger.recorded('renameNode', { id, name: chosen }, chosen === node.name ? [] : [event], 'go-on');
      announce(context, 'nodes', id);
      // Findings name their node.
      await recheck.of(id);
      return { ...node, name: chosen };
    },

    async remove({ node: id }) {
      const node = await requireNode(context, id);
      await guard.mayRemove(node);
      await ledger.recorded(
        'removeNode',
        { id, at: clock.now().toISOString() },
        [{ kind: 'node-removed', where: whereOf(node), what: {} }],
        'go-on',
      );
      stopLook(id);
      const word = newId();
      undo.set(word, id);
      announce(context, 'nodes', id);
      announce(context, 'findings', id);
      return { undo: word };
    },

    async restore({ undo: word }) {
      const id = undo.get(word);
      if (id === undefined) throw tooLate();
      const removed = await store.removedNode({ id });
      if (removed === null) throw tooLate();
      const known = await store.listNodes();
      requireNew(removed.address, known);
      await guard.mayAdd(removed.address, [], id);
      const name = freeName(removed.name, new Set(known.map((node) => node.name)));
      const event = { kind: 'node-restored', where: { node: id, name }, what: {} } as const;
      await ledger.recorded('restoreNode', { id }, [event], 'go-on');
      if (name !== removed.name) await store.renameNode({ id, name });
      undo.delete(word);
      announce(context, 'nodes', id);
      announce(context, 'findings', id);
      return { ...removed, name };
    },

    async profile({ node: id }) {
      await requireNode(context, id);
      return profileOf(context, id);
    },

    async correctProfile({ node: id, corrections }) {
      const node = await requireNode(context, id);
      const fields = corrections.flatMap(({ instance, ...changed }) =>
        Object.keys(changed).map((field) => `${instance} ${field}`),
      );
      const event = { kind: 'profile-corrected', where: whereOf(node), what: { fields } } as const;
      await ledger.recorded('setCorrections', { node: id, corrections }, [event]);
      announce(context, 'nodes', id);
      return { corrections };
    },
  };
}

function requirePossible(address: NodeAddress): void {
  if (address.kind !== 'local' || process.platform === 'linux') return;
  throw new ConsoleError('NOT_SUPPORTED_HERE', 'Only Linux computers can be looked at from the inside.', {
    untouched: UNTOUCHED,
    next: 'Add a node over SSH instead.',
  });
}

function requireNew(address: NodeAddress, known: readonly SwarmNode[]): void {
  const same = known.find((node) => sameMachine(node.address, address));
  if (!same) return;
  throw new ConsoleError('NODE_EXISTS', `This node is already there, as ${plainName(same.name, 64)}.`, {
    untouched: UNTOUCHED,
    next: 'Open it in Nodes.',
  });
}

/** Whether two addresses lead to the same machine, as far as their words tell. */
export function sameMachine(a: NodeAddress, b: NodeAddress): boolean {
  if (a.kind === 'ssh' && b.kind === 'ssh') {
    return a.host.toLowerCase() === b.host.toLowerCase() && a.port === b.port;
  }
  return a.kind === b.kind;
}

function requireFreeName(name: string, taken: ReadonlySet<string>): string {
  const plain = plainName(name, 64);
  if (plain === '') throw notAllowed('This name has no letter that can be shown.', 'Choose another name.');
  if (taken.has(plain)) throw notAllowed('Another node has this name.', 'Choose another name.');
  return plain;
}

function notAllowed(message: string, next: string): ConsoleError {
  return new ConsoleError('NOT_ALLOWED', message, { untouched: UNTOUCHED, next });
}

function tooLate(): ConsoleError {
  return new ConsoleError('NODE_UNKNOWN', 'This node cannot be brought back any more.', {
    untouched: UNTOUCHED,
    next: 'Add it again: its findings begin anew.',
  });
}
