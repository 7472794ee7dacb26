import { describe, expect, it } from 'vitest';
import { finding as findingShape } from '#shared/domain/finding.ts';
import type { LogEvidence } from './log-evidence.ts';
import { logInjection } from './log-injection.ts';
import { inputFor } from './testing/facts-builder.ts';
import { plainNode } from './testing/hardened-node.ts';
import { stockNode } from './testing/stock-node.ts';
import { tokenThrottling } from './token-throttling.ts';

type LogAlert = LogEvidence['alerts'][number];

const GUESSED: LogAlert = {
  check: 'token-throttling',
  title: 'Somebody guesses the swarm token',
  level: 'high',
  entity: '172.16.4.9\u202e',
  state: 'new',
  count: 300,
  firstAt: '2026-11-21T22:31:00.000Z',
  lastAt: '2026-11-21T22:31:01.000Z',
  firstEvent: 4_711,
  lastEvent: 5_010,
};
const withLogs = (logs: LogEvidence | undefined) => ({ ...inputFor(stockNode()), ...(logs && { logs }) });
const logs = (...alerts: LogAlert[]): LogEvidence => ({
  sources: 3,
  since: '2026-11-01T00:00:00.000Z',
  alerts,
});

describe('what the logs show', () => {
  it('is said as it was seen, with the events, and nothing of the log is unseen', () => {
    const found = findingShape.parse(tokenThrottling.run(withLogs(logs(GUESSED))));
    expect(found).toMatchObject({ status: 'fix', severity: 'high', lacking: false });
    expect(found.summary).toContain('Somebody tried to get past the swarm secret');
    expect(found.evidence[0]).toMatchObject({
      what: 'Somebody guesses the swarm token: 172.16.4.9\\u{202e}',
      status: 'fix',
    });
    expect(found.evidence[0]?.raw).toContain('events 4711 to 5010');
    expect(found.fix.length).toBeGreaterThan(0);
    // Each check has its own alerts.
    expect(logInjection.run(withLogs(logs(GUESSED))).status).toBe('unknown');
    expect(
      logInjection.run(withLogs(logs({ ...GUESSED, check: 'log-injection', level: 'critical' }))),
    ).toMatchObject({
      status: 'fix',
      severity: 'critical',
    });
  });

  it('is never fine for what nobody tried, nobody reads, or a person settled', () => {
    for (const check of [tokenThrottling, logInjection]) {
      expect(check.run(withLogs(undefined))).toMatchObject({ status: 'unknown', lacking: false });
      expect(check.run(withLogs({ ...logs(), since: null })).summary).toContain('Nobody reads the logs');
      expect(check.run(withLogs({ ...logs(), sources: 0 })).status).toBe('unknown');
      expect(check.run(withLogs(logs())).summary).toMatch(/was not seen\.$/);
    }
    const settled = tokenThrottling.run(withLogs(logs({ ...GUESSED, state: 'resolved' })));
    expect(settled.status).toBe('unknown');
    expect(settled.evidence.map(({ status }) => status)).toEqual(['not-applicable', 'unknown']);
    // A silence hides an alert, and not the risk.
    expect(tokenThrottling.run(withLogs(logs({ ...GUESSED, state: 'silenced' }))).status).toBe('review');
    // What was seen while somebody read stays, although nobody reads now.
    const { status, detail } = tokenThrottling.run(withLogs({ ...logs(GUESSED), since: null }));
    expect([status, detail.includes('could not be looked at')]).toEqual(['fix', true]);
  });

  it('does not apply where there is no mycoSwarm', () => {
    const input = { ...inputFor(plainNode()), logs: logs(GUESSED) };
    expect(tokenThrottling.run(input).status).toBe('not-applicable');
  });
});
