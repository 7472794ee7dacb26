/** An advisory about one package, as OSV publishes it. Whatever is given replaces what is usual. */
export function exampleAdvisory(
  id: string,
  name: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    id,
    modified: '2026-11-20T10:00:00Z',
    published: '2026-11-19T10:00:00Z',
    summary: `Something in ${name}`,
    details: `${name} can be made to do what it should not.`,
    affected: [
      {
        package: { ecosystem: 'PyPI', name },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.0' }] }],
        versions: ['1.0', '1.1', '1.9'],
      },
    ],
    ...more,
  };
}

const WORDS =
  'the a package parser crafted request allows remote attacker to read files via path header and then crash before release when option is set user input server'.split(
    ' ',
  );

/**
 * Advisories as many and as long as OSV's data for PyPI has, the same ones for the same number: 60 % malware of one version, the
 * rest with two or three spans, a list of versions and some hundred words.
 */
export function* generatedAdvisories(count: number): Generator<{ name: string; text: string }> {
  let state = 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const words = (many: number): string =>
    Array.from({ length: many }, () => WORDS[next(WORDS.length)]).join(' ');
  for (let number = 0; number < count; number += 1) {
    const malware = next(10) < 6;
    const name = malware ? `fake-${number}-${WORDS[next(WORDS.length)]}` : `package-${next(1_500)}`;
    const id = malware
      ? `MAL-2026-${number}`
      : number % 2
        ? `PYSEC-2026-${number}`
        : `GHSA-${String(number).padStart(4, '2')}-2222-3333`;
    const major = next(4) + 1;
    const events = [
      { introduced: '0' },
      { fixed: `${major}.${next(9)}.${next(20)}` },
      { introduced: `${major + 1}.0` },
      { fixed: `${major + 1}.${next(9)}.${next(20)}` },
    ];
    const versions = Array.from({ length: malware ? 1 + next(3) : 20 + next(60) }, (_, index) =>
      malware ? `0.0.${index + 1}` : `${1 + (index % major)}.${index % 9}.${index % 20}`,
    );
    const cvss = `CVSS:3.1/AV:${'NALP'[next(4)]}/AC:${'LH'[next(2)]}/PR:${'NLH'[next(3)]}/UI:${'NR'[next(2)]}/S:U/C:${'HLN'[next(3)]}/I:${'HLN'[next(3)]}/A:H`;
    const record = exampleAdvisory(id, name, {
      modified: new Date(Date.UTC(2026, 10, 21) - next(86_400) * 1_000).toISOString(),
      aliases: malware ? [] : [`CVE-2026-${number}`],
      summary: words(8),
      details: words(malware ? 40 : 160),
      severity: malware ? [] : [{ type: 'CVSS_V3', score: cvss }],
      affected: [
        {
          package: { ecosystem: 'PyPI', name, purl: `pkg:pypi/${name}` },
          ...(malware ? {} : { ranges: [{ type: 'ECOSYSTEM', events }] }),
          versions: [...new Set(versions)],
        },
      ],
      references: [{ type: 'WEB', url: `https://example.test/${id}` }],
    });
    yield { name: `${id}.json`, text: JSON.stringify(record, null, 1) };
  }
}
