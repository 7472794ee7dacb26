import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DependencyFinding } from '#shared/domain/dependencies/finding.ts';
import { environment } from '#shared/domain/dependencies/inventory.ts';
import { compareAnswers, questionAbout } from './compare-answers.ts';
import { readPeerAnswer } from './pip-audit-answer.ts';

const place = (packages: unknown[]) => environment.parse({ id: '/srv/env', kind: 'list', packages });

function finding(name: string, ids: string[], more: Partial<DependencyFinding> = {}): DependencyFinding {
  return {
    ...{
      environment: '/srv/env',
      kind: 'vulnerability',
      ecosystem: 'PyPI',
      package: name,
      version: '1.0',
      ids,
    },
    ...{ severity: 'high', score: 8, summary: '', fixed: [], mayBeBackported: false, from: 'index' },
    ...{ vendoredBy: null, requiredBy: [], ignored: null, reopened: null },
    ...more,
  };
}

const answer = (dependencies: unknown) => readPeerAnswer(JSON.stringify({ dependencies, fixes: [] }));

describe('another program beside ours', () => {
  it('is asked about each package once, by its exact version, and about nothing that a version does not tell', () => {
    const { lines, leftOut } = questionAbout(
      place([
        { name: 'Foo.Bar', version: '1.0' },
        { name: 'foo-bar', version: '2.0' },
        { name: 'torch', version: '2.1+cpu' },
        { name: 'own', version: '1', from: 'editable' },
        { name: 'odd', version: '2004d' },
        { name: 'x --index-url=http://evil.test', version: '1' },
        { name: 'lines', version: '1\n-r /etc/passwd' },
        { name: 'github.com/ollama/ollama', version: '0.1.0', ecosystem: 'Go' },
      ]),
    );
    expect(lines).toEqual(['foo-bar==1.0', 'torch==2.1+cpu']);
    expect(leftOut).toHaveLength(6);
  });

  it('agrees where any name of a weakness is the same, and shows what only one of both names', () => {
    const question = questionAbout(
      place(['one', 'two', 'three', 'four'].map((name) => ({ name, version: '1.0' }))),
    );
    const theirs = answer([
      { name: 'One', version: '1.0', vulns: [{ id: 'PYSEC-1', fix_versions: ['2'], aliases: ['CVE-1'] }] },
      { name: 'two', version: '1.0', vulns: [{ id: 'GHSA-9', fix_versions: [], aliases: [] }] },
      { name: 'three', skip_reason: 'not found' },
    ]);
    if (theirs === null) throw new Error('it can be read');
    const ours = [
      finding('one', ['GHSA-1', 'CVE-1']),
      finding('two', ['CVE-2']),
      // What it did not look at is no difference; what was accepted is known.
      finding('three', ['CVE-3']),
      finding('one', ['CVE-1'], { kind: 'not-comparable' }),
    ];
    expect(compareAnswers(ours, question, theirs)).toEqual({
      agreed: 1,
      onlyHere: [{ package: 'two', version: '1.0', ids: ['CVE-2'] }],
      onlyThere: [{ package: 'two', version: '1.0', ids: ['GHSA-9'], fixed: [] }],
      notCompared: [
        { package: 'three', why: 'not found' },
        { package: 'four', why: 'it said nothing about it' },
      ],
    });
  });

  it('is believed as a whole or not at all', () => {
    expect(answer([{ name: 'a', version: '1', vulns: [{ id: 'X' }] }])?.weaknesses).toEqual([
      { package: 'a', version: '1', ids: ['X'], fixed: [] },
    ]);
    for (const wrong of [
      [{ name: 'a', version: '1', vulns: [{ id: 7 }] }],
      [{ name: 'a', version: '1' }],
      [{ name: 'a'.repeat(300), version: '1', vulns: [] }],
      'none',
    ])
      expect(answer(wrong)).toBeNull();
    for (const text of ['', '[', '{"dependencies":', '[]', 'null', `${'['.repeat(200_000)}`])
      expect(readPeerAnswer(text)).toBeNull();
    fc.assert(fc.property(fc.json(), (text) => void readPeerAnswer(text)));
  });
});
