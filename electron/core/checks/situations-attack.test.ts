import { describe, expect, it } from 'vitest';
import { runChecks } from './run.ts';
import { changed, declare, file, inputFor, listening, networkInterface } from './testing/facts-builder.ts';
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

const configuration = '/home/mycoswarm/.config/mycoswarm';
const folder = '/home/mycoswarm/.config';

/** The hardened node whose `.config` is a link, with what lies on the way to its end. */
const linked = (target: string, ...way: ReturnType<typeof file>[]) =>
  changed(fileAt(folder, { kind: 'link', mode: 0o777, target, resolved: '/srv/real' }), 'files', (value) => {
    value.files.push(...way);
  });
const real = [file('/srv', 0, 0o755), file('/srv/real', 0, 0o755), file('/srv/real/mycoswarm', 0, 0o755)];

const secrets: Situation[] = [
  [
    'swarm-secret',
    'a folder that another account may write by its access list',
    fileAt(configuration, { mode: 0o770, acl: ['user:1000:rwx', 'mask::rwx'] }),
    'fix',
    /replace the swarm secret/,
  ],
  [
    'swarm-secret',
    'a folder that another group may write by its access list',
    fileAt(configuration, { mode: 0o770, acl: ['group:1000:-wx', 'mask::rwx'] }),
    'fix',
    /replace the swarm secret/,
  ],
  [
    'swarm-secret',
    'a folder whose access list is masked',
    fileAt(configuration, { acl: ['user:1000:rwx', 'mask::r-x'] }),
    'pass',
  ],
  [
    'swarm-secret',
    'a folder that the agent may write by its access list',
    fileAt(configuration, { acl: ['user:1001:rwx', 'mask::rwx'] }),
    'pass',
  ],
  [
    'swarm-secret',
    'a folder whose access list was not read',
    fileAt(configuration, { acl: null }),
    'unknown',
    /access list/,
  ],
  [
    'swarm-secret',
    'a link through a folder that everybody may write',
    linked(
      '/srv/open/real',
      file('/srv/open', 0, 0o777),
      file('/srv/open/real', 0, 0o777, { kind: 'link', target: '../real', resolved: '/srv/real' }),
      ...real,
    ),
    'fix',
    /replace the swarm secret/,
  ],
  [
    'swarm-secret',
    'a link to a folder that everybody may write',
    linked(
      '/srv/real',
      ...real.map((entry) => (entry.path === '/srv/real' ? { ...entry, mode: 0o777 } : entry)),
    ),
    'fix',
    /replace the swarm secret/,
  ],
  [
    'swarm-secret',
    'a link of another account in a folder for everybody',
    linked(
      '/tmp/in',
      file('/tmp', 0, 0o1777),
      file('/tmp/in', 1_000, 0o777, { kind: 'link', target: '/srv/real', resolved: '/srv/real' }),
      ...real,
    ),
    'fix',
    /replace the swarm secret/,
  ],
  ['swarm-secret', 'a link to folders that only root may write', linked('../../srv/real', ...real), 'pass'],
  ['swarm-secret', 'a link to folders that were not looked at', linked('/srv/real'), 'unknown'],
  ['swarm-secret', 'a link through a link that was not looked at', linked('/srv/other', ...real), 'unknown'],
];

describe('the way to the secret', () => tryEach(secrets));

/** The hardened unit with a property, and with files on the node. */
const starting = (properties: Record<string, string>, ...more: ReturnType<typeof file>[]) =>
  changed(
    unitWith(properties),
    'files',
    (value) =>
      void value.files.push(file('/bin', 0, 0o755), file('/bin/sh', 0, 0o755, { kind: 'file' }), ...more),
  );
const command = (argv: string) => `{ path=/bin/sh ; argv[]=${argv} ; ignore_errors=no ; start_time=[n/a] }`;
const own = (path: string) => file(path, AGENT, 0o644, { kind: 'file' });
const variable = (name: string, value: string | null) =>
  changed(hardened, 'processes', (facts) => {
    for (const process of facts.processes) process.environment?.push({ name, value, empty: value === '' });
  });
const named = (name: string) =>
  changed(hardened, 'units', (value) => {
    for (const unit of value.units) unit.environmentNames.push({ name, place: unitFile });
  });

const starts: Situation[] = [
  [
    'source-read-only',
    'a file of variables of the agent',
    starting({ EnvironmentFiles: '/etc/myco.env (ignore_errors=no)' }, own('/etc/myco.env')),
    'fix',
    /how it is started/,
  ],
  [
    'source-read-only',
    'a file of variables of root',
    starting(
      { EnvironmentFiles: '/etc/myco.env (ignore_errors=no)' },
      file('/etc/myco.env', 0, 0o644, { kind: 'file' }),
    ),
    'pass',
  ],
  [
    'source-read-only',
    'a script as third word',
    starting({ ExecStartPre: command('/bin/sh -e /home/mycoswarm/prep.sh') }, own('/home/mycoswarm/prep.sh')),
    'fix',
    /how it is started/,
  ],
  [
    'source-read-only',
    'a script in a second command',
    starting({ ExecStartPre: `${command('/bin/sh')}\n${command('/bin/sh /opt/b.sh')}` }, own('/opt/b.sh')),
    'fix',
    /how it is started/,
  ],
  [
    'source-read-only',
    'a script that was not looked at',
    starting({ ExecStartPre: command('/bin/sh /opt/b.sh') }),
    'unknown',
  ],
  [
    'source-read-only',
    'a script that the agent could make',
    changed(
      starting({ ExecStartPre: command('/bin/sh /home/mycoswarm/workspace/b.sh') }),
      'files',
      (value) => void value.missing.push('/home/mycoswarm/workspace/b.sh'),
    ),
    'fix',
  ],
  [
    'source-read-only',
    'the workspace among the words',
    starting({ ExecStart: command('/bin/sh --workspace /home/mycoswarm/workspace') }),
    'pass',
  ],
  [
    'source-read-only',
    'PYTHONPATH in the workspace',
    variable('PYTHONPATH', '/opt/mycoswarm/source:/home/mycoswarm/workspace'),
    'fix',
    /how it is started/,
  ],
  ['source-read-only', 'PYTHONPATH in the source', variable('PYTHONPATH', '/opt/mycoswarm/source'), 'pass'],
  [
    'source-read-only',
    'an empty place in LD_LIBRARY_PATH',
    variable('LD_LIBRARY_PATH', '/opt/mycoswarm/source:'),
    'unknown',
  ],
  [
    'source-read-only',
    'PYTHONSTARTUP of which no value is kept',
    variable('PYTHONSTARTUP', null),
    'review',
    /PYTHONSTARTUP/,
  ],
  ['source-read-only', 'LD_PRELOAD named by the unit', named('LD_PRELOAD'), 'review', /LD_PRELOAD/],
  ['source-read-only', 'another variable', named('TZ'), 'pass'],
];

describe('what decides how it is started', () => tryEach(starts));

it('names what was searched for copies of the secret, and no more', () => {
  const [found] = runChecks(inputFor(hardened), { only: ['swarm-secret'] });
  const searched = found?.evidence.find((entry) => entry.what.includes('copies of the secret'));
  expect(searched?.what).toContain('/opt/mycoswarm/source, where it is a git working tree');
  expect(searched?.what).not.toMatch(/in logs, journal/);
  expect(searched?.seen).toBe('none found in these');
});
