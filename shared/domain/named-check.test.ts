import { expect, it } from 'vitest';
import { namedCheck, partsOfSentence } from './named-check.ts';

it.each([
  [['First take the steps of "Its own account", then look again.'], 'dedicated-user'],
  [['Nothing here.', 'See “Outbound firewall”.'], 'outbound-firewall'],
  [['The system answers "permission denied".'], null],
  [['Its own account'], null],
  [[], null],
] as const)('%j names %s', (texts, check) => {
  expect(namedCheck(texts)).toBe(check);
});

it.each([
  ['the steps are under "Its own account". No rule holds.', ['dedicated-user']],
  ['First “Outbound firewall”, then "Its own account".', ['outbound-firewall', 'dedicated-user']],
  ['It says "permission denied".', []],
  ['', []],
] as const)('takes %j apart, and nothing of it is lost', (text, checks) => {
  const parts = partsOfSentence(text);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  expect(parts.flatMap(({ check }) => check ?? [])).toEqual(checks);
});
