import { expect, it } from 'vitest';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { Profile } from '#shared/domain/profile.ts';
import { passwordRisk } from './password-risk.ts';

const node = (user?: string) =>
  ({
    id: 'miu',
    name: 'miu',
    address: { kind: 'ssh', host: 'miu.local', ...(user === undefined ? {} : { user }) },
  }) as SwarmNode;
const runningAs = (...users: (string | null)[]) =>
  ({ detected: { instances: users.map((user) => ({ user })) } }) as unknown as { detected: Profile };

it('says that an agent can read what is typed through its own account', () => {
  expect(passwordRisk(node('minotaur'), runningAs('other', 'minotaur'))).toMatch(/runs there as minotaur/);
});

it('says that it may be so where nobody knows', () => {
  for (const seen of [null, runningAs(null)])
    expect(passwordRisk(node('minotaur'), seen)).toMatch(/^If mycoSwarm runs there/);
  expect(passwordRisk(node(), runningAs('minotaur'))).toMatch(/^If mycoSwarm runs there/);
});

it('says nothing where no agent runs as that account, and of this computer', () => {
  expect(passwordRisk(node('operator'), runningAs('mycoswarm'))).toBeNull();
  expect(passwordRisk(node(), runningAs())).toBeNull();
  const here = { ...node(), address: { kind: 'local' } } as SwarmNode;
  expect(passwordRisk(here, runningAs('minotaur'))).toBeNull();
});
