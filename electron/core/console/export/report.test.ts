import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleFinding, exampleNode } from '#core/store/testing/example-findings.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { FindingStatus, TrackedFinding } from '#shared/domain/finding.ts';
import { overviewOf } from '../overview.ts';
import { exportReport, type ReportInput } from './report.ts';

const HOSTILE = `</style></title><script>alert(1)</script><img src=x onerror=alert(2)>"'&\u202e\u001b[31m\u0000 javascript:x`;

function tracked(
  check: CheckId,
  status: FindingStatus,
  change: Partial<TrackedFinding> = {},
): TrackedFinding {
  return {
    ...exampleFinding(check, status),
    node: 'miu',
    nodeName: 'miu',
    since: '2026-11-20T21:04:00.000Z',
    before: null,
    waiver: null,
    stale: false,
    ...change,
  };
}

function input(findings: TrackedFinding[], change: Partial<ReportInput> = {}): ReportInput {
  const nodes = [exampleNode('miu', { lastLookAt: '2026-11-21T19:20:00.000Z' })];
  return {
    version: '0.1.0',
    createdAt: '2026-11-21T19:30:00.000Z',
    overview: overviewOf({ nodes, findings, hasMycoswarm: new Set(['miu']), since: [], nextLookAt: null }),
    nodes,
    findings,
    direct: [],
    ...change,
  };
}

const waived = tracked('ssh-server', 'waived', {
  waiver: { id: 'w', reason: 'behind the wall', until: '2026-12-12T00:00:00.000Z', underneath: 'fix' },
});

const hostile = tracked('service-bindings', 'fix', {
  nodeName: HOSTILE,
  summary: HOSTILE,
  detail: HOSTILE,
  wouldChange: HOSTILE,
  wouldHelp: HOSTILE,
  evidence: [{ what: HOSTILE, seen: HOSTILE, status: 'fix', source: HOSTILE, raw: HOSTILE }],
  fix: [{ text: HOSTILE, command: HOSTILE, needsRoot: true }],
  waiver: { id: 'w', reason: HOSTILE, until: '2026-12-12T00:00:00.000Z', underneath: 'fix' },
});

describe('direct dependencies in reports', () => {
  const told = { package: 'httpx', purpose: 'asks the API', licence: '', risk: '', writtenAt: null };
  const direct: ReportInput['direct'] = [
    { name: 'httpx', versions: ['0.27.0', '0.28.1'], from: 'index', licence: 'BSD-3-Clause', told },
    { name: HOSTILE, versions: [HOSTILE], from: 'index', licence: HOSTILE, told: null },
  ];

  it('stand with what the operator says of each, and what nobody said yet', () => {
    const page = exportReport('html', input([], { direct })).text;
    expect(page).toMatch(
      /httpx<br>[\s\S]*0\.27\.0, 0\.28\.1[\s\S]*asks the API[\s\S]*BSD-3-Clause[\s\S]*not said/,
    );
    expect(page).toContain('Purpose or risk of 2 is not written down yet.');
    expect(page).not.toMatch(/<script|<img/i);
    expect(JSON.parse(exportReport('json', input([], { direct })).text).directDependencies).toEqual(direct);
    expect(exportReport('html', input([])).text).not.toContain('What was asked for');
  });
});

describe('the HTML report', () => {
  const page = exportReport('html', input([hostile, waived, tracked('time-sync', 'pass')])).text;

  it('bears hostile text as text', () => {
    expect(page).not.toMatch(/<script|<img|onerror=[^&]*>|<\/style><\/title>/i);
    expect(page.match(/<style>/g)).toHaveLength(1);
    expect(page.match(/<\/title>/g)).toHaveLength(1);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('\\u{202e}');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is what is tested
    expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/);
  });

  it('carries a policy under which nothing loads and nothing runs but its own style', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
    expect(page).not.toMatch(/<[^>]* (?:style|src|href|on\w+)=/i);
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'));
  });

  it('says what was accepted, what is stale and what is a sample', () => {
    expect(page).toContain('Accepted until 2026-12-12: behind the wall');
    const stale = exportReport('html', input([tracked('time-sync', 'pass', { stale: true })])).text;
    expect(stale).toContain('from before, the node does not answer');
    const nodes = [exampleNode('sample', { address: { kind: 'recorded', sample: true } })];
    const overview = overviewOf({
      nodes,
      findings: [],
      hasMycoswarm: new Set(),
      since: [],
      nextLookAt: null,
    });
    expect(exportReport('html', input([], { nodes, overview })).text).toContain('Sample node');
    expect(page).not.toContain('Sample node');
  });

  it('is harmless whatever a node says', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const made = exportReport(
          'html',
          input([tracked('time-sync', 'fix', { summary: `<${text}>` })]),
        ).text;
        const inside = /<h3>([\s\S]*?)<\/h3>/.exec(made)?.[1] ?? '<';
        expect(inside).not.toMatch(/[<>"']/);
        expect(inside.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }),
      { numRuns: 40 },
    );
  });
});

describe('the SARIF report', () => {
  const made = exportReport(
    'sarif',
    input([
      tracked('service-bindings', 'fix', { severity: 'critical' }),
      tracked('plugin-inventory', 'review'),
      tracked('outbound-firewall', 'unknown'),
      waived,
      tracked('time-sync', 'pass'),
      tracked('model-locality', 'not-applicable'),
      hostile,
    ]),
  );
  const log = JSON.parse(made.text);
  const [run] = log.runs;

  it('has the structure that SARIF 2.1.0 asks for', () => {
    expect(made.mediaType).toBe('application/sarif+json');
    expect(log.version).toBe('2.1.0');
    expect(log.$schema).toMatch(/sarif-schema-2\.1\.0\.json$/);
    expect(log.runs).toHaveLength(1);
    const { driver } = run.tool;
    expect(driver).toMatchObject({ name: 'Swarmkeep', version: '0.1.0', semanticVersion: '0.1.0' });
    const ids = driver.rules.map((rule: { id: string }) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const rule of driver.rules) {
      for (const text of [rule.shortDescription, rule.fullDescription, rule.help]) {
        expect(text.text.length).toBeGreaterThan(10);
      }
    }
    for (const result of run.results) {
      expect(driver.rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(['pass', 'open', 'notApplicable', 'review', 'fail']).toContain(result.kind);
      expect(['none', 'note', 'warning', 'error']).toContain(result.level);
      if (result.kind !== 'fail') expect(result.level).toBe('none');
      expect(result.message.text.length).toBeGreaterThan(0);
      const [place] = result.locations[0].logicalLocations;
      expect(place.fullyQualifiedName).toContain(result.ruleId);
      expect(result.fingerprints['swarmkeep/v1']).toMatch(/^[0-9a-f]{64}$/);
      expect(result.partialFingerprints['evidence/v1']).toMatch(/^[0-9a-f]{64}$/);
      expect(Array.isArray(result.suppressions)).toBe(true);
    }
    expect(run.invocations[0]).toMatchObject({
      executionSuccessful: true,
      endTimeUtc: '2026-11-21T19:30:00.000Z',
    });
  });

  it('gives each status its kind and level', () => {
    const kinds = run.results.map((result: { kind: string; level: string }) => [result.kind, result.level]);
    expect(kinds.slice(0, 6)).toEqual([
      ['fail', 'error'],
      ['review', 'none'],
      ['open', 'none'],
      ['fail', 'error'],
      ['pass', 'none'],
      ['notApplicable', 'none'],
    ]);
  });

  it('shows an accepted risk as an accepted suppression of a failure, never as a pass', () => {
    expect(run.results[3].suppressions).toEqual([
      {
        kind: 'external',
        status: 'accepted',
        justification: 'behind the wall',
        properties: { until: '2026-12-12T00:00:00.000Z' },
      },
    ]);
    expect(run.results[0].suppressions).toEqual([]);
  });

  it('says that a node did not answer', () => {
    const nodes = [exampleNode('pi', { lastError: 'No route to host.' })];
    const away = JSON.parse(exportReport('sarif', input([], { nodes })).text).runs[0].invocations[0];
    expect(away.executionSuccessful).toBe(false);
    expect(away.toolExecutionNotifications[0].message.text).toContain('No route to host.');
  });

  it('keeps hostile text whole as a JSON string', () => {
    expect(run.results[6].message.text).toContain(HOSTILE);
  });
});

describe('every report', () => {
  it('has a file name made of our own words', () => {
    const nodes = [exampleNode('miu', { name: '../../etc/passwd' })];
    for (const format of ['json', 'html', 'sarif'] as const) {
      expect(exportReport(format, input([], { nodes })).fileName).toBe(`swarmkeep-miu-2026-11-21.${format}`);
    }
  });

  it('is bounded, and says what was left out', () => {
    const raw = 'x'.repeat(65_536);
    const findings = Array.from({ length: 300 }, () =>
      tracked('time-sync', 'fix', {
        evidence: [{ what: 'a', seen: 'b', status: 'fix', source: 'c', raw }],
      }),
    );
    const { text } = exportReport('json', input(findings));
    expect(text.length).toBeLessThan(10 * 1024 * 1024);
    expect(text).toContain('this report would be too large');
  });

  it('gives JSON that can be read again', () => {
    const findings = [tracked('time-sync', 'pass')];
    const document = JSON.parse(exportReport('json', input(findings)).text);
    expect(document.findings).toEqual(findings);
    expect(document).toMatchObject({ format: 1, counts: { pass: 1 }, nodes: [{ id: 'miu', name: 'miu' }] });
  });
});
