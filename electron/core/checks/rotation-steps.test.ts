import { describe, expect, it } from 'vitest';
import { finding } from '#shared/domain/finding.ts';
import { runChecks } from './run.ts';
import { changed, inputFor, withoutSubject } from './testing/facts-builder.ts';
import { hardenedNode, plainNode } from './testing/hardened-node.ts';

const secretOf = (facts: Parameters<typeof inputFor>[0]) => {
  const [found] = runChecks(inputFor(facts), { only: ['swarm-secret'] });
  if (found === undefined) throw new Error('there is a finding');
  return finding.parse(found);
};

describe('changing the secret by hand', () => {
  it('is offered while nothing is wrong with the secret, and is no step to repair', () => {
    const found = secretOf(hardenedNode());
    expect(found.status).toBe('pass');
    expect(found.fix).toEqual([]);
    expect(found.anyTime).toHaveLength(1);
    expect(found.anyTime?.[0]?.heading).toBe('Changing the secret by hand');
    const commands = found.anyTime?.[0]?.steps.flatMap((step) => step.command ?? []) ?? [];
    expect(commands.join('\n')).toContain('/home/mycoswarm/.config/mycoswarm/swarm-token.new');
    expect(commands.at(-1)).toBe('sudo systemctl restart -- mycoswarm.service');
  });

  it('is not offered where no secret was found', () => {
    const none = changed(hardenedNode(), 'mycoswarm', (value) => {
      value.tokens = value.tokens.map((token) => ({ ...token, exists: false }));
    });
    for (const facts of [none, plainNode(), withoutSubject(hardenedNode(), 'mycoswarm')])
      expect(secretOf(facts).anyTime).toBeUndefined();
  });
});
