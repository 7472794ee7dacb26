import { expect, it } from 'vitest';
import type { RotationNode, RotationRun } from '#shared/domain/rotation/run.ts';
import { splitScale } from './split-scale.ts';

const at = (seconds: number): string =>
  new Date(Date.parse('2026-11-21T23:09:12.000Z') + seconds * 1_000).toISOString();

function node(name: string, more: Partial<RotationNode>): RotationNode {
  return {
    node: name,
    name,
    part: 'rotates',
    state: 'armed',
    message: null,
    stagedAt: null,
    committedAt: null,
    acceptsSince: null,
    verifiedAt: null,
    oldRefused: null,
    newProven: null,
    skewMs: 0,
    ...more,
  };
}

const run = (nodes: RotationNode[], more: Partial<RotationRun> = {}): RotationRun => ({
  id: 'a'.repeat(32),
  hash: 'b'.repeat(64),
  purpose: 'rotate',
  emergency: false,
  title: '',
  stage: 'decided',
  startedAt: at(-8),
  endedAt: null,
  nodes,
  strangers: [],
  restartsAt: at(0),
  split: null,
  waits: null,
  sentence: '',
  error: null,
  canAbort: false,
  canResume: false,
  ...more,
});

it('draws nothing before the decision', () => {
  expect(splitScale(run([], { restartsAt: null }), Date.now())).toBeNull();
});

it('draws what is known, and lets what is open end at the present', () => {
  const nodes = [
    node('miu', { committedAt: at(0), acceptsSince: at(0.9) }),
    node('uncho', { committedAt: at(0.3) }),
    node('pi', { part: 'away', state: 'away' }),
  ];
  const split = { fromAt: at(0.9), toAt: null, milliseconds: null };
  const scale = splitScale(run(nodes, { split }), Date.parse(at(1.8)));
  expect(scale?.seconds).toBe(3);
  expect(scale?.bars.get('miu')).toMatchObject({ from: 0, to: 0.3, seconds: 0.9 });
  expect(scale?.bars.get('uncho')).toMatchObject({ from: 0.1, to: 0.6, seconds: null });
  expect(scale?.bars.has('pi')).toBe(false);
  expect(scale?.band).toEqual({ from: 0.3, to: 0.6 });
  expect(scale?.now).toBe(0.6);
});

it('grows with a slow node, and has no present once all are done', () => {
  const nodes = [node('a', { committedAt: at(0), acceptsSince: at(7.5) })];
  const scale = splitScale(run(nodes, { endedAt: at(9) }), Date.parse(at(900)));
  expect(scale).toMatchObject({ seconds: 8, now: null, band: null });
});
