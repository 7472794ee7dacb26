import { expect, it } from 'vitest';
import { environment } from '#shared/domain/dependencies/inventory.ts';
import { judgePackage } from './judge-package.ts';

it('never calls a package fine whose metadata is broken, though its folder tells a version', () => {
  const [item, whole] = environment.parse({
    id: '/v',
    kind: 'virtual-environment',
    packages: [
      { name: 'huge', version: '1.0', broken: 'its metadata is not there, too large, or could not be read' },
      { name: 'whole', version: '1.0' },
    ],
  }).packages;
  if (item === undefined || whole === undefined) throw new Error('no item');
  const place = environment.parse({ id: '/v', kind: 'virtual-environment', packages: [] });
  expect(judgePackage(place, item, null).findings).toMatchObject([{ kind: 'unreadable', package: 'huge' }]);
  expect(judgePackage(place, whole, null).findings).toEqual([]);
});
