import { describe } from 'vitest';
import { changed, networkInterface, withoutSubject } from './testing/facts-builder.ts';
import { NO_RULES, natRules, nftRules, withFirewall } from './testing/firewall-facts.ts';
import { accept, drop, five, RANGE, withoutIpv4 } from './testing/firewall-situations.ts';
import { agentAccount, but, hardened, tryEach } from './testing/situations.ts';

describe('situations', () => {
  tryEach([
    [
      'peer-allowlist',
      'in a network of its own',
      but('processes', (value) => {
        for (const entry of value.processes)
          entry.namespaces = { ...entry.namespaces, net: 'net:[4026532999]' };
      }),
      'unknown',
    ],
    ['peer-allowlist', 'the steps were taken', hardened, 'pass', /speaks with no other node/],
    [
      'peer-allowlist',
      'no rule',
      withFirewall({ nftJson: NO_RULES }),
      'fix',
      /hand the swarm secret to any machine/,
    ],
    [
      'peer-allowlist',
      'the five lines, which let the whole home through',
      five(),
      'fix',
      /hand the swarm secret/,
    ],
    ['peer-allowlist', 'rules unseen', withoutSubject(hardened, 'firewall'), 'unknown'],
    ['peer-allowlist', 'a subordinate uid', agentAccount({ subordinateUids: RANGE }), 'fix'],
    [
      'service-bindings',
      'a VPN, and rules that stop strangers there',
      changed(
        withFirewall({
          nftJson: nftRules(
            [
              [
                { match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'tailscale0' } },
                { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 7_890 } },
                drop,
              ],
            ],
            { hook: 'input' },
          ),
        }),
        'interfaces',
        (value) => void value.interfaces.push(networkInterface('tailscale0', 'vpn', ['10.92.14.7/24'])),
      ),
      'pass',
    ],
    [
      'service-bindings',
      'a public address, and rules that let only the home in',
      changed(
        withFirewall({
          nftJson: nftRules(
            [
              [
                {
                  match: {
                    op: '==',
                    left: { payload: { protocol: 'ip', field: 'saddr' } },
                    right: { prefix: { addr: '192.168.1.0', len: 24 } },
                  },
                },
                accept,
              ],
            ],
            { hook: 'input', policy: 'drop' },
          ),
        }),
        'interfaces',
        (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24'])),
      ),
      'pass',
    ],
    [
      'service-bindings',
      'a public address, and rules for another port',
      changed(
        withFirewall({
          nftJson: nftRules(
            [
              [
                { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 22 } },
                drop,
              ],
            ],
            { hook: 'input' },
          ),
        }),
        'interfaces',
        (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24'])),
      ),
      'fix',
      /eth1/,
    ],
    [
      'service-bindings',
      'a port of a public address that translation sends to a door of the home',
      changed(
        changed(
          withFirewall({
            nftJson: natRules([
              { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 9_999 } },
              { dnat: { family: 'ip', addr: '192.168.1.24', port: 7_890 } },
            ]),
          }),
          'interfaces',
          (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24'])),
        ),
        'sockets',
        (value) => {
          for (const socket of value.listening) if (socket.port === 7_890) socket.address = '192.168.1.24';
        },
      ),
      'fix',
      /from eth1 by address translation/,
    ],
    [
      'service-bindings',
      'a port of a public address that translation sends to another machine',
      changed(
        changed(
          withFirewall({
            nftJson: natRules([
              { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 9_999 } },
              { dnat: { family: 'ip', addr: '192.168.1.99', port: 7_890 } },
            ]),
          }),
          'interfaces',
          (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24'])),
        ),
        'sockets',
        (value) => {
          for (const socket of value.listening) if (socket.port === 7_890) socket.address = '192.168.1.24';
        },
      ),
      'pass',
    ],
    ['service-bindings', 'IPv4 addresses that were not seen', withoutIpv4, 'unknown', /IPv4 addresses/],
    ['outbound-firewall', 'IPv4 addresses that were not seen', withoutIpv4, 'unknown', /IPv4 addresses/],
    [
      'service-bindings',
      'a public address, rules unseen',
      changed(
        withoutSubject(hardened, 'firewall'),
        'interfaces',
        (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24'])),
      ),
      'unknown',
    ],
  ]);
});
