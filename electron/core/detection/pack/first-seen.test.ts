import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DetectableEvent } from '#core/detection/detector.ts';
import { ruleInfo } from '#shared/domain/audit/alert.ts';
import { createFirstSeen, firstSeenOverview, LEARN_DAYS } from './first-seen.ts';
import { FIRST_SEEN_RULES } from './first-seen-rules.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 22);

const event = (category: string, fields: Record<string, string>, product = 'linux'): DetectableEvent => ({
  fields: { key: 'swarmkeep', ...fields },
  logsource: { product, category, service: null },
  raw: '',
});
const command = (image: string) => event('process_creation', { Image: image });
const destination = (ip: string) => event('network_connection', { DestinationIp: ip, Initiated: 'true' });
const peer = (name: string, ip: string) =>
  event('peer', { action: 'joined', peer: name, PeerIp: ip }, 'mycoswarm');

/** A watch that has learnt one thing of each kind, long ago. */
function learnt() {
  const watch = createFirstSeen();
  for (const each of [command('/usr/bin/ls'), destination('203.0.113.5'), peer('owl', '192.168.1.20')])
    expect(watch.detect(each, 1, START, 'a')).toEqual([]);
  return watch;
}
const LATER = START + 4 * DAY;

describe('what was never seen before', () => {
  it('learns first, then tells once', () => {
    const watch = learnt();
    expect(watch.detect(command('/usr/bin/cat'), 2, START + LEARN_DAYS * DAY - 1, 'a')).toEqual([]);
    expect(watch.detect(command('/usr/bin/cat'), 3, LATER, 'a')).toEqual([]);
    const [told] = watch.detect(command('/usr/bin/nmap'), 4, LATER, 'a');
    expect(told).toEqual({
      rule: FIRST_SEEN_RULES.command,
      entityField: 'Image',
      entity: '/usr/bin/nmap',
      events: [4],
    });
    expect(watch.detect(command('/usr/bin/nmap'), 5, LATER, 'a')).toEqual([]);
    expect(watch.detect(command('/usr/bin/nmap'), 6, LATER, 'b')).toEqual([]);
  });

  it('learns for as long as somebody chose, from then on too, and says how much it knows', () => {
    let days = 10;
    const watch = createFirstSeen(undefined, () => days);
    watch.detect(command('/usr/bin/ls'), 1, START, 'a');
    watch.detect(peer('owl', '192.168.1.20'), 2, START, 'a');
    expect(watch.detect(command('/usr/bin/cat'), 3, LATER, 'a')).toEqual([]);
    expect(watch.detect(peer('rook', '192.168.1.21'), 4, LATER, 'a')).toHaveLength(1);
    expect(firstSeenOverview(watch.state(), days)).toEqual([
      { node: 'a', kind: 'command', since: START, learnsUntil: START + 10 * DAY, known: 2 },
      { node: 'a', kind: 'peer', since: START, learnsUntil: START + DAY, known: 2 },
    ]);
    days = 2;
    expect(watch.detect(command('/usr/bin/nmap'), 5, LATER, 'a')).toHaveLength(1);
    expect(firstSeenOverview({ version: 1, salt: 'short' }, 3)).toEqual([]);
  });

  it('takes a public neighbourhood for one, and addresses at home one by one', () => {
    const watch = learnt();
    expect(watch.detect(destination('203.0.113.99'), 2, LATER, 'a')).toEqual([]);
    expect(watch.detect(destination('203.0.114.1'), 3, LATER, 'a')[0]?.entity).toBe('203.0.114.1');
    watch.detect(destination('192.168.1.5'), 4, LATER, 'a');
    expect(watch.detect(destination('192.168.1.6'), 5, LATER, 'a')[0]?.rule.id).toBe(
      'first-seen:destination',
    );
  });

  it('tells a peer with a known name at another address', () => {
    const watch = learnt();
    expect(watch.detect(peer('owl', '192.168.1.20'), 2, LATER, 'a')).toEqual([]);
    expect(watch.detect(peer('owl', '192.168.1.66'), 3, LATER, 'a')[0]).toMatchObject({
      rule: { level: 'high' },
      entity: '192.168.1.66',
    });
  });

  it('tells a plugin that was never loaded', () => {
    const plugin = (name: string) => event('', { action: 'plugin_loaded', plugin: name }, 'mycoswarm');
    const watch = createFirstSeen();
    expect(watch.detect(plugin('notes'), 1, START, 'a')).toEqual([]);
    expect(watch.detect(plugin('notes'), 2, LATER, 'a')).toEqual([]);
    expect(watch.detect(plugin('helper'), 3, LATER, 'a')[0]).toMatchObject({
      rule: { level: 'high' },
      entity: 'helper',
    });
  });

  it('does not care what people do', () => {
    const watch = learnt();
    const own = { ...command('/usr/bin/nmap'), fields: { Image: '/usr/bin/nmap', User: 'miu' } };
    expect(watch.detect(own, 2, LATER, 'a')).toEqual([]);
    expect(
      watch.detect({ ...own, fields: { Image: ['/a', '/b'], key: 'swarmkeep' } }, 3, LATER, 'a'),
    ).toEqual([]);
  });

  it('tells a flood as one, and stays small', () => {
    const watch = learnt();
    const told = Array.from({ length: 5_000 }, (_, index) =>
      watch.detect(command(`/tmp/${index}`), index, LATER, `${index % 2 === 0 ? 'a' : `n${index}`}`),
    ).flat();
    expect(told.length).toBeLessThanOrEqual(21);
    expect(told.at(-1)?.rule.id).toBe('first-seen:many');
    expect(JSON.stringify(watch.state()).length).toBeLessThan(64 * 16_384);
    const { nodes } = watch.state() as { nodes: unknown[] };
    expect(nodes.length).toBeLessThanOrEqual(64);
  });

  it('forgets what was not seen for longest, and keeps its state readable', () => {
    const watch = learnt();
    for (let index = 0; index < 3_000; index++) watch.detect(command(`/opt/${index}`), index, START, 'a');
    const next = createFirstSeen(JSON.parse(JSON.stringify(watch.state())));
    expect(next.detect(command('/opt/2999'), 1, LATER, 'a')).toEqual([]);
    expect(next.detect(command('/opt/1'), 2, LATER, 'a')).toHaveLength(1);
  });

  it('goes on after a restart, and holds the same state while nothing is new', () => {
    const watch = learnt();
    const state = watch.state();
    watch.detect(command('/usr/bin/ls'), 2, LATER, 'a');
    expect(watch.state()).toBe(state);
    const next = createFirstSeen(JSON.parse(JSON.stringify(state)));
    expect(next.detect(command('/usr/bin/ls'), 2, LATER, 'a')).toEqual([]);
    expect(next.detect(command('/usr/bin/nmap'), 3, LATER, 'a')).toHaveLength(1);
    expect(JSON.stringify(state)).not.toContain('owl');
    fc.assert(
      fc.property(fc.jsonValue(), (nonsense) => {
        expect(createFirstSeen(nonsense).detect(command('/x'), 1, LATER, 'a')).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('has rules that can be shown', () => {
    for (const rule of Object.values(FIRST_SEEN_RULES))
      expect(ruleInfo.safeParse(rule).error).toBeUndefined();
  });
});
