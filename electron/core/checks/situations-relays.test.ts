import { describe } from 'vitest';
import { changed, declare } from './testing/facts-builder.ts';
import { NO_RULES, withFirewall } from './testing/firewall-facts.ts';
import { freeOllama, heldAtHome, resolved, withSocket } from './testing/firewall-situations.ts';
import { AGENT, hardened, type Situation, tryEach } from './testing/situations.ts';

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
    ...(
      [
        ['dockerd', '127.0.0.1', 2_375, 0, 'tcp', 'fix', /be root by it/],
        ['dockerd', '0.0.0.0', 2_375, 0, 'tcp', 'fix', /be root by it/],
        ['podman', '127.0.0.1', 2_376, 0, 'tcp', 'fix', /be root by it/],
        ['haproxy', '127.0.0.1', 3_129, 110, 'tcp', 'review', /through haproxy/],
        ['socat', '127.0.0.1', 4_444, 0, 'tcp', 'review', /through socat/],
        ['ssh', '127.0.0.1', 1_081, 1_000, 'tcp', 'review', /through ssh/],
        ['sshd', '127.0.0.1', 2_222, 1_000, 'tcp', 'review', /through sshd/],
        ['nginx', '127.0.0.1', 8_080, 0, 'tcp', 'review', /through nginx/],
        ['docker-proxy', '127.0.0.1', 13_128, 0, 'tcp', 'review', /through docker-proxy/],
        ['litellm', '127.0.0.1', 4_000, 120, 'tcp', 'review', /through litellm/],
        ['mosquitto', '127.0.0.1', 1_883, 121, 'tcp', 'review', /through mosquitto/],
        ['cupsd', '127.0.0.1', 631, 0, 'tcp', 'review', /through cupsd/],
        ['rsyslogd', '127.0.0.1', 514, 0, 'udp', 'review', /through rsyslogd/],
        ['cloudflared', '127.0.0.1', 5_053, 122, 'udp', 'review', /through cloudflared/],
        ['ollama', '127.0.0.1', 11_435, 1_000, 'tcp', 'fix', /through Ollama/],
        [null, '127.0.0.1', 3_129, 0, 'tcp', 'unknown', /port 3129/],
        ['sshd', '0.0.0.0', 22, 0, 'tcp', 'pass', undefined],
        ['avahi-daemon', '0.0.0.0', 5_353, 108, 'udp', 'pass', undefined],
        ['chronyd', '127.0.0.1', 323, 105, 'udp', 'pass', undefined],
        ['systemd-network', '192.168.50.11', 68, 998, 'udp', 'pass', undefined],
      ] as const
    ).map(
      ([processName, address, port, uid, protocol, status, summary]): Situation => [
        'outbound-firewall',
        `${processName} on ${address}:${port}/${protocol}`,
        withSocket(hardened, address, port, uid, { processName, protocol }),
        status,
        summary,
      ],
    ),
    [
      'outbound-firewall',
      'a program that the rules keep at home, by its account',
      withSocket(heldAtHome, '127.0.0.1', 3_129, 110, { processName: 'haproxy' }),
      'pass',
      undefined,
      [declare('resolver', '192.168.1.1')],
    ],
    [
      'outbound-firewall',
      'a program that is meant',
      withSocket(hardened, '127.0.0.1', 3_129, 110, { processName: 'haproxy' }),
      'pass',
      undefined,
      [declare('relay', 'haproxy tcp/3129')],
    ],
    [
      'outbound-firewall',
      'the same program on another port than the one that is meant',
      withSocket(hardened, '127.0.0.1', 3_130, 110, { processName: 'haproxy' }),
      'review',
      /through haproxy/,
      [declare('relay', 'haproxy tcp/3129')],
    ],
    [
      'outbound-firewall',
      'Ollama in a session, beside the one of the fenced unit',
      withSocket(hardened, '127.0.0.1', 11_435, 997, { processName: 'ollama', unit: 'session-3.scope' }),
      'fix',
      /through Ollama/,
    ],
    [
      'outbound-firewall',
      "Ollama in a unit of a person, named as the system's",
      withSocket(hardened, '127.0.0.1', 11_435, 1_000, { processName: 'ollama', unit: 'ollama.service' }),
      'fix',
      /through Ollama/,
    ],
  ]);
});
