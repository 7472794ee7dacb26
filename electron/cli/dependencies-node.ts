import { hostname } from 'node:os';
import { inventoryOf } from '#core/dependencies/inventory/inventory.ts';
import type { Environment } from '#shared/domain/dependencies/inventory.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { Place } from './check-command.ts';
import { nodeMeant, nodeNamed } from './choose-node.ts';
import { lookDirectly } from './direct-look.ts';
import { couldNot } from './failure.ts';
import { hasRecords } from './has-records.ts';
import type { Terminal } from './terminal.ts';

/** The node that is meant, from the console's list; null for this computer when nothing is stored. */
export async function nodeChosen(
  place: Place,
  name: string | undefined,
  terminal: Terminal,
): Promise<SwarmNode | null> {
  if (name === undefined && !hasRecords(place.dataFolder)) return null;
  const { openConsole } = await import('./open-console.ts');
  const open = await openConsole({ ...place, terminal });
  try {
    const nodes = await open.client.nodes.list();
    return name === undefined ? nodeMeant(nodes) : nodeNamed(nodes, name, terminal);
  } finally {
    await open.close();
  }
}

/**
 * Looks at a node and says which packages are installed there.
 * @param name of a node of the list; this computer when left out and the list has none
 * @throws CommandFailure when it could not be looked at
 */
export async function environmentsOfNode(
  place: Place,
  name: string | undefined,
  terminal: Terminal,
): Promise<Environment[]> {
  const node = await nodeChosen(place, name, terminal);
  if (node?.address.kind === 'recorded')
    throw couldNot(`${node.name} is a recording: there is nothing installed to look at.`);
  const { subjects } = await lookDirectly(
    {
      ...place,
      address: node?.address ?? { kind: 'local' },
      nodeName: node?.name ?? hostname(),
      hardware: false,
    },
    terminal,
  );
  const { python, ollama } = subjects;
  if (python.state !== 'seen')
    throw couldNot('The Python packages of the node could not be read.', python.reason);
  const environments = inventoryOf(python.value, ollama.state === 'seen' ? ollama.value : null);
  const gaps = python.gaps.map(({ what, reason }) => `${what}: ${reason}`);
  if (gaps.length > 0 || environments.length === 0)
    environments.push({
      id: node?.name ?? hostname(),
      kind: 'system',
      pythonVersion: null,
      interpreter: null,
      packages: [],
      unreadable: (gaps.join('; ') || 'no Python environment of mycoSwarm was found').slice(0, 4_096),
    });
  return environments;
}
