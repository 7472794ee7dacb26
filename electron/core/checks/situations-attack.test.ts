import { describe } from 'vitest';
import { changed, declare, listening, networkInterface } from './testing/facts-builder.ts';
import { AGENT, hardened, type Situation, socket, tryEach, withVpn } from './testing/situations.ts';

const publicToo = changed(
  socket('0.0.0.0'),
  'interfaces',
  (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.9/24'])),
);

const dashboard = (facts = hardened) => ({
  ...changed(facts, 'sockets', (value) => {
    value.listening = [listening('0.0.0.0', 8_501, AGENT, { pids: [812], processName: 'mycoswarm' })];
  }),
  profile: {
    ...facts.profile,
    instances: facts.profile.instances.map((instance) => ({ ...instance, dashboardPort: 8_501 })),
  },
});

const services: Situation[] = [
  [
    'service-bindings',
    'a port that is meant, on a public address',
    socket('203.0.113.9'),
    'fix',
    /public address/,
    [declare('service', 'tcp/7890')],
  ],
  [
    'service-bindings',
    'a port that is meant, and a VPN',
    withVpn(socket('0.0.0.0')),
    'fix',
    /tailscale0/,
    [declare('service', 'tcp/7890')],
  ],
  [
    'service-bindings',
    'a port that is meant, and a public interface',
    publicToo,
    'fix',
    /eth1/,
    [declare('service', 'tcp/7890')],
  ],
  [
    'service-bindings',
    'a public address that is meant',
    socket('203.0.113.9'),
    'pass',
    undefined,
    [declare('service', 'mycoswarm tcp/7890 public')],
  ],
  [
    'service-bindings',
    'a VPN that is meant, and a public interface',
    withVpn(publicToo),
    'fix',
    undefined,
    [declare('service', 'mycoswarm tcp/7890 vpn:tailscale0')],
  ],
  [
    'service-bindings',
    'another VPN that is meant',
    withVpn(socket('0.0.0.0')),
    'fix',
    undefined,
    [declare('service', 'mycoswarm tcp/7890 vpn:wg0')],
  ],
  [
    'service-bindings',
    'another service that is meant on this port',
    withVpn(socket('0.0.0.0')),
    'fix',
    undefined,
    [declare('service', 'ollama tcp/7890 vpn:tailscale0')],
  ],
  [
    'service-bindings',
    'a dashboard that is meant at home, by its port',
    dashboard(),
    'pass',
    undefined,
    [declare('service', 'tcp/8501')],
  ],
  [
    'service-bindings',
    'a dashboard that is meant at home',
    dashboard(),
    'pass',
    undefined,
    [declare('service', 'dashboard tcp/8501 lan')],
  ],
  [
    'service-bindings',
    'a dashboard that is meant on a VPN, and open to every device at home',
    dashboard(withVpn(hardened)),
    'fix',
    /every device at home/,
    [declare('service', 'dashboard tcp/8501 vpn:tailscale0')],
  ],
];

describe('a declaration', () => tryEach(services));
