import { describe, expect, it } from 'vitest';
import { readSshTarget } from './ssh-target.ts';

describe('readSshTarget', () => {
  it.each([
    ['minotaur@naru.local', { user: 'minotaur', host: 'naru.local', port: 22 }],
    ['naru', { host: 'naru', port: 22 }],
    [' ssh://minotaur@naru:2222/ ', { user: 'minotaur', host: 'naru', port: 2222 }],
    ['192.168.1.24:22', { host: '192.168.1.24', port: 22 }],
    ['ssh -p 2222 minotaur@naru', { user: 'minotaur', host: 'naru', port: 2222 }],
    ['minotaur@naru -p2222', { user: 'minotaur', host: 'naru', port: 2222 }],
    ['fe80::1', { host: 'fe80::1', port: 22 }],
    ['me@[fe80::1]:2200', { user: 'me', host: 'fe80::1', port: 2200 }],
  ])('reads %s', (typed, target) => {
    expect(readSshTarget(typed)).toEqual(target);
  });

  it.each([
    '',
    '   ',
    '-oProxyCommand=evil',
    'me@-host',
    '-l@host',
    'host name',
    'host;reboot',
    'host:0',
    'host:99999',
    'host:ssh',
    'me@',
    '[::1',
    'a'.repeat(300),
  ])('says what is wrong with %j', (typed) => {
    expect(readSshTarget(typed)).toHaveProperty('problem');
  });
});
