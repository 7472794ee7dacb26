import { describe, expect, it } from 'vitest';
import type { SshConfig } from '#shared/contract/found-nodes.ts';
import type { HostKey } from '#shared/contract/nodes.ts';
import { announcedLine, importFrom, usable } from './node-found-command.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

describe('node find', () => {
  it('says on one line what is announced, and whether it is in the list', () => {
    const announced = {
      name: 'n\u202eu',
      from: '10.0.0.9',
      addresses: ['10.0.0.9'],
      port: 7_890,
      version: '0.2.16',
      heardAt: '2026-11-21T19:17:00.000Z',
      known: null,
      claims: null,
    };
    expect(announcedLine(announced)).toBe('n\\u{202e}u  10.0.0.9:7890  mycoSwarm 0.2.16  not in your list\n');
    expect(announcedLine({ ...announced, known: 'miu' })).toContain('in your list as miu');
    expect(announcedLine({ ...announced, version: null, claims: 'miu' })).toBe(
      'n\\u{202e}u  10.0.0.9:7890  not in your list; it gives an address of miu for itself\n',
    );
  });
});

describe('a host that is named', () => {
  const address = { kind: 'ssh', host: 'attic.local', port: 22 } as const;
  const hosts = [
    { name: 'attic', address, why: null, known: null },
    { name: 'miu', address, why: null, known: 'miu' },
    { name: 'far', address: null, why: 'It is far.', known: null },
  ];

  it('has to be there, usable, and new', () => {
    expect(usable(hosts, 'attic', { environment: {} })).toBe(hosts[0]);
    expect(() => usable(hosts, 'miu', { environment: {} })).toThrow('in the list already, as miu');
    expect(() => usable(hosts, 'far', { environment: {} })).toThrow('It is far.');
    expect(() => usable(hosts, 'att\u202eic', { environment: {} })).toThrow('no host att\\u{202e}ic');
  });
});

describe('node import', () => {
  const config: SshConfig = {
    file: '/home/ines/.ssh/config',
    found: true,
    hosts: [
      {
        name: 'attic',
        address: { kind: 'ssh', host: 'attic.local', port: 2_222, user: 'ines' },
        why: null,
        known: null,
      },
      { name: 'far', address: null, why: 'It is far.', known: null },
    ],
    leftOut: 1,
    problems: ['Line 3 cannot be read.'],
  };
  const key: HostKey = { type: 'ssh-ed25519', fingerprint: 'SHA256:good', line: 'the line' };

  /** A console that only remembers what it was asked for. */
  async function imported(names: string[], fingerprint?: string, present = config) {
    const asked: unknown[] = [];
    const { terminal, written } = capturedTerminal();
    const nodes = {
      sshConfig: async () => present,
      hostKeys: async (target: unknown) => {
        asked.push(target);
        return { keys: [key] };
      },
      add: async (input: {
        name?: string | undefined;
        address: unknown;
        confirmedKeys?: string[] | undefined;
      }) => {
        asked.push(input);
        return { id: 'attic', name: 'attic', address: config.hosts[0]?.address };
      },
    };
    const client = { nodes } as unknown as Parameters<typeof importFrom>[0];
    const end = await importFrom(client, names, { fingerprint, json: true }, terminal).then(
      (code) => code,
      (error: Error) => error.message,
    );
    return { end, asked, ...written };
  }

  it('lists, and says what was passed over', async () => {
    const { end, out, error, asked } = await imported([]);
    expect({ end, asked }).toEqual({ end: 0, asked: [] });
    expect(JSON.parse(out)).toEqual(config);
    expect(error).toContain('Line 3 cannot be read.');
    expect(error).toContain('1 Match block');
  });

  it('asks no machine for anything when one of the names cannot be used', async () => {
    expect(await imported(['attic', 'far'])).toMatchObject({
      end: expect.stringContaining('far'),
      asked: [],
    });
  });

  it('adds with confirmed keys, and with no others', async () => {
    const address = config.hosts[0]?.address;
    const good = await imported(['attic'], 'SHA256:good');
    expect(good).toMatchObject({
      end: 0,
      asked: [address, { name: 'attic', address, confirmedKeys: ['the line'] }],
    });
    for (const fingerprint of [undefined, 'SHA256:other']) {
      expect((await imported(['attic'], fingerprint)).asked).toEqual([address]);
    }
  });

  it('says when there is no such file', async () => {
    expect((await imported([], undefined, { ...config, found: false })).end).toContain('There is no');
  });
});
