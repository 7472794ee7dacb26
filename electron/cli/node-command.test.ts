import { describe, expect, it } from 'vitest';
import type { SwarmNode } from '#shared/domain/node.ts';
import { checkIds } from './check-command.ts';
import { nodeMeant, nodeNamed } from './choose-node.ts';
import { CommandFailure } from './failure.ts';
import { addressOf, lineOf } from './node-command.ts';

const base = { local: false, json: false };

function exitOf(work: () => unknown): number | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof CommandFailure ? error.exitCode : -1;
  }
}

describe('where a node is', () => {
  it.each([
    ['miu', { host: 'miu', port: 22 }],
    ['me@miu.local:2222', { host: 'miu.local', port: 2_222, user: 'me' }],
    ['[fe80::1]:22', { host: 'fe80::1', port: 22 }],
    ['fe80::1', { host: 'fe80::1', port: 22 }],
  ])('reads %s', (ssh, expected) => {
    expect(addressOf({ ...base, ssh })).toEqual({ kind: 'ssh', ...expected });
  });

  it.each(['', '-oProxyCommand=id', 'a b', 'miu:0', 'miu:99999', 'me@-x', '$(id)@miu', 'miu\n', '@miu'])(
    'refuses %j',
    (ssh) => {
      expect(exitOf(() => addressOf({ ...base, ssh }))).toBe(64);
    },
  );

  it('wants one of this computer and another', () => {
    expect(exitOf(() => addressOf(base))).toBe(64);
    expect(exitOf(() => addressOf({ ...base, local: true, ssh: 'miu' }))).toBe(64);
    expect(addressOf({ ...base, local: true })).toEqual({ kind: 'local' });
  });
});

describe('which node is meant', () => {
  const node = (id: string, name: string, address: SwarmNode['address']): SwarmNode => ({
    id,
    name,
    address,
    addedAt: '2026-11-21T19:20:00.000Z',
    lastLookAt: null,
    lastError: null,
  });
  const ssh = { kind: 'ssh', host: 'x', port: 22 } as const;
  const miu = node('miu', 'Miu', ssh);
  const boa = node('boa', 'Boa', ssh);
  const sample = node('sample', 'naru', { kind: 'recorded', sample: true });

  it('is found by id and by name', () => {
    expect(nodeNamed([miu, boa], 'miu', { environment: {} })).toBe(miu);
    expect(nodeNamed([miu, boa], 'Boa', { environment: {} })).toBe(boa);
    expect(exitOf(() => nodeNamed([miu], 'zoe', { environment: {} }))).toBe(2);
    expect(exitOf(() => nodeNamed([miu, { ...boa, name: 'Miu' }], 'Miu', { environment: {} }))).toBe(64);
  });

  it('is this computer, or the only one, or has to be named', () => {
    const here = node('here', 'here', { kind: 'local' });
    expect(nodeMeant([miu, boa, here])).toBe(here);
    expect(nodeMeant([miu, sample])).toBe(miu);
    expect(nodeMeant([sample])).toBeNull();
    expect(exitOf(() => nodeMeant([miu, boa]))).toBe(64);
  });
});

describe('--only', () => {
  it('takes ids of checks and refuses all else', () => {
    expect(checkIds('time-sync, ssh-server')).toEqual(['time-sync', 'ssh-server']);
    for (const text of ['', ',', 'time-sync,nope', '__proto__', '\u001b[2J']) {
      expect(exitOf(() => checkIds(text))).toBe(64);
    }
  });
});

describe('a line of the list', () => {
  const miu: SwarmNode = {
    id: 'miu',
    name: 'miu',
    address: { kind: 'ssh', host: 'miu.local', port: 22, user: 'me' },
    addedAt: '2026-11-21T19:20:00.000Z',
    lastLookAt: null,
    lastError: null,
  };

  it('names a node once when its name is its id', () => {
    expect(lineOf(miu)).toBe('miu  ssh me@miu.local:22  never looked at');
    expect(lineOf({ ...miu, name: 'Miu' })).toBe('miu  Miu  ssh me@miu.local:22  never looked at');
  });

  it('says when it was looked at by the local clock, to the minute', () => {
    const local = new Date(2026, 10, 21, 8, 5, 42, 123).toISOString();
    expect(lineOf({ ...miu, lastLookAt: local })).toBe(
      'miu  ssh me@miu.local:22  looked at 2026-11-21 08:05',
    );
  });
});
