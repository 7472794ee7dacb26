import { describe, expect, it } from 'vitest';
import { exampleFinding, exampleNode } from '#core/store/testing/example-findings.ts';
import { overview as overviewShape } from '#shared/contract/findings.ts';
import { CHECK_IDS, type CheckId } from '#shared/domain/check-id.ts';
import type { FindingStatus, TrackedFinding } from '#shared/domain/finding.ts';
import { LEVEL_OF } from '#shared/domain/level.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { overviewOf } from './overview.ts';

const LOOKED = '2026-11-21T19:20:00.000Z';
const RED = { status: 'fix', until: '2026-11-20T19:20:00.000Z' } as const;
const sampleAddress = { kind: 'recorded', sample: true } as const;

function node(id: string, change: Partial<SwarmNode> = {}): SwarmNode {
  return exampleNode(id, { lastLookAt: LOOKED, ...change });
}

function all(id: string, except: Partial<Record<CheckId, FindingStatus>> = {}): TrackedFinding[] {
  return CHECK_IDS.map((check) => ({
    ...exampleFinding(check, except[check] ?? 'pass', { summary: `${check} on ${id}.` }),
    node: id,
    nodeName: id,
    since: LOOKED,
    before: null,
    waiver:
      except[check] === 'waived'
        ? { id: 'w', reason: 'meant', until: '2026-12-12T00:00:00.000Z', underneath: 'fix' }
        : null,
    stale: false,
  }));
}

function home(nodes: SwarmNode[], findings: TrackedFinding[], without: string[] = []) {
  const hasMycoswarm = new Set(nodes.map((entry) => entry.id).filter((id) => !without.includes(id)));
  const made = overviewOf({ nodes, findings, hasMycoswarm, since: [], nextLookAt: null });
  expect(overviewShape.parse(made)).toEqual(made);
  return made;
}

describe('home', () => {
  it('dates recorded facts by when they were recorded, not by when they were judged again', () => {
    const recordedAt = '2026-11-20T01:38:44.082Z';
    const findings = all('sample').map((finding) => ({ ...finding, observedAt: recordedAt }));
    const sample = node('sample', { address: sampleAddress });
    const alone = home([sample], findings);
    expect(alone).toMatchObject({ recorded: true, lookedAt: recordedAt });
    expect(alone.standings[0]?.lookedAt).toBe(recordedAt);
    const beside = home([sample, node('miu')], [...findings, ...all('miu')]);
    expect(beside).toMatchObject({ recorded: false, lookedAt: LOOKED });
    expect(home([node('sample', { address: sampleAddress, lastLookAt: null })], [])).toMatchObject({
      lookedAt: null,
    });
  });

  it('counts a check once over several nodes, by its worst', () => {
    const made = home(
      [node('miu'), node('boa')],
      [...all('miu', { 'time-sync': 'unknown', backups: 'waived' }), ...all('boa', { 'time-sync': 'fix' })],
    );
    expect(made.counts).toMatchObject({ fix: 1, unknown: 0, waived: 1, pass: CHECK_IDS.length - 2 });
  });

  it('tells what could not be looked at from what this version lacks', () => {
    const miu = all('miu', { 'time-sync': 'unknown', backups: 'unknown', 'escape-drill': 'unknown' });
    const boa = all('boa', { backups: 'unknown', 'escape-drill': 'fix' });
    for (const finding of [...miu, ...boa]) finding.lacking = finding.check !== 'time-sync';
    const made = home([node('miu'), node('boa')], [...miu, ...boa]);
    expect(made.counts).toMatchObject({ fix: 1, unknown: 2, lacking: 1 });
    expect(made.standings.map(({ counts }) => [counts.unknown, counts.lacking])).toEqual([
      [1, 1],
      [3, 2],
    ]);
    expect(home([node('miu')], all('miu', { backups: 'unknown' })).counts.lacking).toBeUndefined();
  });

  it('puts each node on its step and says what holds it', () => {
    const made = home(
      [node('uncho'), node('miu'), node('boa', { lastError: 'asleep' }), node('plain')],
      [
        ...all('uncho'),
        ...all('miu', { 'swarm-secret': 'waived', 'audit-logging': 'fix' }),
        ...all('boa', { 'sandbox-mode': 'review' }),
        ...all('plain'),
      ],
      ['plain'],
    );
    expect(made.standings.map((entry) => [entry.nodeName, entry.level])).toEqual([
      ['boa', 0],
      ['miu', 1],
      ['plain', null],
      ['uncho', 4],
    ]);
    expect(made.standings[1]).toMatchObject({
      heldBy: [{ check: 'swarm-secret', status: 'waived' }],
      acceptedUntil: '2026-12-12T00:00:00.000Z',
    });
    expect(made.standings[0]).toMatchObject({ away: true, acceptedUntil: null });
    for (const { check } of made.standings[0]?.heldBy ?? []) expect(LEVEL_OF[check]).toBe(1);
  });

  it('has no level for a node at which nobody looked, whatever is believed of it', () => {
    const made = home([node('new', { lastLookAt: null })], []);
    expect(made.standings[0]).toMatchObject({ level: null, lookedAt: null });
    expect(made.sentence).toBe('We have not looked at new yet.');
    expect(made.next).toBeNull();
  });

  it('does not let the sample count beside a real node, and lets it count alone', () => {
    const sample = node('sample', { address: sampleAddress });
    const bad = all('sample', { 'service-bindings': 'fix' });
    const beside = home([sample, node('uncho')], [...bad, ...all('uncho')]);
    expect(beside.counts.fix).toBe(0);
    expect(beside.next).toBeNull();
    expect(beside.standings.map((entry) => entry.sample)).toEqual([true, false]);
    const alone = home([sample], bad);
    expect(alone.counts.fix).toBe(1);
    expect(alone.next?.node).toBe('sample');
    expect(alone.sentence).toMatch(/^This is a sample\. /);
  });

  it('stays within bounds with two hundred nodes of long names', () => {
    const nodes = Array.from({ length: 200 }, (_, index) => node(`node-${index}`, { name: 'x'.repeat(256) }));
    const findings = nodes.flatMap((entry) =>
      all(entry.id, { 'service-bindings': 'fix' }).map((finding) => ({ ...finding, nodeName: entry.name })),
    );
    const made = home(nodes, findings);
    expect(made.standings).toHaveLength(200);
    expect(made.counts.fix).toBe(1);
  });
});

describe('the next action', () => {
  const nextOf = (findings: TrackedFinding[]) => home([node('miu')], findings).next;

  it('is the gravest thing to fix, then the lower step', () => {
    const findings = all('miu', { 'time-sync': 'fix', 'outbound-firewall': 'fix', 'sandbox-mode': 'review' });
    for (const finding of findings) if (finding.check === 'time-sync') finding.severity = 'critical';
    expect(nextOf(findings)).toMatchObject({ check: 'time-sync', title: 'time-sync on miu' });
    for (const finding of findings) finding.severity = 'high';
    expect(nextOf(findings)).toMatchObject({ check: 'outbound-firewall', title: 'outbound-firewall on miu' });
  });

  it('says what was found, not what the check is about, and how many steps there are', () => {
    const found = all('miu', { 'dedicated-user': 'fix' });
    for (const finding of found) {
      if (finding.check !== 'dedicated-user') continue;
      finding.summary = 'Other accounts on miu leave their home folders open.';
      finding.detail = 'mycoSwarm has an account of its own.';
      finding.fix = [{ text: 'Close them.', command: 'chmod go-rwx -- /home/other', needsRoot: true }];
    }
    expect(nextOf(found)).toMatchObject({
      title: 'Other accounts on miu leave their home folders open',
      text: 'mycoSwarm has an account of its own.',
      steps: 1,
    });
  });

  it('is a decision when nothing is to fix, and some help when nothing is to decide', () => {
    expect(nextOf(all('miu', { 'plugin-inventory': 'review' }))?.title).toBe('plugin-inventory on miu');
    const unseen = all('miu', { 'swarm-secret': 'unknown' });
    expect(nextOf(unseen)).toBeNull();
    for (const finding of unseen) finding.wouldHelp = 'look again';
    expect(nextOf(unseen)).toMatchObject({
      title: 'See the rest of miu',
      text: expect.stringContaining('It would help to look again.'),
    });
    for (const finding of unseen) finding.lacking = true;
    expect(nextOf(unseen)).toBeNull();
  });

  it('is a look as administrator where something needed fixing and is out of sight, before what is to decide', () => {
    const found = all('miu', { 'swarm-secret': 'unknown', 'plugin-inventory': 'review' });
    for (const finding of found) {
      if (finding.check !== 'swarm-secret') continue;
      finding.wouldHelp = 'look at this node as administrator';
    }
    expect(nextOf(found)).toMatchObject({ check: 'plugin-inventory' });
    for (const finding of found) if (finding.check === 'swarm-secret') finding.before = RED;
    expect(nextOf(found)).toMatchObject({ title: 'Look at miu as administrator', look: 'administrator' });
    const worse = found.map((finding) =>
      finding.check === 'ssh-server' ? { ...finding, status: 'fix' as const } : finding,
    );
    expect(nextOf(worse)).toMatchObject({ check: 'ssh-server' });
    expect(nextOf(worse)?.look).toBeUndefined();
  });
});

describe('what needed fixing and is out of sight', () => {
  const blind = (change: Partial<TrackedFinding>) =>
    all('miu', { 'swarm-secret': 'unknown' }).map((finding) =>
      finding.check === 'swarm-secret' ? { ...finding, before: RED, ...change } : finding,
    );

  it('is said on Home, with its date and what would show it, and makes no quieter sentence', () => {
    const made = home([node('miu')], blind({ wouldHelp: 'look at this node as administrator' }));
    expect(made.hidden).toEqual([
      { node: 'miu', nodeName: 'miu', checks: 1, until: RED.until, administrator: true },
    ]);
    expect(made.sentence).toBe(
      'One thing on miu could not be seen by the last look; it needed fixing on 20 November.',
    );
    expect(home([node('miu')], blind({ wouldHelp: null })).hidden).toMatchObject([{ administrator: false }]);
  });

  it('is nothing that was fine when it was seen last, or that this version lacks', () => {
    expect(home([node('miu')], blind({ before: { ...RED, status: 'pass' } })).hidden).toEqual([]);
    expect(home([node('miu')], blind({ lacking: true })).hidden).toEqual([]);
    expect(home([node('miu')], all('miu')).hidden).toEqual([]);
  });
});
