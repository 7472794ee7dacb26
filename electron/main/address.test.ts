import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppAddress } from './address.ts';

describe('isAppAddress', () => {
  it.each(['app://swarmkeep', 'app://swarmkeep/', 'app://swarmkeep/nodes/miu?a=b#c'])(
    'ours: %s',
    (address) => {
      expect(isAppAddress(address)).toBe(true);
    },
  );

  it.each([
    '',
    'app:swarmkeep/',
    'app:/swarmkeep/',
    'app:///swarmkeep/',
    'APP://swarmkeep/',
    'app://SWARMKEEP/',
    'app://swarmkeep.evil/',
    'app://evil.swarmkeep/',
    'app://swarmkeep:1/',
    'app://user@swarmkeep/',
    'app://swarmkeep@evil/',
    'app://swarmkeep\\@evil/',
    'app://swarmkeep%2f@evil/',
    ' app://swarmkeep/',
    'https://swarmkeep/',
    'https://evil/app://swarmkeep/',
    'blob:app://swarmkeep/1',
    'filesystem:app://swarmkeep/1',
    null,
    undefined,
    7,
    { toString: () => 'app://swarmkeep/' },
  ])('not ours: %j', (address) => {
    expect(isAppAddress(address)).toBe(false);
  });

  it('never throws, and is never true of another host', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (host, rest) => {
        const address = `app://${host}/${rest}`;
        if (isAppAddress(address)) expect(address.startsWith('app://swarmkeep')).toBe(true);
        else expect(host).not.toBe('swarmkeep');
      }),
    );
  });
});
