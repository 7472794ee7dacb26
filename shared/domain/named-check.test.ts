import { expect, it } from 'vitest';
import { namedCheck } from './named-check.ts';

it.each([
  [['First take the steps of "Its own account", then look again.'], 'dedicated-user'],
  [['Nothing here.', 'See “Outbound firewall”.'], 'outbound-firewall'],
  [['The system answers "permission denied".'], null],
  [['Its own account'], null],
  [[], null],
] as const)('%j names %s', (texts, check) => {
  expect(namedCheck(texts)).toBe(check);
});
