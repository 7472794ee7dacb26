import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdvisoryCompiler } from './compile.ts';
import { readOsvRecord } from './osv-record.ts';
import { exampleAdvisory } from './testing/example-advisories.ts';

const read = (value: unknown) => {
  const result = readOsvRecord(value);
  return 'ok' in result ? result.ok : result.wrong;
};
const withAffected = (affected: unknown) => read(exampleAdvisory('X-1', 'x', { affected }));

describe('advisories in the OSV schema', () => {
  it('are read with their names, times, scores and what they affect', () => {
    const record = exampleAdvisory('GHSA-1', 'Some_Package.X', {
      schema_version: '1.7.0',
      aliases: ['CVE-2026-1', 'not an id', 7],
      related: ['GHSA-close'],
      upstream: ['CVE-2026-0', null],
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/…' }, 'nonsense'],
      database_specific: { severity: 'HIGH' },
      references: [{ type: 'WEB', url: 'https://example.test' }],
      extra: { anything: [1, 2] },
    });
    expect(read(record)).toMatchObject({
      id: 'GHSA-1',
      modified: Date.parse('2026-11-20T10:00:00Z'),
      withdrawn: null,
      aliases: ['CVE-2026-1'],
      related: ['GHSA-close'],
      upstream: ['CVE-2026-0'],
      scores: [{ type: 'CVSS_V3' }],
      severityWord: 'HIGH',
      malware: false,
      references: ['https://example.test'],
      affected: [{ ecosystem: 'PyPI', name: 'some-package-x' }],
    });
  });

  it('are malware by their id, an alias, or the mark of those who collect it', () => {
    const malware = (id: string, more: object) => read(exampleAdvisory(id, 'x', { ...more }));
    expect(malware('MAL-2026-1', {})).toMatchObject({ malware: true });
    expect(malware('GHSA-1', { aliases: ['MAL-2026-1'] })).toMatchObject({ malware: true });
    expect(malware('PYSEC-1', { database_specific: { 'malicious-packages-origins': [] } })).toMatchObject({
      malware: true,
    });
    expect(malware('PYSEC-1', { related: ['MAL-2026-1'] })).toMatchObject({ malware: false });
  });

  it('of other ecosystems are left out, of Ollama kept', () => {
    const one = (ecosystem: string, name: string) => ({ package: { ecosystem, name } });
    expect(withAffected([one('npm', 'x'), one('Go', 'github.com/x/y'), { ranges: [] }])).toMatchObject({
      affected: [],
    });
    expect(withAffected([one('PyPI:sub', 'A.b'), one('Go', 'github.com/ollama/ollama')])).toMatchObject({
      affected: [
        { ecosystem: 'PyPI', name: 'a-b' },
        { ecosystem: 'Go', name: 'github.com/ollama/ollama' },
      ],
    });
  });

  it('whose versions cannot be compared say so, and are not passed over', () => {
    const unclear = (affected: object) => {
      const compiler = new AdvisoryCompiler();
      const record = withAffected([{ package: { ecosystem: 'PyPI', name: 'x' }, ...affected }]);
      if (typeof record === 'string') throw new Error(record);
      compiler.add(record);
      return JSON.parse([...compiler.packages()][0]?.compiled ?? '{}').advisories[0].unclear;
    };
    expect(unclear({})).toMatch(/commits or nothing/);
    expect(unclear({ ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] })).toMatch(
      /commits or nothing/,
    );
    expect(unclear({ ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '\u0001' }] }] })).toMatch(
      /in its range/,
    );
    expect(unclear({ versions: ['1.0', ''] })).toMatch(/in its list/);
    expect(unclear({ versions: ['1.0'] })).toBeUndefined();
  });

  it.each([
    [null, /no JSON object/],
    [[], /no JSON object/],
    [{ modified: '2026-11-20T10:00:00Z' }, /no "id"/],
    [{ id: '../x', modified: '2026-11-20T10:00:00Z' }, /no "id"/],
    [{ id: 'X-1' }, /when it was modified/],
    [{ id: 'X-1', modified: 'yesterday' }, /no time/],
    [{ id: 'X-1', modified: 5 }, /no time/],
    [exampleAdvisory('X-1', 'x', { affected: {} }), /no list/],
    [exampleAdvisory('X-1', 'x', { affected: [7] }), /no object/],
    [exampleAdvisory('X-1', 'x', { aliases: 'CVE' }), /no list/],
    [exampleAdvisory('X-1', ' ', {}), /empty or too long/],
  ])('that are none are refused: %j', (value, reason) => {
    expect(read(value)).toMatch(reason);
  });

  it('that are none within what they affect are refused', () => {
    const one = (more: object) => [{ package: { ecosystem: 'PyPI', name: 'x' }, ...more }];
    expect(withAffected(one({ versions: [1] }))).toMatch(/no text/);
    expect(withAffected(one({ versions: Array.from({ length: 100_001 }, () => '1') }))).toMatch(
      /at most 100000/,
    );
    expect(withAffected(one({ ranges: [{ type: 'OTHER' }] }))).toMatch(/no known "type"/);
    expect(withAffected(one({ ranges: [{ type: 'ECOSYSTEM', events: [{ fixed: 1 }] }] }))).toMatch(/no text/);
  });

  it('of any shape are read or refused, and compiled without an error', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.constantFrom(
          'id',
          'modified',
          'affected',
          'aliases',
          'severity',
          'details',
          'database_specific',
          'ranges',
          'versions',
        ),
        (value, key) => {
          const nested = ['ranges', 'versions'].includes(key);
          const affected = [{ package: { ecosystem: 'PyPI', name: 'x' }, [key]: value }];
          const result = readOsvRecord(exampleAdvisory('X-1', 'x', nested ? { affected } : { [key]: value }));
          if ('ok' in result) {
            const compiler = new AdvisoryCompiler();
            compiler.add(result.ok);
            for (const { compiled } of compiler.packages()) JSON.parse(compiled);
          } else expect(result.wrong).not.toBe('');
        },
      ),
      { numRuns: 300 },
    );
  });
});
