import { describe, expect, it } from 'vitest';
import { runChecks } from './run.ts';
import { changed, declare, inputFor, networkInterface, withoutSubject } from './testing/facts-builder.ts';
import { but, fileAt, hardened, socket, token, tryEach, withVpn } from './testing/situations.ts';

describe('situations', () => {
  tryEach([
    ['swarm-secret', 'none', token({ exists: false }), 'fix', /no swarm secret/],
    ['swarm-secret', 'three characters', token({ length: 3 }), 'fix', /too weak/],
    ['swarm-secret', 'one letter 64 times', token({ distinctCharacters: 1 }), 'fix', /too weak/],
    [
      'swarm-secret',
      'not readable',
      token({ length: null, hexadecimal: null, distinctCharacters: null }),
      'unknown',
    ],
    ['swarm-secret', 'pending', token({ newerThanProcess: true }), 'fix', /waits for a restart/],
    ['swarm-secret', 'old', token({ modifiedAt: '2026-01-01T00:00:00.000Z' }), 'fix', /days old/],
    [
      'swarm-secret',
      'in a shell history',
      token({ leaks: [{ kind: 'shell-history', place: '/root/.bash_history' }] }),
      'fix',
      /shell history/,
    ],
    [
      'swarm-secret',
      'readable by all',
      fileAt('/home/mycoswarm/.config/mycoswarm/swarm-token', { mode: 0o644 }),
      'fix',
      /can read the swarm secret/,
    ],
    [
      'swarm-secret',
      'a folder above that others may write',
      fileAt('/home/mycoswarm/.config', { mode: 0o777 }),
      'fix',
      /replace the swarm secret/,
    ],
    [
      'swarm-secret',
      'an API that answers without it',
      but('mycoswarm', (value) => {
        value.probes = value.probes.map((probe) =>
          probe.path === '/identity' ? { ...probe, status: 200 } : probe,
        );
      }),
      'fix',
      /answers without/,
    ],
    ['service-bindings', 'loopback only', socket('127.0.0.1'), 'pass'],
    [
      'service-bindings',
      'loopback only, with rules that nobody evaluates',
      changed(socket('::1'), 'firewall', (value) => {
        value.nftJson = '{"nftables":[{"rule":{}}]}';
      }),
      'pass',
    ],
    ['service-bindings', 'every address, home network only, provably no rule', socket('0.0.0.0'), 'pass'],
    [
      'service-bindings',
      'every address, home network only, rules',
      changed(socket('0.0.0.0'), 'firewall', (value) => {
        value.nftJson = '{"nftables":[{"rule":{}}]}';
      }),
      'unknown',
    ],
    [
      'service-bindings',
      'every address, home network only, rules unseen',
      withoutSubject(socket('0.0.0.0'), 'firewall'),
      'unknown',
    ],
    [
      'service-bindings',
      'every address and a VPN',
      withVpn(socket('0.0.0.0')),
      'fix',
      /not only at home: tailscale0/,
    ],
    [
      'service-bindings',
      'every address and a VPN that is meant',
      withVpn(socket('0.0.0.0')),
      'pass',
      undefined,
      [declare('service', 'mycoswarm tcp/7890 vpn:tailscale0')],
    ],
    ['service-bindings', 'an address of the VPN', withVpn(socket('100.92.14.7')), 'fix', /public address/],
    [
      'service-bindings',
      'IPv4 only beside a global IPv6 address',
      changed(
        socket('0.0.0.0'),
        'interfaces',
        (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['2001:db8::5/64'])),
      ),
      'pass',
    ],
    [
      'service-bindings',
      'IPv6 too beside a global IPv6 address',
      changed(
        socket('::'),
        'interfaces',
        (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['2001:db8::5/64'])),
      ),
      'fix',
      /eth1/,
    ],
    ['unused-interfaces', 'a VPN', withVpn(hardened), 'review', /tailscale0/],
    [
      'unused-interfaces',
      'a VPN that is meant',
      withVpn(hardened),
      'pass',
      undefined,
      [declare('interface', 'tailscale0')],
    ],
    [
      'unused-interfaces',
      'Bluetooth on',
      but(
        'interfaces',
        (value) => void value.radios.push({ name: 'hci0', kind: 'bluetooth', blocked: false }),
      ),
      'review',
      /radio/,
    ],
    [
      'unused-interfaces',
      'a second cable with a peer on it',
      changed(
        but(
          'interfaces',
          (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['10.9.0.1/24'])),
        ),
        'mycoswarm',
        (value) => void value.peersSeen.push({ name: 'boa', address: '10.9.0.2', source: 'mdns' }),
      ),
      'pass',
    ],
  ]);

  it('compares secrets of nodes without revealing them', () => {
    const facts = token({ fingerprint: 'a'.repeat(64) });
    const other = (print: string | null) =>
      runChecks(inputFor(facts, { otherNodes: [{ nodeName: 'boa', fingerprints: [print] }] }), {
        only: ['swarm-secret'],
      })[0];
    expect(other('a'.repeat(64))?.status).toBe('pass');
    expect(other('b'.repeat(64))).toMatchObject({
      status: 'fix',
      summary: expect.stringContaining('not the one of the other nodes'),
    });
    expect(other(null)?.status).toBe('unknown');
    expect(JSON.stringify(other('b'.repeat(64)))).not.toContain('bbbb');
  });
});
