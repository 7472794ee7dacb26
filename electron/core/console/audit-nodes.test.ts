import { expect, it } from 'vitest';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { nodesToWatch } from './audit-nodes.ts';
import type { Context } from './context.ts';

const node = (id: string, address: SwarmNode['address']): SwarmNode => ({
  id,
  name: id,
  address,
  addedAt: '2026-11-21T00:00:00.000Z',
  lastLookAt: null,
  lastError: null,
});
const ssh: SwarmNode['address'] = { kind: 'ssh', user: 'ines', host: 'miu', port: 22 };

/** Facts of a node that says that its zone is this. */
function factsIn(timezone: string | null): Facts {
  const facts = stockNode();
  const { time } = facts.subjects;
  if (time.state !== 'seen') throw new Error('The stock node says its time');
  return { ...facts, subjects: { ...facts.subjects, time: { ...time, value: { ...time.value, timezone } } } };
}

it('reads times without a zone in the zone of the node that wrote them, in summer and in winter', async () => {
  const facts: Record<string, string | null> = {
    berlin: JSON.stringify(factsIn('Europe/Berlin')),
    nowhere: JSON.stringify(factsIn('Mars/Olympus')),
    silent: JSON.stringify(factsIn(null)),
    strange: '{"subjects":7}',
    new: null,
  };
  const store = {
    listNodes: async () => [
      ...Object.keys(facts).map((id) => node(id, ssh)),
      node('here', { kind: 'local' }),
      node('sample', { kind: 'recorded', sample: true }),
    ],
    facts: async ({ node: id }: { node: string }) => facts[id] ?? null,
    profile: async () => null,
  } as unknown as Context['store'];
  const offsets = async (at: Date) => {
    const nodes = await nodesToWatch({ store, clock: { now: () => at } as Context['clock'] });
    return Object.fromEntries(nodes.map(({ id, utcOffsetMinutes }) => [id, utcOffsetMinutes]));
  };
  const winter = new Date('2026-11-22T12:00:00.000Z');
  const here = -winter.getTimezoneOffset();
  expect(await offsets(winter)).toEqual({ berlin: 60, nowhere: 0, silent: 0, strange: 0, new: 0, here });
  expect((await offsets(new Date('2026-07-01T12:00:00.000Z'))).berlin).toBe(120);
});
