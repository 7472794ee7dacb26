import type { WatchedNode } from '#core/audit/watched-node.ts';
import type { Context } from './context.ts';

/** @returns nodes whose logs can be followed, with the sources that their profiles tell of */
export async function nodesToWatch({ store }: Pick<Context, 'store'>): Promise<WatchedNode[]> {
  const nodes = await store.listNodes();
  return nodes.flatMap(({ id, name, address }) => {
    if (address.kind === 'recorded') return [];
    // What a node beyond SSH writes without a zone is taken as UTC: its own zone is not known here.
    const utcOffsetMinutes = address.kind === 'local' ? -new Date().getTimezoneOffset() : 0;
    return [{ id, name, address, utcOffsetMinutes, found: [] }];
  });
}
