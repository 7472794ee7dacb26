import { commandName } from '#shared/domain/command-name.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot, usage } from './failure.ts';
import type { Terminal } from './terminal.ts';

/**
 * Finds the node that a name means: its id or its name, as the console keeps them.
 * @throws CommandFailure when there is none, or when a name means several
 */
export function nodeNamed(
  nodes: readonly SwarmNode[],
  name: string,
  { environment }: Pick<Terminal, 'environment'>,
): SwarmNode {
  const byId = nodes.find((node) => node.id === name);
  if (byId !== undefined) return byId;
  const named = nodes.filter((node) => node.name === name);
  if (named.length > 1) {
    throw usage(
      `Several nodes are called ${visible(name)}.`,
      `Use an id: ${named.map((node) => node.id).join(', ')}.`,
    );
  }
  const [found] = named;
  if (found !== undefined) return found;
  const known = nodes.map((node) => visible(node.name)).join(', ');
  throw couldNot(
    `There is no node called ${visible(name)}.`,
    known === ''
      ? `No node was added yet: ${commandName(environment)} node add --local`
      : `There are: ${known}.`,
  );
}

/**
 * The node that is meant when none is named: this computer, or else the only one.
 * @returns null when nothing is stored: then this computer is looked at directly
 * @throws CommandFailure when it is not clear
 */
export function nodeMeant(nodes: readonly SwarmNode[]): SwarmNode | null {
  const local = nodes.find((node) => node.address.kind === 'local');
  if (local !== undefined) return local;
  const real = nodes.filter((node) => node.address.kind !== 'recorded');
  if (real.length > 1) {
    throw usage(
      'There are several nodes, and none of them is this computer.',
      `Name one with --node: ${real.map((node) => visible(node.name)).join(', ')}.`,
    );
  }
  return real[0] ?? null;
}
