import { inventoryOf } from '#core/dependencies/inventory/inventory.ts';
import type { Environment } from '#shared/domain/dependencies/inventory.ts';
import { type Facts, facts as factsShape } from '#shared/domain/facts/facts.ts';
import type { Context } from './context.ts';

/** What the last look at a node saw of its packages. */
export interface SeenPackages {
  facts: Facts;
  environments: Environment[];
}

/** @returns null before the first look, and for facts of a version that this one does not read */
export async function packagesSeen(
  { store }: Pick<Context, 'store'>,
  node: string,
): Promise<SeenPackages | null> {
  const text = await store.facts({ node });
  const seen = text === null ? null : factsShape.safeParse(JSON.parse(text));
  if (!seen?.success) return null;
  const { python, ollama } = seen.data.subjects;
  const environments = inventoryOf(
    python.state === 'seen' ? python.value : null,
    ollama.state === 'seen' ? ollama.value : null,
  );
  return { facts: seen.data, environments };
}
