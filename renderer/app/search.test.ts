import { expect, it } from 'vitest';
import { readChecksSearch, readSetupSearch } from './search.ts';

it('takes what is expected from an address', () => {
  expect(readSetupSearch({ step: 'outbound-firewall', add: true })).toEqual({
    step: 'outbound-firewall',
    add: true,
  });
  expect(readChecksSearch({ check: 'swarm-secret', on: 'miu' })).toEqual({
    check: 'swarm-secret',
    on: 'miu',
  });
});

it.each([
  { step: 1, add: 'true', check: null, on: {} },
  { step: '<script>', check: '../x', on: 'MIU' },
  { step: 'a'.repeat(65), check: 'a'.repeat(65), on: 'a'.repeat(65) },
])('leaves out anything else: %j', (search) => {
  expect(readSetupSearch(search)).toEqual({});
  expect(readChecksSearch(search)).toEqual({});
});
