import { expect, it } from 'vitest';
import { planHash } from '#core/fixes/plan-registry.ts';
import { examplePlan, exampleStep } from '#core/fixes/plans/testing/example-plan.ts';
import { cardOf } from './plan-card.ts';

const plain = (_colour: unknown, text: string) => text;

it('says each step in words, and gives a long command once, exactly, below all of them', () => {
  const script = `set -eu\nalone() {\n  test "$1" = ''\n}\n${'alone "$2"\n'.repeat(40)}`;
  const place = (title: string, path: string) =>
    exampleStep('/x', { title, preview: { kind: 'command', arguments: ['sh', '-c', script, 'sh', path] } });
  const made = examplePlan({
    steps: [
      place('Place the helper', '/usr/local/libexec/a'),
      place('Place its runtime', '/usr/local/libexec/b'),
      exampleStep('/x', { title: 'Load', preview: { kind: 'command', arguments: ['nft', '-f', '/etc/a'] } }),
    ],
  });
  const card = cardOf({ ...made, hash: planHash(made) }, plain);
  expect(card.match(/set -eu/g)).toHaveLength(1);
  expect(card.indexOf('set -eu')).toBeGreaterThan(card.indexOf('3. Load'));
  expect(card).toContain('nft -f /etc/a');
  expect(card).toContain('sh -c "$script1" sh /usr/local/libexec/b  # step 2');
});

it('gives a reason once, and none of the rest where a program has nothing to do', () => {
  const made = examplePlan({ blocked: 'The password was wrong.' });
  const blocked = { ...made, hash: planHash(made) };
  expect(cardOf(blocked, plain)).toContain('Cannot be done as things are: The password was wrong.');
  expect(cardOf(blocked, plain, true)).not.toContain('The password was wrong.');
  const allow = { ...blocked, blocked: blocked.access.words };
  expect(cardOf(allow, plain).split(blocked.access.words)).toHaveLength(2);
  const none = { ...blocked, purpose: 'fix' as const, steps: [], blocked: 'There is nothing to do.' };
  expect(cardOf(none, plain)).not.toContain(none.access.words);
  expect(cardOf(none, plain)).not.toContain('There is nothing to do.');
});

it('gives the id of a check that a reason names by its title', () => {
  const made = examplePlan({
    left: [{ check: 'audit-logging', reason: 'First do as "Its own account" does.' }],
  });
  const card = cardOf({ ...made, hash: planHash(made) }, plain);
  expect(card).toContain('Left out: audit-logging. First do as "Its own account" (dedicated-user) does.');
});
