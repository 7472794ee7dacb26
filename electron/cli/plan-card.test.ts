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
