import { expect, it } from 'vitest';
import { readTarget } from './read-target.ts';

it.each([
  ['/var/log/auth.log', { kind: 'file', path: '/var/log/auth.log' }],
  ['/var/log/mycoswarm/*.log', { kind: 'pattern', pattern: '/var/log/mycoswarm/*.log' }],
  ['nginx', { kind: 'journal', unit: 'nginx.service' }],
  ['ssh.socket', { kind: 'journal', unit: 'ssh.socket' }],
])('reads %s', (typed, target) => {
  expect(readTarget(typed)).toEqual({ target, problem: null });
});

it.each(['', '/var/log/', 'two words', '../etc/passwd', '$(id)'])('says what is wrong with %s', (typed) => {
  const { target, problem } = readTarget(typed);
  expect(target).toBeNull();
  expect(problem).toMatch(/\.$|\*$/);
});
