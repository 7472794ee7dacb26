import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECK_IDS, type CheckId } from '#shared/domain/check-id.ts';
import { amountOf, type CountGroup, countChecks, totalOf } from '#shared/domain/counting.ts';
import type { FindingStatus, TrackedFinding } from '#shared/domain/finding.ts';
import { WORST_FIRST } from '#shared/domain/level.ts';
import { pageSentence } from './page-sentence.ts';
import { SORTS, triage } from './triage.ts';

const AT = '2026-11-21T19:17:00.000Z';
const options = { query: '', sort: 'worst' } as const;

function finding(
  node: string,
  check: CheckId,
  status: FindingStatus,
  more: Partial<TrackedFinding> = {},
): TrackedFinding {
  return {
    node,
    nodeName: node,
    check,
    status,
    severity: 'medium',
    summary: `${check} on ${node} is ${status}.`,
    detail: '',
    evidence: [],
    evidenceOmitted: 0,
    wouldChange: '',
    fix: [],
    wouldHelp: null,
    lacking: false,
    declared: [],
    observedAt: AT,
    since: AT,
    before: null,
    waiver: null,
    stale: false,
    ...more,
  };
}

const group = (findings: readonly TrackedFinding[], key: CountGroup, query = '') =>
  triage(findings, { ...options, query }).find((entry) => entry.key === key);

describe('triage', () => {
  it('counts a check once, by its worst, and gives each open finding a row', () => {
    const findings = [
      finding('boa', 'swarm-secret', 'fix'),
      finding('miu', 'swarm-secret', 'review'),
      finding('naru', 'swarm-secret', 'pass'),
    ];
    expect(group(findings, 'fix')).toMatchObject({ checks: 1 });
    expect(group(findings, 'fix')?.rows.map((row) => row.where)).toEqual(['boa', 'miu']);
    expect(group(findings, 'review')?.checks).toBe(0);
    expect(group(findings, 'pass')?.checks).toBe(0);
  });

  it('puts findings that say the same into one row, named all', () => {
    const same = { summary: 'A device announces itself and is not on your list.' };
    const findings = ['boa', 'miu'].map((node) => finding(node, 'peer-allowlist', 'review', same));
    const rows = group(findings, 'review')?.rows ?? [];
    expect(rows.map((row) => [row.where, row.headline])).toEqual([
      ['all', 'A device announces itself and is not on your list'],
    ]);
  });

  it('never puts what this version lacks among what could not be seen', () => {
    const findings = [finding('boa', 'escape-drill', 'unknown', { lacking: true })];
    expect(group(findings, 'lacking')?.checks).toBe(1);
    expect(group(findings, 'unknown')?.checks).toBe(0);
  });

  it('finds rows by all words, in any case, also in evidence', () => {
    const findings = [
      finding('boa', 'service-bindings', 'fix', {
        evidence: [{ what: '0.0.0.0:7890', seen: 'every address', status: 'fix', source: 'ss', raw: null }],
      }),
      finding('miu', 'swarm-secret', 'fix'),
    ];
    expect(group(findings, 'fix', 'BOA 7890')?.rows).toHaveLength(1);
    expect(group(findings, 'fix', 'boa secret')?.rows).toHaveLength(0);
    expect(group(findings, 'fix', 'boa secret')?.checks).toBe(2);
  });

  it('loses no open finding and counts every check exactly once, for any findings', () => {
    const any = fc.uniqueArray(
      fc.record({
        node: fc.constantFrom('boa', 'miu', 'naru', 'uncho'),
        check: fc.constantFrom(...CHECK_IDS),
        status: fc.constantFrom(...WORST_FIRST),
        lacking: fc.boolean(),
      }),
      { selector: ({ node, check }) => `${node}/${check}`, maxLength: 60 },
    );
    fc.assert(
      fc.property(any, fc.constantFrom(...SORTS), (entries, sort) => {
        const findings = entries.map(({ node, check, status, lacking }) =>
          finding(node, check, status, { lacking: lacking && status === 'unknown' }),
        );
        const groups = triage(findings, { query: '', sort });
        const checks = new Set(findings.map((entry) => entry.check)).size;
        expect(groups.reduce((sum, entry) => sum + entry.checks, 0)).toBe(checks);
        const counts = countChecks(findings);
        expect(totalOf(counts)).toBe(checks);
        for (const { key, checks: there } of groups)
          expect([key, amountOf(counts, key)]).toEqual([key, there]);
        const shown = new Set(groups.flatMap(({ rows }) => rows.flatMap((row) => row.findings)));
        for (const entry of findings) {
          if (entry.status === 'fix' || entry.status === 'review') expect(shown.has(entry)).toBe(true);
        }
        const ids = groups.flatMap(({ rows }) => rows.map((row) => row.id));
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});

describe('pageSentence', () => {
  it.each([
    [['fix', 'fix'], null, 'Two checks need fixing, and each says how.'],
    [['fix'], 'boa', 'One check needs fixing on boa, and it says how.'],
    [['review'], null, 'Nothing to fix. One check waits for your word.'],
    [['pass', 'waived'], null, 'Nothing to fix and nothing to review.'],
    [['unknown'], null, 'Nothing could be looked at yet.'],
  ] as const)('says for %j on %s: %s', (statuses, node, sentence) => {
    const findings = statuses.map((status, index) => finding('boa', CHECK_IDS[index] ?? 'backups', status));
    expect(pageSentence(triage(findings, options), node)).toBe(sentence);
  });

  it('is no quieter for what needed fixing and is out of sight', () => {
    const before = { status: 'fix', until: AT } as const;
    const unseen = [
      finding('boa', 'swarm-secret', 'unknown', { before }),
      finding('boa', 'backups', 'review'),
    ];
    expect(pageSentence(triage(unseen, options), 'boa')).toBe(
      'One check needed fixing on boa when it was seen last, and is out of sight.',
    );
    const worse = [...unseen, finding('boa', 'time-sync', 'fix')];
    expect(pageSentence(triage(worse, options), 'boa')).toBe(
      'One check needs fixing on boa, and it says how.',
    );
  });
});
