import { changed, file, networkInterface, tree } from '#core/checks/testing/facts-builder.ts';
import { but, fileAt, hardened, unitWith } from '#core/checks/testing/situations.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';

const HOME = '/home/mycoswarm';

const owned = { uid: 1_001, gid: 1_001 };

const ownedCode = changed(hardened, 'files', (value) => {
  for (const one of value.files) if (one.path.startsWith('/opt/mycoswarm')) Object.assign(one, owned);
  for (const one of value.trees.filter(({ root }) => root.startsWith('/opt')))
    for (const bucket of one.buckets) Object.assign(bucket, owned, { mode: bucket.mode | 0o020 });
});

const ownHome = (facts: Facts) =>
  changed(facts, 'files', (value) => {
    for (const one of value.files) if (one.path === HOME) Object.assign(one, owned, { mode: 0o750 });
  });

/** The code lies in the home of the agent, which owns that home. */
const codeInHome = () => {
  const environment = `${HOME}/venv`;
  const facts = changed(ownHome(hardened), 'files', (value) => {
    value.files = value.files.filter(({ path }) => !path.startsWith('/opt/'));
    value.files.push(
      file(environment, 1_001, 0o755),
      file(`${environment}/bin`, 1_001, 0o755),
      file(`${environment}/bin/mycoswarm`, 1_001, 0o755, { kind: 'file' }),
      file(`${environment}/bin/python3`, 1_001, 0o755, { kind: 'file' }),
    );
    value.trees = [
      ...value.trees.filter(({ root }) => !root.startsWith('/opt')),
      tree('virtual-environment', environment, 1_001),
    ];
  });
  for (const instance of facts.profile.instances)
    Object.assign(instance, { source: null, virtualEnvironment: environment, sitePackages: null });
  return changed(facts, 'python', (value) => {
    for (const one of value.environments) one.root = environment;
    for (const { distributions } of value.environments) for (const one of distributions) one.editable = false;
  });
};

const audit = (change: object) =>
  but('audit', (value) => {
    if (value.auditd !== null) Object.assign(value.auditd, change);
  });
const unrecorded = changed(
  audit({ installed: false, running: false, enabled: 0, rules: [], rulesAtBoot: [], logFile: null }),
  'audit',
  (value) => Object.assign(value.probe, { tried: false, recorded: null }),
);

const sshWith = (passwords: string[]) =>
  but('sshServer', (value) => {
    if (value.effective !== null) value.effective.passwordauthentication = passwords;
    for (const line of value.written)
      if (line.keyword === 'passwordauthentication') line.value = passwords[0] ?? '';
  });

const wireless = but('interfaces', (value) => {
  value.interfaces.push(networkInterface('wlan0', 'wifi', ['192.168.7.9/24']));
});

const ollamaOutside = changed(
  but('interfaces', (value) => {
    value.interfaces.push(networkInterface('wg0', 'vpn', ['10.9.0.2/24']));
  }),
  'sockets',
  (value) => {
    for (const socket of value.listening) if (socket.port === 11_434) socket.address = '0.0.0.0';
  },
);

const PLUGIN = `${HOME}/.config/mycoswarm/plugins/weather`;
const withPlugin = changed(
  but('mycoswarm', (value) => {
    value.plugins.push({
      instance: 'mycoswarm.service',
      name: 'weather',
      path: PLUGIN,
      uid: 1_001,
      mode: 0o755,
      modifiedAt: null,
      digest: 'ab'.repeat(32),
      files: 1,
    });
  }),
  'files',
  (value) => void value.files.push(file(PLUGIN, 1_001, 0o755)),
);

/** What lies in files of these nodes, by path. */
export const TEXTS = {
  '/home/mycoswarm/.bashrc': 'alias l=ls\nexport OPENAI_API_KEY=not-a-real-key\nOPENAI_API_KEY_FILE=/x\n',
};
const withKey = but('credentials', (value) => {
  value.found.push({
    name: 'OPENAI_API_KEY',
    provider: 'OpenAI',
    kind: 'file',
    place: `${HOME}/.bashrc`,
    pid: null,
  });
});

/** Nodes on each of which one check has something to repair that a model of a node can show, in words: what that is. */
export const TO_REPAIR: readonly [CheckId, string, Facts][] = [
  [
    'swarm-secret',
    'a secret that all can read',
    fileAt(`${HOME}/.config/mycoswarm/swarm-token`, { mode: 0o644 }),
  ],
  [
    'swarm-secret',
    'a folder in which all can put another',
    fileAt(`${HOME}/.config/mycoswarm`, { mode: 0o777 }),
  ],
  [
    'sandbox-mode',
    'no limits at all',
    unitWith({
      NoNewPrivileges: 'no',
      ProtectSystem: 'no',
      ProtectHome: 'no',
      PrivateTmp: 'no',
      ReadWritePaths: '',
    }),
  ],
  ['sandbox-mode', 'a list that forbids isolation', unitWith({ RestrictNamespaces: 'yes' })],
  [
    'workspace-bounded',
    'settings of its own',
    fileAt(`${HOME}/.config/mycoswarm`, { uid: 1_001, gid: 1_001, mode: 0o755 }),
  ],
  ['workspace-bounded', 'a home of its own', fileAt(HOME, { uid: 1_001, gid: 1_001, mode: 0o755 })],
  [
    'workspace-bounded',
    'no limit on where it writes',
    ownHome(unitWith({ ProtectSystem: 'no', ReadWritePaths: '' })),
  ],
  ['source-read-only', 'code that it owns', ownedCode],
  ['source-read-only', 'a folder above that it owns', fileAt('/opt', { uid: 1_001, mode: 0o755 })],
  [
    'source-read-only',
    'a unit file that all may write',
    fileAt('/etc/systemd/system/mycoswarm.service', { mode: 0o666 }),
  ],
  ['source-read-only', 'code in its home', codeInHome()],
  ['audit-logging', 'no recorder at all', unrecorded],
  ['audit-logging', 'rules that only last until the next start', audit({ rulesAtBoot: [] })],
  [
    'audit-logging',
    'io_uring allowed',
    but('audit', (value) => Object.assign(value, { ioUringDisabled: 0 })),
  ],
  [
    'audit-logging',
    'io_uring on a kernel without a switch',
    but('audit', (value) => Object.assign(value, { ioUringDisabled: null })),
  ],
  [
    'audit-logging',
    'a record that the agent can change',
    audit({ logFile: { path: '/var/log/audit/audit.log', uid: 1_001, mode: 0o600 } }),
  ],
  ['ssh-server', 'passwords', sshWith(['yes'])],
  [
    'ssh-server',
    'passwords, as written only',
    changed(sshWith(['yes']), 'sshServer', (value) => Object.assign(value, { effective: null })),
  ],
  [
    'time-sync',
    'a service that does not agree',
    but('time', (value) => Object.assign(value, { synchronised: false })),
  ],
  [
    'time-sync',
    'no service',
    but('time', (value) => Object.assign(value, { synchronised: false, service: null, offsetMs: null })),
  ],
  ['unused-interfaces', 'a radio that nobody declared', wireless],
  ['model-locality', 'Ollama on a VPN too', ollamaOutside],
  ['plugin-inventory', 'a plugin that nobody accepted', withPlugin],
  ['cloud-api-keys', 'a key in a file', withKey],
];
