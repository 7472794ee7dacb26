import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dependencyFinding } from '#shared/domain/dependencies/finding.ts';
import { environment, inventoryItem } from '#shared/domain/dependencies/inventory.ts';
import { cyclonedx } from './cyclonedx.ts';
import { licenceChoice } from './licence-choice.ts';
import { purlOf } from './purl.ts';

/**
 * The parts of bom-1.6.schema.json that we write, put down anew from the specification: required members, closed objects,
 * enumerations, patterns.
 */
const text = z.string();
const reference = z.string().min(1);
const property = z.strictObject({ name: text, value: text });
const licenses = z.union([
  z.tuple([z.strictObject({ expression: text })]),
  z.array(
    z.strictObject({ license: z.union([z.strictObject({ id: text }), z.strictObject({ name: text })]) }),
  ),
]);
const component = z.strictObject({
  type: z.enum([
    'application',
    'framework',
    'library',
    'container',
    'platform',
    'operating-system',
    'device',
    'file',
  ]),
  'bom-ref': reference.optional(),
  name: text.min(1),
  version: z.string().max(1_024).optional(),
  scope: z.enum(['required', 'optional', 'excluded']).optional(),
  licenses: licenses.optional(),
  hashes: z
    .array(
      z.strictObject({
        alg: z.enum(['SHA-256', 'SHA-384', 'SHA-512', 'SHA-1']),
        content: z.string().regex(/^([a-f0-9]{40}|[a-f0-9]{64}|[a-f0-9]{96}|[a-f0-9]{128})$/),
      }),
    )
    .optional(),
  purl: z
    .string()
    .regex(/^pkg:[a-z]+\/\S+$/)
    .optional(),
  properties: z.array(property).optional(),
});
const bill = z.strictObject({
  $schema: z.literal('http://cyclonedx.org/schema/bom-1.6.schema.json'),
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.6'),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  version: z.int().min(1),
  metadata: z.strictObject({
    timestamp: z.iso.datetime(),
    tools: z.strictObject({ components: z.array(component) }),
    component,
    properties: z.array(property).optional(),
  }),
  components: z.array(component),
  dependencies: z.array(z.strictObject({ ref: reference, dependsOn: z.array(reference) })),
  vulnerabilities: z
    .array(
      z.strictObject({
        'bom-ref': reference,
        id: text,
        source: z.strictObject({ name: text, url: z.url() }),
        references: z.array(z.strictObject({ id: text, source: z.strictObject({ name: text }) })).optional(),
        ratings: z.array(
          z.strictObject({
            severity: z.enum(['critical', 'high', 'medium', 'low', 'info', 'none', 'unknown']),
            score: z.number().optional(),
          }),
        ),
        description: text,
        recommendation: text.optional(),
        analysis: z
          .strictObject({
            state: z.enum(['exploitable', 'in_triage', 'not_affected']),
            response: z.array(z.enum(['can_not_fix', 'will_not_fix', 'update'])),
            detail: text,
          })
          .optional(),
        affects: z.array(z.strictObject({ ref: reference })),
      }),
    )
    .optional(),
});

/** Parses, and holds what a schema cannot say: references are there once, and lead somewhere. */
function valid(written: string) {
  const read = bill.parse(JSON.parse(written));
  const refs = [read.metadata.component['bom-ref'], ...read.components.map((one) => one['bom-ref'])];
  expect(new Set(refs).size).toBe(refs.length);
  const known = new Set(refs);
  expect(new Set(read.dependencies.map(({ ref }) => ref)).size).toBe(read.dependencies.length);
  for (const { ref, dependsOn } of read.dependencies) {
    expect(known).toContain(ref);
    expect(new Set(dependsOn).size).toBe(dependsOn.length);
    for (const one of dependsOn) expect(known).toContain(one);
  }
  for (const { affects } of read.vulnerabilities ?? [])
    for (const { ref } of affects) expect(known).toContain(ref);
  return read;
}

const about = { subject: 'node', version: '0.1.0', createdAt: '2026-11-22T16:00:00.000Z' };
const place = environment.parse({
  id: '/venv',
  kind: 'virtual-environment',
  pythonVersion: '3.11.2',
  packages: [
    { name: 'httpx', version: '0.27.0', direct: true, licence: 'BSD-3-Clause' },
    {
      name: 'h11',
      version: '0.14.0',
      direct: false,
      requiredBy: ['httpx'],
      licence: 'MIT AND (ISC OR Apache-2.0)',
    },
    { name: 'Twice_Over', version: '1' },
    { name: 'twice.over', version: '1' },
    { name: 'twice-over', version: '1' },
    { name: 'idna', version: '3.4', from: 'vendored', vendoredBy: 'httpx', direct: false },
    { ecosystem: 'Go', name: 'github.com/ollama/ollama', version: '0.5.1' },
    { name: 'open', version: null, asked: '>=2' },
  ],
});

describe('a bill of materials', () => {
  it('has the structure of CycloneDX 1.6, with the graph of who needs whom', () => {
    const read = valid(cyclonedx({ ...about, environments: [place, place] }));
    const needs = (ref: string) => read.dependencies.find((one) => one.ref === ref)?.dependsOn;
    expect(needs('subject')).toEqual(['environment-1', 'environment-2']);
    expect(needs('environment-1/pkg:pypi/httpx@0.27.0')).toEqual([
      'environment-1/pkg:pypi/h11@0.14.0',
      'environment-1/pkg:pypi/idna@3.4',
    ]);
    expect(needs('environment-1')).not.toContain('environment-1/pkg:pypi/h11@0.14.0');
    expect(read.components.length).toBe(18);
  });

  it('says which components are vulnerable, and what was put aside', () => {
    const finding = dependencyFinding.parse({
      environment: '/venv',
      kind: 'vulnerability',
      ecosystem: 'PyPI',
      package: 'h11',
      version: '0.14.0',
      ids: ['GHSA-1', 'CVE-1'],
      severity: 'unrated',
      score: null,
      summary: 'bad',
      fixed: ['0.16.0'],
      mayBeBackported: false,
      from: 'index',
      vendoredBy: null,
      requiredBy: [],
      ignored: { package: 'h11', id: 'CVE-1', reason: 'not reachable', untilFixed: true },
      reopened: null,
    });
    const data = {
      state: 'stale',
      advisories: 1,
      newest: null,
      ageDays: 9,
      importedAt: null,
      origin: '',
      trouble: '',
    } as const;
    const read = valid(
      cyclonedx({
        ...about,
        environments: [place],
        report: { packages: 8, findings: [finding], upgrades: [], data },
      }),
    );
    expect(read.vulnerabilities).toMatchObject([
      {
        id: 'GHSA-1',
        ratings: [{ severity: 'unknown' }],
        affects: [{ ref: 'environment-1/pkg:pypi/h11@0.14.0' }],
        analysis: { detail: 'not reachable' },
      },
    ]);
    expect(read.metadata.properties).toContainEqual({ name: 'swarmkeep:advisory-data', value: 'stale' });
  });

  it('is valid whatever packages call themselves', () => {
    const wild = fc.record({
      ecosystem: fc.constantFrom('PyPI' as const, 'Go' as const),
      name: fc.string({ unit: 'grapheme', maxLength: 20 }),
      version: fc.option(fc.string({ unit: 'grapheme', maxLength: 12 })),
      licence: fc.option(fc.string({ maxLength: 20 })),
      requiredBy: fc.array(fc.constantFrom('a', 'b', 'httpx'), { maxLength: 2 }),
      from: fc.constantFrom('index' as const, 'vendored' as const, 'vcs' as const),
    });
    fc.assert(
      fc.property(fc.array(wild, { maxLength: 6 }), (packages) => {
        const items = packages.map((one) => inventoryItem.parse(one));
        valid(cyclonedx({ ...about, subject: '', environments: [{ ...place, packages: items }] }));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['PyPI', 'Zope_Interface', '5.0', 'pkg:pypi/zope-interface@5.0'],
    ['PyPI', 'torch', '2.1.0+cu118', 'pkg:pypi/torch@2.1.0%2Bcu118'],
    ['PyPI', 'a', '1!2.0', 'pkg:pypi/a@1%212.0'],
    ['PyPI', 'a', null, 'pkg:pypi/a'],
    ['PyPI', 'a b', '1', null],
    ['PyPI', '', null, null],
    ['Go', 'github.com/Ollama/ollama', '0.5.1', 'pkg:golang/github.com/ollama/ollama@v0.5.1'],
  ] as const)('names %s %s %s as %s', (ecosystem, name, version, purl) => {
    expect(purlOf({ ecosystem, name, version })).toBe(purl);
  });

  it.each([
    ['MIT', [{ license: { id: 'MIT' } }]],
    ['MIT OR Apache-2.0', [{ expression: 'MIT OR Apache-2.0' }]],
    ['BSD', [{ license: { name: 'BSD' } }]],
    ['MIT OR mine', [{ license: { name: 'MIT OR mine' } }]],
    ['', undefined],
    [null, undefined],
  ])('gives the licence %s as it is known', (licence, expected) => {
    expect(licenceChoice(licence)).toEqual(expected);
  });
});
