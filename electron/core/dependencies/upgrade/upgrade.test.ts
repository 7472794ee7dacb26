import { describe, expect, it } from 'vitest';
import type { DependencyReport } from '#shared/domain/dependencies/finding.ts';
import type { PythonFacts } from '#shared/domain/facts/software.ts';
import { configuredIndex } from './configured-index.ts';
import { packageHolds } from './upgrade-proof.ts';

describe('the index that pip is set to', () => {
  const index = (...texts: (string | null)[]) =>
    configuredIndex(texts.map((text, number) => ({ path: `/conf${number}`, text })));

  it.each([
    ['nothing is set', ['[list]\nindex-url = http://x/\n'], 'https://pypi.org/simple (pip’s own default)'],
    ['one is set', ['[global]\nindex-url: http://pi.home/simple\n'], 'http://pi.home/simple (set in /conf0)'],
    [
      'the last one counts',
      ['[global]\nindex-url=http://a/s\n', '[install]\nindex_url=http://b/s\n'],
      'http://b/s (set in /conf1)',
    ],
    [
      'a further one is set',
      ['[global]\nextra-index-url =\n  http://a/s\n  http://b/s\n'],
      'https://pypi.org/simple, http://a/s, http://b/s (set in /conf0)',
    ],
    [
      'only a folder is set',
      ['[global]\nno-index = true\nfind-links = /srv/wheels\n'],
      '/srv/wheels (set in /conf0)',
    ],
    [
      'everything is forbidden',
      ['[global]\nno-index = 1\n'],
      'nowhere: its settings forbid every index (set in /conf0)',
    ],
    ['there is a secret', ['[global]\nindex-url = https://u:p@a/s?k=1#h\n'], 'https://a/s (set in /conf0)'],
    [
      'what is there is no address',
      ['[global]\nindex-url = u:p@a b\n'],
      'an address that is not shown (set in /conf0)',
    ],
  ])('is told where %s', (_name, texts, words) => {
    expect(index(...texts, null)).toBe(words);
  });
});

describe('the look after an upgrade', () => {
  const proof = {
    kind: 'package',
    check: 'dependency-audit',
    environment: '/e',
    package: 'De_mo',
    version: '1.1',
    clean: true,
  } as const;
  const seen = (...versions: string[]) =>
    ({
      environments: [
        { sitePackages: '/other', distributions: [{ name: 'demo', version: '1.1' }] },
        { sitePackages: '/e', distributions: versions.map((version) => ({ name: 'de-mo', version })) },
      ],
    }) as unknown as PythonFacts;
  const report = (...kinds: string[]) =>
    ({
      findings: kinds.map((kind) => ({
        environment: '/e',
        package: 'de.mo',
        ids: ['X-1'],
        kind,
        ignored: null,
      })),
    }) as unknown as DependencyReport;

  it.each([
    ['in that version, written otherwise', seen('1.1.0'), report('not-comparable'), true],
    ['in the old version', seen('1.0'), report(), false],
    ['not at all', seen(), report(), false],
    ['twice', seen('1.1', '1.1'), report(), false],
    ['with something known against it', seen('1.1'), report('vulnerability'), false],
    ['as malware', seen('1.1'), report('malware'), false],
  ])('finds it %s', (_name, python, found, holds) => {
    expect(packageHolds(proof, python, found).holds).toBe(holds);
  });

  it('proves nothing where nobody looked or compared', () => {
    expect(packageHolds(proof, null, report()).holds).toBe(false);
    expect(packageHolds(proof, seen('1.1'), null).holds).toBe(false);
  });

  it('takes what the plan said would stay', () => {
    expect(packageHolds({ ...proof, clean: false }, seen('1.1'), report('vulnerability'))).toEqual({
      holds: true,
      words: 'De_mo 1.1 is there; X-1 stays.',
    });
  });
});
