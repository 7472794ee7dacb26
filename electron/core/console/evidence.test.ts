import { describe, expect, it } from 'vitest';
import { exampleFinding } from '#core/store/testing/example-findings.ts';
import type { Evidence } from '#shared/domain/finding.ts';
import { acceptedEvidence, boundRaw } from './evidence.ts';

const entry = (change: Partial<Evidence>): Evidence => ({
  what: '0.0.0.0:7890 mycoswarm (pid 812, uid 1000 minotaur)',
  seen: 'every address',
  status: 'fix',
  source: 'ss -Hltnpe',
  raw: null,
  ...change,
});
const hashOf = (...evidence: Evidence[]): string =>
  acceptedEvidence(exampleFinding('service-bindings', 'fix', { evidence }));

describe('what a waiver accepts', () => {
  it('stays the same over a restart, a night, another order and other raw text', () => {
    const accepted = hashOf(entry({}), entry({ what: 'token', seen: '91 days old' }));
    const later = hashOf(
      entry({ what: 'token', seen: '92 days old', raw: 'other' }),
      entry({ what: '0.0.0.0:7890 mycoswarm (pid 99, uid 1000 minotaur)' }),
    );
    expect(later).toBe(accepted);
  });

  it.each([
    ['another uid', entry({ what: '0.0.0.0:7890 mycoswarm (pid 812, uid 0 root)' })],
    ['another port', entry({ what: '0.0.0.0:8080 mycoswarm (pid 812, uid 1000 minotaur)' })],
    ['another meaning', entry({ seen: 'reachable, no input rule' })],
  ])('is another with %s', (_, other) => {
    expect(hashOf(other)).not.toBe(hashOf(entry({})));
  });

  it('is another with one entry more, left out or not, and with another status', () => {
    const one = exampleFinding('service-bindings', 'fix', { evidence: [entry({})] });
    expect(hashOf(entry({}), entry({ what: 'more' }))).not.toBe(hashOf(entry({})));
    expect(acceptedEvidence({ ...one, evidenceOmitted: 1 })).not.toBe(acceptedEvidence(one));
    expect(acceptedEvidence({ ...one, status: 'review' })).not.toBe(acceptedEvidence(one));
  });
});

describe('raw text', () => {
  it('is bounded for each entry and for the finding, and says what was cut', () => {
    const evidence = Array.from({ length: 10 }, () => entry({ raw: 'x'.repeat(100_000) }));
    const bounded = boundRaw(exampleFinding('service-bindings', 'fix', { evidence }));
    const kept = bounded.evidence.map((one) => one.raw?.replaceAll(/[^x]/g, '').length ?? 0);
    expect(Math.max(...kept)).toBeLessThanOrEqual(65_536);
    expect(kept.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(262_144);
    expect(bounded.evidence[0]?.raw).toContain('[34464 more characters were seen and are not kept]');
    expect(bounded.evidence[9]?.raw).toBe('\n[100000 more characters were seen and are not kept]');
  });
});
