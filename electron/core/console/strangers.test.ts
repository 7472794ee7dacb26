import { describe, expect, it } from 'vitest';
import type { Stranger } from '#core/audit/pipeline/stranger.ts';
import type { AnnouncedNode } from '#shared/contract/found-nodes.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { Context } from './context.ts';
import { watchForStrangers } from './strangers.ts';
import { fakeClock } from './testing/fake-clock.ts';

const AT = '2026-11-21T19:17:00.000Z';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const node = (id: string, address: SwarmNode['address']): SwarmNode => ({
  id,
  name: `the ${id}`,
  address,
  addedAt: AT,
  lastLookAt: null,
  lastError: null,
});
const MIU = node('miu', { kind: 'ssh', host: '192.168.1.20', port: 22 });

const announced = (name: string, more: Partial<AnnouncedNode> = {}): AnnouncedNode => ({
  name,
  from: '192.168.1.66',
  addresses: ['192.168.1.66'],
  port: 7_890,
  version: null,
  heardAt: AT,
  known: null,
  claims: null,
  ...more,
});

/** What is told while time passes. */
function watching(nodes: SwarmNode[], heard: AnnouncedNode[]) {
  const clock = fakeClock(AT);
  const told: [string, Stranger][] = [];
  const state = { asked: 0, fails: false };
  const store = { listNodes: async () => nodes } as unknown as Context['store'];
  const end = watchForStrangers(
    { clock, store },
    {
      heard: async () => {
        state.asked += 1;
        return heard;
      },
    },
    async (about, stranger) => {
      if (state.fails) throw new Error('the disk is full');
      told.push([about, stranger]);
    },
  );
  return { clock, told, end, state };
}

describe('strangers', () => {
  it('are told once a day, after a minute in which they could have been added', async () => {
    const { clock, told } = watching([MIU], [announced('naru', { claims: 'miu' })]);
    await clock.pass(1.5 * MINUTE);
    expect(told).toEqual([]);
    await clock.pass(MINUTE);
    expect(told.map(([about, { name, claims }]) => [about, name, claims])).toEqual([
      ['miu', 'naru', 'the miu'],
    ]);
    await clock.pass(DAY - 5 * MINUTE);
    expect(told).toHaveLength(1);
    await clock.pass(10 * MINUTE);
    expect(told).toHaveLength(2);
  });

  it('are shown on this computer where it is a node', async () => {
    const { clock, told } = watching([MIU, node('own', { kind: 'local' })], [announced('naru')]);
    await clock.pass(5 * MINUTE);
    expect(told[0]?.[0]).toBe('own');
  });

  it('are none of those that are listed', async () => {
    const { clock, told } = watching([MIU], [announced('miu', { known: 'miu' })]);
    await clock.pass(10 * MINUTE);
    expect(told).toEqual([]);
  });

  it('are not listened for without a node, and not by a console that closed', async () => {
    const sample = node('sample', { kind: 'recorded', sample: true });
    const without = watching([sample], [announced('naru')]);
    await without.clock.pass(10 * MINUTE);
    expect([without.state.asked, without.told]).toEqual([0, []]);
    const closed = watching([MIU], [announced('naru')]);
    closed.end();
    await closed.clock.pass(10 * MINUTE);
    expect(closed.state.asked).toBe(0);
  });

  it('come back after what could not be stored', async () => {
    const { clock, told, state } = watching([MIU], [announced('naru')]);
    state.fails = true;
    await clock.pass(5 * MINUTE);
    state.fails = false;
    await clock.pass(MINUTE);
    expect(told).toHaveLength(1);
  });

  it('are told a few at a time', async () => {
    const many = Array.from({ length: 60 }, (_, at) => announced(`n${at}`));
    const { clock, told } = watching([MIU], many);
    await clock.pass(2.1 * MINUTE);
    expect(told).toHaveLength(20);
    await clock.pass(MINUTE);
    expect(told).toHaveLength(60);
  });
});
