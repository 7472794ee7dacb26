import { expect, it } from 'vitest';
import { isAdvisoryAddress, OSV_ADDRESS } from './osv-address.ts';

it('takes https, http on this computer, and nothing that has a secret or leads elsewhere', () => {
  for (const address of [
    OSV_ADDRESS,
    'https://mirror.example/osv',
    'http://127.0.0.1:8080/x',
    'http://[::1]/',
  ])
    expect(isAdvisoryAddress(address)).toBe(true);
  for (const address of [
    '',
    'nonsense',
    'http://mirror.example/',
    'ftp://127.0.0.1/',
    'file:///etc',
    'https://user:secret@mirror.example/',
    'https://mirror.example/?token=1',
    'https://mirror.example/#x',
    `https://mirror.example/${'x'.repeat(240)}`,
  ])
    expect(isAdvisoryAddress(address)).toBe(false);
});
