import { expect, it } from 'vitest';
import { type JsonObject, member, shown, tagged } from './json.ts';

it('finds only what a listing says', () => {
  const object = JSON.parse('{"__proto__": {"policy": "accept"}}') as JsonObject;
  expect(member(object, 'policy')).toBeUndefined();
  expect(member(object, 'constructor')).toBeUndefined();
  expect(member(object, '__proto__')).toEqual({ policy: 'accept' });
});

it('takes statements with one name only', () => {
  expect(tagged({ accept: null })).toEqual(['accept', null]);
  expect(tagged({ accept: null, drop: null })).toBeNull();
  expect(tagged([])).toBeNull();
});

it('shows values short enough for an error, however deep they are', () => {
  expect(shown('x'.repeat(1_000)).length).toBeLessThan(70);
  expect(shown(JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`)).length).toBeLessThan(70);
  expect(shown(undefined)).toBe('nothing');
});
