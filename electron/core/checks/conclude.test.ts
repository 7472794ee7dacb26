import { describe, expect, it } from 'vitest';
import { runChecks } from './run.ts';
import { inputFor } from './testing/facts-builder.ts';
import { hardenedNode } from './testing/hardened-node.ts';

const MACHINE = ['time-sync', 'os-updates', 'ssh-server', 'disk-encryption'];

describe('conclude', () => {
  it('lets no check about mycoSwarm pass while installations were left out', () => {
    const facts = hardenedNode();
    const before = runChecks(inputFor(facts));
    expect(before.find((finding) => finding.check === 'dedicated-user')?.status).toBe('pass');
    const after = runChecks(inputFor({ ...facts, profile: { ...facts.profile, omitted: 2 } }));
    const passed = after.filter((finding) => finding.status === 'pass').map((finding) => finding.check);
    expect(passed.filter((check) => !MACHINE.includes(check))).toEqual([]);
    expect(passed).toContain('time-sync');
    const finding = after.find((entry) => entry.check === 'dedicated-user');
    expect(finding).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining('more installations of mycoSwarm'),
      wouldHelp: expect.any(String),
    });
    expect(finding?.evidence).toContainEqual(
      expect.objectContaining({ what: '2 more installations of mycoSwarm' }),
    );
  });
});
