import { describe } from 'vitest';
import { changed, declare } from './testing/facts-builder.ts';
import { NO_RULES, withFirewall } from './testing/firewall-facts.ts';
import { freeOllama, heldAtHome, resolved, withSocket } from './testing/firewall-situations.ts';
import { AGENT, hardened, tryEach } from './testing/situations.ts';

describe('situations', () => {
  tryEach([
    [
      'outbound-firewall',
      'a resolver on the node',
      resolved(hardened),
      'review',
      /through the resolver systemd-resolve/,
    ],
    [
      'outbound-firewall',
      'a resolver that is meant',
      resolved(hardened),
      'pass',
      undefined,
      [declare('resolver', '127.0.0.53')],
    ],
    [
      'outbound-firewall',
      'the resolver of the home within reach, and meant',
      withFirewall({ nftJson: NO_RULES }),
      'fix',
      /can still send data/,
      [declare('resolver', '192.168.1.1')],
    ],
    ['outbound-firewall', 'Ollama without a fence', freeOllama, 'fix', /through Ollama/],
    [
      'outbound-firewall',
      'Ollama without a fence, and meant',
      freeOllama,
      'pass',
      undefined,
      [declare('relay', 'ollama')],
    ],
    [
      'outbound-firewall',
      'a proxy on this machine',
      withSocket(hardened, '127.0.0.1', 3_128, 13, { processName: 'squid' }),
      'review',
      /through the proxy squid/,
    ],
    [
      'outbound-firewall',
      'a proxy under the account of the agent',
      withSocket(hardened, '127.0.0.1', 3_128, AGENT, { processName: 'squid' }),
      'pass',
    ],
    [
      'outbound-firewall',
      'a program on the port of a proxy',
      withSocket(hardened, '0.0.0.0', 9_050, 0),
      'review',
      /through the proxy port 9050/,
    ],
    [
      'outbound-firewall',
      'a mail server',
      withSocket(hardened, '::1', 25, 101, { processName: 'exim4' }),
      'review',
      /mail server exim4/,
    ],
    [
      'outbound-firewall',
      'a dnsmasq that the rules keep from the agent',
      withSocket(hardened, '192.168.122.1', 53, 0, { protocol: 'udp', processName: 'dnsmasq' }),
      'pass',
    ],
    [
      'outbound-firewall',
      'rules that hold everybody, and an agent that can be root',
      changed(heldAtHome, 'accounts', (value) => {
        for (const entry of value.accounts) if (entry.uid === AGENT) entry.groups = ['mycoswarm', 'docker'];
      }),
      'fix',
      /can be root, and root can lift every rule/,
    ],
    ['outbound-firewall', 'rules that hold everybody', heldAtHome, 'review', /the resolver 192\.168\.1\.1/],
    [
      'outbound-firewall',
      'rules that hold everybody, a resolver of root among them, and the one of the home meant',
      withSocket(heldAtHome, '127.0.0.1', 53, 0, { protocol: 'udp', processName: 'dnsmasq' }),
      'pass',
      undefined,
      [declare('resolver', '192.168.1.1')],
    ],
    [
      'outbound-firewall',
      'rules that hold everybody, and a published port of a container',
      withSocket(heldAtHome, '127.0.0.1', 3_128, 0, { processName: 'docker-proxy' }),
      'review',
      /docker-proxy/,
      [declare('resolver', '192.168.1.1')],
    ],
  ]);
});
