import { describe, expect, it } from 'vitest';
import { environment } from '#shared/domain/dependencies/inventory.ts';
import { directDependencies } from './direct.ts';
import { readMetadata } from './metadata.ts';
import { requiredBy } from './required-by.ts';
import { eachCopyOnce, vendoredByFolder, vendoredByList } from './vendored.ts';

const graph = (asking: Record<string, string[]>, version: string | null = '3.11.2') =>
  Object.fromEntries(
    requiredBy(
      Object.entries(asking).map(([name, requires]) => ({ name, requires })),
      version,
    ),
  );

describe('who asks for whom', () => {
  it('is by normalised names, and only among what is installed', () => {
    expect(
      graph({ App: ['Zope_Interface>=5', 'missing'], 'zope.interface': [], other: ['zope-interface'] }),
    ).toEqual({
      'zope-interface': ['App', 'other'],
    });
  });

  it('counts a requirement of an extra once somebody asks for it, however far away', () => {
    const asking = {
      top: ['middle[Fast_Mode]'],
      middle: ['bottom[x]; extra == "fast-mode"', 'quiet; extra == "slow"'],
      bottom: ['deep; extra == "x"'],
      deep: ['top'],
      quiet: [],
    };
    expect(graph(asking)).toEqual({ middle: ['top'], bottom: ['middle'], deep: ['bottom'], top: ['deep'] });
  });

  it('leaves out what a marker rules out, and keeps what nobody can decide', () => {
    const asking = { a: ['b; python_version < "3.9"', 'c; platform_machine == "riscv"'], b: [], c: [] };
    expect(graph(asking)).toEqual({ c: ['a'] });
    expect(graph(asking, null)).toEqual({ b: ['a'], c: ['a'] });
  });

  it('ends soon for a graph that was made to go on', () => {
    const extras = Array.from({ length: 400 }, (_, at) => `e${at}`);
    const asking = Object.fromEntries(
      Array.from({ length: 120 }, (_, at) => [
        `p${at}`,
        extras
          .slice(0, 40)
          .map((_, other) => `p${(at + other) % 120}[${extras.slice(other, other + 100).join(',')}]`),
      ]),
    );
    const began = process.cpuUsage();
    expect(Object.keys(graph(asking)).length).toBe(120);
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(4_000);
  });
});

describe('metadata', () => {
  it.each([
    ['License-Expression: MIT OR Apache-2.0\nLicense: BSD', 'MIT OR Apache-2.0'],
    ['License: BSD-3-Clause\n        and more text', 'BSD-3-Clause'],
    [
      'License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\nClassifier: Topic :: X',
      'MIT License',
    ],
    [
      `License: ${'Permission is hereby granted '.repeat(9)}\nClassifier: License :: OSI Approved :: ISC License`,
      'ISC License',
    ],
    ['Summary: x', null],
  ])('says its licence: %s', (headers, licence) => {
    expect(readMetadata(`Name: a\nVersion: 1\n${headers}\n\nLicense: not a header\n`).licence).toBe(licence);
  });

  it('reads headers only, in any case and with any line ends, the first of each', () => {
    const read = readMetadata(
      '\uFEFFNAME: a\r\nversion: 1\r\nVersion: 2\r\nRequires-Dist: b>1\r\n\r\nName: c\n',
    );
    expect(read).toMatchObject({ name: 'a', version: '1', requires: ['b>1'] });
  });
});

it('knows copies within others by list and by folder, each once', () => {
  const list = vendoredByList(
    ['# all', 'urllib3==1.26.17 # why', '    idna==3.4', 'broken line here', ''],
    'pip',
    '/p/vendor.txt',
  );
  const folder = vendoredByFolder('URLLIB3-1.26.17.dist-info', 'pip', '/p/x');
  expect(
    eachCopyOnce([...list, ...(folder ? [folder] : [])]).map(({ name, version }) => [name, version]),
  ).toEqual([
    ['urllib3', '1.26.17'],
    ['idna', '3.4'],
  ]);
  expect(vendoredByFolder('urllib3', 'pip', '/p')).toBeNull();
});

it('asks for a purpose of what somebody chose, and of nothing else', () => {
  const packages = [
    { name: 'A', version: '1', direct: true },
    { name: 'a', version: '2', direct: true },
    { name: 'b', version: '1', direct: false },
    { name: 'c', version: '1', direct: true, from: 'distribution' },
    { name: 'd', version: '1', direct: null },
  ];
  expect(
    directDependencies([environment.parse({ id: '/v', kind: 'list', packages })]).map(({ name }) => name),
  ).toEqual(['A']);
});
