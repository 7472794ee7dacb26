import { expect, it } from 'vitest';
import type { FileFact } from '#shared/domain/facts/files.ts';
import { canChange } from './access.ts';
import type { Agent } from './agent.ts';

const agent = {
  ...{ name: 'agent', uid: 1_500, account: { name: 'agent' }, groupIds: new Set([1_500]) },
  ...{ groupNames: ['agents'], canBe: (uid: number) => uid === 1_500 },
} as unknown as Agent;

/** A folder of root's with entries of getfacl(1), as the account sees it. */
function verdict(...acl: string[]) {
  const folder = (path: string, lists: string[]): [string, FileFact] => [
    path,
    {
      path,
      kind: 'directory',
      mode: 0o755,
      uid: 0,
      gid: 0,
      acl: lists,
      resolved: null,
    } as unknown as FileFact,
  ];
  return canChange(agent, '/p', new Map([folder('/', []), folder('/p', acl)]));
}

it('counts a list that opens to the agent what root makes in a folder later', () => {
  for (const entry of ['default:user:agent:rwx', 'default:user:1500:rwx', 'default:group:agents:rwx'])
    expect(verdict(entry, 'default:mask::rwx')).toMatchObject({
      can: 'yes',
      because: expect.stringContaining('later'),
    });
});

it('does not where the list is about others, or gives no writing', () => {
  for (const entry of ['default:user:other:rwx', 'default:group:others:rwx', 'default:user:agent:r-x'])
    expect(verdict(entry, 'default:mask::rwx').can).toBe('no');
  expect(verdict('default:user:agent:rwx', 'default:mask::r-x').can).toBe('no');
});
