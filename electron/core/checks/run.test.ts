import { describe, expect, it } from 'vitest';
import { CHECK_IDS } from '#shared/domain/check-id.ts';
import { facts as factsSchema } from '#shared/domain/facts/facts.ts';
import { finding } from '#shared/domain/finding.ts';
import { runChecks } from './run.ts';
import { inputFor } from './testing/facts-builder.ts';
import { hardenedNode, plainNode } from './testing/hardened-node.ts';
import { stockNode } from './testing/stock-node.ts';

const statuses = (facts: Parameters<typeof inputFor>[0]) =>
  Object.fromEntries(
    runChecks(inputFor(facts))
      .filter((entry) => !entry.lacking)
      .map((entry) => [entry.check, entry.status]),
  );

describe('runChecks', () => {
  it('is tried on nodes that the schema of facts takes', () => {
    for (const facts of [stockNode(), hardenedNode(), plainNode()])
      expect(factsSchema.parse(facts)).toEqual(facts);
  });

  it('says of a stock node what is known of stock nodes', () => {
    expect(statuses(stockNode())).toEqual({
      'dedicated-user': 'fix',
      'sandbox-mode': 'fix',
      'workspace-bounded': 'fix',
      'source-read-only': 'fix',
      'outbound-firewall': 'fix',
      'peer-allowlist': 'fix',
      'swarm-secret': 'fix',
      'service-bindings': 'fix',
      'unused-interfaces': 'pass',
      'audit-logging': 'fix',
      'dependency-audit': 'unknown',
      'pinned-dependencies': 'fix',
      'cloud-api-keys': 'pass',
      'model-locality': 'fix',
      'plugin-inventory': 'pass',
      'api-docs-exposed': 'fix',
      'tool-log': 'fix',
      'time-sync': 'pass',
      'os-updates': 'pass',
      'ssh-server': 'pass',
      'token-throttling': 'unknown',
      'log-injection': 'unknown',
      'outside-in': 'unknown',
    });
  });

  it('lets a hardened node pass all that this version can check', () => {
    const {
      'dependency-audit': audit,
      'token-throttling': guessing,
      'log-injection': forging,
      'outside-in': outside,
      ...others
    } = statuses(hardenedNode());
    // No logs belong to facts, and nobody knocked on this node.
    expect([audit, guessing, forging, outside]).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    expect(Object.entries(others).filter(([, status]) => status !== 'pass')).toEqual([]);
  });

  it('judges the machine and not mycoSwarm where there is none', () => {
    const found = statuses(plainNode());
    expect([found['time-sync'], found['os-updates'], found['ssh-server']]).toEqual(['pass', 'pass', 'pass']);
    const others = Object.entries(found).filter(
      ([id]) => !['time-sync', 'os-updates', 'ssh-server'].includes(id),
    );
    expect(new Set(others.map(([, status]) => status))).toEqual(new Set(['not-applicable']));
  });

  it('gives one valid finding per check, in order, byte for byte the same', () => {
    for (const facts of [stockNode(), hardenedNode(), plainNode()]) {
      const first = runChecks(inputFor(facts));
      expect(first.map((entry) => entry.check)).toEqual([...CHECK_IDS]);
      for (const entry of first) expect(finding.parse(entry)).toEqual(entry);
      expect(JSON.stringify(runChecks(inputFor(structuredClone(facts))))).toBe(JSON.stringify(first));
    }
  });

  it('runs only what was asked for, in the order of the checks', () => {
    const some = runChecks(inputFor(stockNode()), { only: ['time-sync', 'dedicated-user'] });
    expect(some.map((entry) => entry.check)).toEqual(['dedicated-user', 'time-sync']);
  });

  it('names the node in every summary, without shouting or promising', () => {
    for (const facts of [stockNode(), hardenedNode(), plainNode()]) {
      for (const entry of runChecks(inputFor(facts))) {
        expect(entry.summary).toContain(facts.node.name);
        const ours = [
          entry.summary,
          entry.detail,
          entry.wouldChange,
          entry.wouldHelp ?? '',
          ...entry.fix.map((step) => step.text),
          ...entry.evidence.map((part) => part.seen),
        ];
        for (const text of ours) expect(text).not.toMatch(/!|\b(secure[ds]?|protected|tamper-proof)\b/i);
        if (entry.status === 'fix') expect(entry.fix.length).toBeGreaterThan(0);
        if (entry.status === 'unknown') expect(entry.wouldHelp).not.toBeNull();
        if (entry.status === 'pass') expect(entry.evidence.some((part) => part.status === 'pass')).toBe(true);
      }
    }
  });

  it('keeps a fault of one check from the others, and calls it ours', () => {
    const facts = stockNode();
    const broken = {
      ...facts,
      subjects: { ...facts.subjects, time: { state: 'seen', value: undefined } },
    } as unknown as typeof facts;
    const found = runChecks(inputFor(broken));
    const time = found.find((entry) => entry.check === 'time-sync');
    expect(time).toMatchObject({ status: 'unknown', summary: expect.stringContaining('fault of Swarmkeep') });
    expect(found.filter((entry) => entry.summary.includes('fault of Swarmkeep'))).toHaveLength(1);
  });
});
