import { describe, expect, it } from 'vitest';
import type { IsolatedNode, IsolationLayer, IsolationProbe } from '#shared/domain/incident/isolation.ts';
import { holdRows } from './layer-rows.ts';

const AT = '2026-11-22T23:06:00.000Z';
const layer = (
  name: string,
  is: IsolationLayer['is'],
  of: IsolationLayer['layer'] = 'peer',
): IsolationLayer => ({
  layer: of,
  node: null,
  name,
  is,
  at: is === 'sent' ? null : AT,
  since: is === 'sent' ? null : AT,
  proof: `${name} says`,
});

const node = (layers: IsolationLayer[]): IsolatedNode => ({
  node: 'naru',
  name: 'naru',
  state: 'contained-by-peers',
  message: '',
  layers,
  probes: [],
  couldUndo: [],
  stepsDownAt: null,
  cutAt: null,
  cutMs: null,
  confirmedAt: null,
  releasedAt: null,
  socketsEnded: null,
  socketsLeft: null,
  tampered: { times: 0, lastAt: null },
  reloaded: { times: 0, lastAt: null, what: '' },
  notTaken: [],
  setUpAnew: false,
  cablePulledAt: null,
  snapshot: null,
});

describe('what holds a node', () => {
  it('puts peers of one state together, and those that are away apart', () => {
    const rows = holdRows(
      node([layer('miu', 'holds'), layer('boa', 'holds'), layer('pi', 'waiting')]),
      'node',
    );
    expect(rows.map(({ title, detail, is }) => [title, detail, is])).toEqual([
      ['Peers drop it', 'miu and boa', 'holds'],
      ['More peers drop it later', 'pi: away; each gets the rule before it may work again', 'waiting'],
    ]);
  });

  it('is as certain as its least certain part, and leaves out what is not needed', () => {
    const rows = holdRows(
      node([
        layer('eth0', 'holds', 'egress'),
        layer('wlan0', 'sent', 'egress'),
        layer('x', 'not-needed', 'boot'),
      ]),
      'node',
    );
    expect(rows).toMatchObject([{ key: 'egress sockets', is: 'sent' }]);
  });

  it('says why something does not hold', () => {
    expect(holdRows(node([layer('naru', 'failed', 'rules')]), 'node')).toMatchObject([
      { detail: 'naru says' },
    ]);
    expect(holdRows(node([layer('miu', 'partly')]), 'node')).toMatchObject([
      { title: 'Peers drop it in part', detail: 'miu: miu says' },
    ]);
  });

  it('calls nothing confirmed that only the node says, and nothing held that answered from outside', () => {
    const rules = [layer('naru', 'holds', 'rules'), layer('naru', 'holds', 'timer')];
    const tried = (outcome: IsolationProbe['outcome']): IsolatedNode => {
      const to = { from: 'this computer', to: '10.0.0.12 port 9' };
      const probe: IsolationProbe = {
        ...to,
        kind: 'tcp',
        family: 'ipv4',
        expected: 'stopped',
        outcome,
        at: AT,
      };
      return { ...node(rules), probes: [probe] };
    };
    expect(holdRows(node(rules), 'node').map(({ by }) => by)).toEqual(['said', 'said']);
    expect(holdRows(tried('stopped'), 'node').map(({ by, is }) => [by, is])).toEqual([
      ['seen', 'holds'],
      ['said', 'holds'],
    ]);
    expect(holdRows(tried('open'), 'node')[0]).toMatchObject({
      is: 'failed',
      detail: 'naru says that they hold, and it answered this computer all the same',
    });
  });

  it('says nothing of SSH where only mycoSwarm is cut off', () => {
    const rows = holdRows(node([layer('naru', 'sent', 'rules'), layer('naru', 'sent', 'timer')]), 'agent');
    expect(rows.map(({ title, detail }) => `${title} ${detail}`).join(' ')).not.toContain('SSH');
  });
});
