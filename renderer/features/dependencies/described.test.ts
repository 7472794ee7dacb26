import { expect, it } from 'vitest';
import type { DirectDependency } from '#shared/domain/dependencies/direct-dependency.ts';
import { isTold, licenceWords, openFirst, purposeWords } from './described.ts';

const entry = (
  name: string,
  told: Partial<NonNullable<DirectDependency['told']>> | null,
): DirectDependency => ({
  name,
  versions: ['1'],
  from: 'index',
  licence: 'MIT',
  told: told && { package: name, purpose: '', licence: '', risk: '', writtenAt: null, ...told },
});

it('says what is open first, and whose word the licence is', () => {
  const whole = entry('a', { purpose: 'HTTP.', risk: 'Reads hostile bytes.', licence: 'BSD' });
  const half = entry('b', { purpose: 'HTTP.' });
  const none = entry('c', null);
  expect(openFirst([whole, half, none]).map(({ name }) => name)).toEqual(['b', 'c', 'a']);
  expect([whole, half, none].map(isTold)).toEqual([true, false, false]);
  expect([whole, half, none].map(purposeWords)).toEqual([
    'HTTP. Risk: Reads hostile bytes.',
    'HTTP. Risk: nobody said.',
    'Nobody wrote down what it is for.',
  ]);
  expect([whole, none, { ...none, licence: null }].map(licenceWords)).toEqual([
    'BSD',
    'MIT',
    'licence unknown',
  ]);
});
