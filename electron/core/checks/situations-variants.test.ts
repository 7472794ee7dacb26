import { describe } from 'vitest';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { account, changed, file } from './testing/facts-builder.ts';
import { AGENT, but, fileAt, hardened, type Situation, tryEach, unitWith } from './testing/situations.ts';

/** The same node with mycoSwarm stopped. */
function stopped(facts: Facts): Facts {
  const still = changed(facts, 'processes', (value) => {
    value.processes = [];
  });
  const instances = still.profile.instances.map((instance) => ({ ...instance, running: false, pids: [] }));
  return { ...still, profile: { ...still.profile, instances } };
}

const capable = (capabilitiesEffective: string) =>
  but('processes', (value) => {
    for (const process of value.processes) process.capabilitiesEffective = capabilitiesEffective;
  });

const groups = (...more: { name: string; gid: number; members: string[] }[]) =>
  but('accounts', (value) => void value.groups?.push(...more));

/** The account in a group that has another, mighty name besides. */
const alias = changed(
  groups({ name: 'shared', gid: 6, members: ['mycoswarm'] }, { name: 'disk', gid: 6, members: [] }),
  'accounts',
  (value) => {
    for (const entry of value.accounts) if (entry.uid === AGENT) entry.groups = ['mycoswarm', 'shared'];
  },
);

const setuid = (path: string) =>
  but('accounts', (value) => {
    value.setuidPrograms.push({ path, uid: 0, gid: 0, mode: 0o4755, capabilities: null });
  });

const becoming: Situation[] = [
  ['dedicated-user', 'a group with a second, mighty name', alias, 'fix', /group disk/],
  [
    'dedicated-user',
    'a group that the unit gives at the next start',
    stopped(changed(unitWith({ SupplementaryGroups: 'docker' }), 'accounts', () => undefined)),
    'fix',
    /group docker/,
  ],
  [
    'dedicated-user',
    'a group that the unit gives by its number',
    changed(unitWith({ SupplementaryGroups: '6' }), 'accounts', (value) => {
      value.groups?.push({ name: 'disk', gid: 6, members: [] });
    }),
    'fix',
    /group disk/,
  ],
  ['dedicated-user', 'a group of its own that the unit names', unitWith({ Group: 'mycoswarm' }), 'pass'],
  ['dedicated-user', 'a group of another name', unitWith({ SupplementaryGroups: 'render' }), 'pass'],
  [
    'dedicated-user',
    'the capability to become everybody',
    capable('80'),
    'fix',
    /as good as the administrator/,
  ],
  [
    'dedicated-user',
    'the capability to read everything',
    capable('4'),
    'fix',
    /as good as the administrator/,
  ],
  ['dedicated-user', 'the capability for low ports', capable('400'), 'pass'],
  [
    'dedicated-user',
    'a capability that the unit gives at the next start',
    stopped(unitWith({ AmbientCapabilities: 'cap_net_bind_service cap_setuid' })),
    'fix',
    /as good as the administrator/,
  ],
  [
    'dedicated-user',
    'all capabilities but one',
    unitWith({ AmbientCapabilities: '~cap_sys_boot' }),
    'fix',
    /as good as the administrator/,
  ],
  [
    'dedicated-user',
    'the capability for low ports, given by the unit',
    unitWith({ AmbientCapabilities: 'cap_net_bind_service' }),
    'pass',
  ],
  ['dedicated-user', 'doas, whose rules nobody read', setuid('/usr/bin/doas'), 'unknown', /doas/],
  ['source-read-only', 'doas, whose rules nobody read', setuid('/usr/bin/doas'), 'unknown'],
];

const PLUGINS = '/home/mycoswarm/.config/mycoswarm/plugins';
const link = { kind: 'link' as const, mode: 0o777, target: '/srv/p', resolved: '/srv/p' };

const plugins: Situation[] = [
  ['plugin-inventory', 'no plugin', hardened, 'pass'],
  ['plugin-inventory', 'a folder of plugins that is a link', fileAt(PLUGINS, link), 'unknown', /link/],
  [
    'plugin-inventory',
    'settings that are a link',
    fileAt('/home/mycoswarm/.config/mycoswarm', link),
    'unknown',
    /link/,
  ],
];

/** mycoSwarm from packages of the system, with the home of its account in the hands of this uid. */
function withoutEnvironment(owner: number, variables: string[] = []): Facts {
  const site = '/usr/lib/python3/dist-packages';
  const facts = but('files', (value) => {
    value.files = value.files.map((entry) =>
      entry.path === '/home/mycoswarm' ? { ...entry, uid: owner } : entry,
    );
    value.files.push(...['/usr', '/usr/lib', '/usr/lib/python3', site].map((path) => file(path, 0, 0o755)));
  });
  const named = changed(facts, 'processes', (value) => {
    for (const process of value.processes)
      for (const name of variables) process.environment?.push({ name, value: null, empty: false });
  });
  const instances = named.profile.instances.map((instance) => ({
    ...instance,
    virtualEnvironment: null,
    source: null,
    sitePackages: site,
  }));
  return { ...named, profile: { ...named.profile, instances } };
}

const packages: Situation[] = [
  [
    'source-read-only',
    'packages of the account that Python would load too',
    withoutEnvironment(AGENT),
    'fix',
    /packages of its own/,
  ],
  [
    'source-read-only',
    'packages of the account that are switched off',
    withoutEnvironment(AGENT, ['PYTHONNOUSERSITE']),
    'pass',
  ],
  ['source-read-only', 'a home in which the agent can make no packages', withoutEnvironment(0), 'pass'],
];

const started = (argv: string[], workingDirectory: string | null, variables: string[] = []): Facts =>
  but('processes', (value) => {
    for (const process of value.processes) {
      Object.assign(process, { argv, workingDirectory });
      for (const name of variables) process.environment?.push({ name, value: null, empty: false });
    }
  });
const PYTHON = '/opt/mycoswarm/venv/bin/python';
const WORK = '/home/mycoswarm/workspace';

const shifted: Situation[] = [
  [
    'source-read-only',
    'python -m, started in the workspace',
    started([PYTHON, '-m', 'mycoswarm', 'daemon'], WORK),
    'fix',
    /put code where mycoSwarm is started/,
  ],
  [
    'source-read-only',
    'python -m, started in /',
    started([PYTHON, '-m', 'mycoswarm', 'daemon'], '/'),
    'pass',
  ],
  ['source-read-only', 'python -I -m', started([PYTHON, '-I', '-m', 'mycoswarm', 'daemon'], WORK), 'pass'],
  [
    'source-read-only',
    'python -m with PYTHONSAFEPATH',
    started([PYTHON, '-m', 'mycoswarm', 'daemon'], WORK, ['PYTHONSAFEPATH']),
    'pass',
  ],
  [
    'source-read-only',
    'python -m, started nobody knows where',
    started([PYTHON, '-m', 'mycoswarm', 'daemon'], null),
    'unknown',
  ],
  [
    'source-read-only',
    'a folder of the agent over the source',
    unitWith({ BindPaths: `${WORK}:/opt/mycoswarm/source:rbind` }),
    'fix',
    /the program that it is/,
  ],
  [
    'source-read-only',
    'a folder of the agent over what lies above the source',
    unitWith({ BindReadOnlyPaths: `-${WORK}:/opt` }),
    'fix',
  ],
  [
    'source-read-only',
    'a folder that was not looked at over a part of the environment',
    unitWith({ BindReadOnlyPaths: '/srv/x:/opt/mycoswarm/venv/bin' }),
    'unknown',
  ],
  ['source-read-only', 'a folder over another one', unitWith({ BindPaths: `${WORK}:/srv/work` }), 'pass'],
  ['source-read-only', 'another root', unitWith({ RootDirectory: '/srv/root' }), 'unknown', /other files/],
  ['source-read-only', 'the root as it is', unitWith({ RootDirectory: '/' }), 'pass'],
];

const readers: Situation[] = [
  [
    'swarm-secret',
    'a secret that a second name of its group lets others read',
    groups({ name: 'friends', gid: AGENT, members: ['minotaur'] }),
    'fix',
    /can read the swarm secret/,
  ],
  [
    'dedicated-user',
    'a home that a second name of its group opens',
    groups({ name: 'friends', gid: AGENT, members: ['minotaur'] }),
    'fix',
    /home of the account of mycoSwarm/,
  ],
  [
    'dedicated-user',
    'an open home of somebody from a directory',
    but('accounts', (value) => {
      const homeDirectory = { mode: 0o755, uid: 1_500_042, gid: 1_500_042, acl: false, resolved: '/srv/eve' };
      value.accounts.push(account('eve', 1_500_042, { home: '/srv/eve', homeDirectory }));
    }),
    'fix',
    /home of eve/,
  ],
  [
    'dedicated-user',
    'the home of nobody',
    but('accounts', (value) => {
      const homeDirectory = { mode: 0o755, uid: 65_534, gid: 65_534, acl: false, resolved: '/srv/none' };
      value.accounts.push(account('nobody', 65_534, { home: '/srv/none', homeDirectory }));
    }),
    'pass',
  ],
];

describe('other files than those that were looked at', () => tryEach(shifted));
describe('others who read', () => tryEach(readers));
describe('other ways to become somebody', () => tryEach(becoming));
describe('other ways to bring a plugin', () => tryEach(plugins));
describe('other ways to change the program', () => tryEach(packages));
