import { describe } from 'vitest';
import { changed, declare, file, listening, networkInterface } from './testing/facts-builder.ts';
import {
  AGENT,
  fileAt,
  hardened,
  type Situation,
  socket,
  tryEach,
  unitWith,
  withVpn,
} from './testing/situations.ts';

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

const unitFile = '/etc/systemd/system/mycoswarm.service';
const workspaceFolder = '/home/mycoswarm/workspace';

const places: Situation[] = [
  [
    'workspace-bounded',
    'a bind mount of /etc into the workspace',
    unitWith({ BindPaths: `/etc:${workspaceFolder}/etc:rbind` }),
    'fix',
    /in \/etc\.$/,
  ],
  [
    'workspace-bounded',
    'the workspace bound to another place',
    unitWith({ BindPaths: `-${workspaceFolder}:/srv/out` }),
    'fix',
    /\/srv\/out/,
  ],
  ['workspace-bounded', 'the workspace bound to itself', unitWith({ BindPaths: workspaceFolder }), 'pass'],
  [
    'workspace-bounded',
    'a read-only bind mount',
    unitWith({ BindReadOnlyPaths: '/etc:/srv/etc:rbind' }),
    'pass',
  ],
  ['workspace-bounded', 'a state folder', unitWith({ StateDirectory: 'x' }), 'fix', /\/var\/lib\/x/],
  ['workspace-bounded', 'a cache folder', unitWith({ CacheDirectory: 'y' }), 'fix', /\/var\/cache\/y/],
  ['workspace-bounded', 'a folder for logs', unitWith({ LogsDirectory: 'z:alias' }), 'fix', /\/var\/log\/z/],
  ['workspace-bounded', 'a folder under /run', unitWith({ RuntimeDirectory: 'w' }), 'fix', /\/run\/w/],
  [
    'workspace-bounded',
    'a unit file newer than the process',
    fileAt(unitFile, { modifiedAt: '2026-11-20T08:00:05.000Z' }),
    'unknown',
    /changed since it was started: restart it/,
  ],
  ['workspace-bounded', 'a unit file of an unknown time', fileAt(unitFile, { modifiedAt: null }), 'unknown'],
  [
    'workspace-bounded',
    'a unit that systemd has not read again',
    unitWith({ NeedDaemonReload: 'yes' }),
    'unknown',
    /restart it/,
  ],
  ['workspace-bounded', 'a unit that systemd has read', unitWith({ NeedDaemonReload: 'no' }), 'pass'],
  [
    'workspace-bounded',
    'a drop-in that was not looked at',
    changed(unitWith({}), 'units', (value) => {
      for (const unit of value.units)
        if (unit.name === 'mycoswarm.service') unit.dropIns = [`${unitFile}.d/60.conf`];
    }),
    'unknown',
  ],
  [
    'workspace-bounded',
    'a drop-in newer than the process',
    changed(
      changed(hardened, 'units', (value) => {
        for (const unit of value.units)
          if (unit.name === 'mycoswarm.service') unit.dropIns = [`${unitFile}.d/60.conf`];
      }),
      'files',
      (value) =>
        void value.files.push(
          file(`${unitFile}.d/60.conf`, 0, 0o644, { kind: 'file', modifiedAt: '2026-11-21T08:00:00.000Z' }),
        ),
    ),
    'unknown',
    /restart it/,
  ],
];

describe('limits of the unit', () => tryEach(places));
