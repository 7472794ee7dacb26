import { describe, expect, it } from 'vitest';
import { nowOf } from './words-of-now.ts';

type Given = Parameters<typeof nowOf>[0];
const entry = (what: string, seen: string, status: Given['status']) => ({
  what,
  seen,
  status,
  source: 'a test',
  raw: null,
});
const finding = (more: Partial<Given>): Given => ({
  status: 'fix',
  evidence: [],
  waiver: null,
  wouldHelp: null,
  ...more,
});
const said = (more: Partial<Given>) => {
  const now = nowOf(finding(more));
  return now === null ? null : `${now.subject}${now.words}`;
};
const packet = (
  outcome: NonNullable<Given['packets']>[number]['outcome'],
  name: string,
  because: string,
) => ({
  outcome,
  packet: name,
  because,
  way: [],
});

describe('what the card says under "Now"', () => {
  it('names what it speaks of', () => {
    expect(
      said({ evidence: [entry('eth0', 'fine', 'pass'), entry('0.0.0.0:7890', 'every address', 'fix')] }),
    ).toBe('0.0.0.0:7890: every address.');
  });

  it('makes a sentence of a packet', () => {
    const out = 'tcp to 8.8.8.8:443 as uid 1001';
    const because = 'would leave through eth0: no IPv4 rule for this user';
    expect(said({ evidence: [entry(out, because, 'fix')], packets: [packet('open', out, because)] })).toBe(
      'tcp to 8.8.8.8:443 as uid 1001 would leave through eth0: no IPv4 rule for this user.',
    );
    expect(
      said({
        evidence: [entry('after a reboot', 'nothing loads these rules at boot', 'fix')],
        packets: [packet('not-kept', 'after a reboot', 'nothing loads these rules at boot')],
      }),
    ).toBe('After a reboot: nothing loads these rules at boot.');
  });

  it('takes the first packet that decides where the evidence has none', () => {
    const packets = [
      packet('stopped', 'tcp to 8.8.8.8:443', 'by the last of 5 rules'),
      packet('open', 'tcp to [::8888]:443', 'would leave through eth0: no IPv6 rule for this user'),
    ];
    expect(said({ packets })).toBe(
      'tcp to [::8888]:443 would leave through eth0: no IPv6 rule for this user.',
    );
    expect(said({ status: 'pass', packets: packets.slice(0, 1) })).toBeNull();
  });

  it('lets a packet be silent where something else decides', () => {
    const packets = [packet('stopped', 'tcp to 8.8.8.8:443', 'by the last of 5 rules')];
    expect(said({ evidence: [entry('group docker', 'gives the machine', 'fix')], packets })).toBe(
      'group docker: gives the machine.',
    );
  });

  it('says why nobody could look, and then what would help', () => {
    const evidence = [entry('/etc/sudoers', 'could not look: permission denied', 'unknown')];
    expect(said({ status: 'unknown', evidence, wouldHelp: 'look at this node as administrator' })).toBe(
      '/etc/sudoers: could not look: permission denied. It would help to look at this node as administrator.',
    );
    expect(said({ status: 'unknown', wouldHelp: 'look again' })).toBe('It would help to look again.');
  });

  it('says the reason of an accepted risk, and nothing where there is nothing', () => {
    const waiver = {
      id: 'w',
      reason: 'We know',
      until: '2026-12-01T00:00:00.000Z',
      underneath: 'fix' as const,
    };
    expect(said({ status: 'waived', waiver })).toBe('Accepted: We know.');
    expect(said({})).toBeNull();
  });

  it('hides nothing and stays short', () => {
    const now = nowOf(finding({ evidence: [entry(`a\u202eb${'x'.repeat(900)}`, 'c\nd', 'fix')] }));
    expect(now?.subject).toMatch(/^a\\u\{202e\}b/);
    expect(now?.subject.length).toBeLessThanOrEqual(160);
    expect(now?.words).toBe(': c\\nd.');
  });
});
