import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
// @ts-expect-error plain JavaScript, without types
import { billOf, purlOf } from '../../scripts/bill-of-materials.mjs';

interface Component {
  'bom-ref': string;
  name: string;
  version: string;
  hashes?: { alg: string; content: string }[];
  licenses?: unknown[];
  purl: string;
}

const root = join(import.meta.dirname, '../..');
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const bill = billOf(lock);
const components: Component[] = bill.components;

it('has the structure of CycloneDX 1.6, and is the same for the same lock', () => {
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
  expect(bill.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(JSON.stringify(billOf(lock))).toBe(JSON.stringify(bill));
  const refs = new Set(['swarmkeep', ...components.map((one) => one['bom-ref'])]);
  expect(refs.size).toBe(components.length + 1);
  const dependencies: { ref: string; dependsOn: string[] }[] = bill.dependencies;
  const lost = dependencies
    .flatMap(({ ref, dependsOn }) => [ref, ...dependsOn])
    .filter((ref) => !refs.has(ref));
  expect(lost).toEqual([]);
  const wrong = components.filter(
    ({ hashes, purl, licenses }) =>
      hashes?.[0]?.alg !== 'SHA-512' ||
      !/^[0-9a-f]{128}$/.test(hashes[0].content) ||
      !/^pkg:npm\/\S+@\S+$/.test(purl) ||
      licenses?.length !== 1,
  );
  expect(wrong).toEqual([]);
});

it('names all that is shipped, and nothing that only builds and tests', () => {
  const names = new Set(components.map(({ name }) => name));
  for (const name of Object.keys(own.dependencies)) expect(names).toContain(name);
  expect(names).toContain('electron');
  for (const name of ['typescript', 'vitest', '@biomejs/biome', '@types/react', 'electron-builder'])
    expect(names).not.toContain(name);
});

it('finds what a package needs as Node does: nearest first', () => {
  const small = billOf({
    packages: {
      '': { name: 'own', version: '1.0.0', license: 'MIT', dependencies: { a: '1', b: '1' } },
      'node_modules/a': { version: '1.0.0', dependencies: { b: '2' } },
      'node_modules/a/node_modules/b': { version: '2.0.0' },
      'node_modules/b': { version: '1.0.0' },
      'node_modules/unneeded': { version: '1.0.0' },
    },
  });
  expect(small.dependencies).toEqual([
    { ref: 'swarmkeep', dependsOn: ['node_modules/a@1.0.0', 'node_modules/b@1.0.0'] },
    { ref: 'node_modules/a@1.0.0', dependsOn: ['node_modules/a/node_modules/b@2.0.0'] },
    { ref: 'node_modules/a/node_modules/b@2.0.0', dependsOn: [] },
    { ref: 'node_modules/b@1.0.0', dependsOn: [] },
  ]);
});

it('writes a scope as a package URL has it', () => {
  expect(purlOf('@orpc/client', '1.16.1')).toBe('pkg:npm/%40orpc/client@1.16.1');
});
