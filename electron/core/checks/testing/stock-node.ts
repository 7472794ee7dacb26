import type { Facts } from '#shared/domain/facts/facts.ts';
import {
  account,
  file,
  listening,
  NOW,
  networkInterface,
  process,
  seenAs,
  tree,
  unit,
} from './facts-builder.ts';

export const AGENT = 1_001;
export const OPERATOR = 1_000;
export const INSTANCE = 'mycoswarm.service';

/** What is the same on every node of this house: Debian 12, one cable, Ollama on loopback, an operator called minotaur. */
export function house(
  name: string,
  uid: number,
  user: string,
  home: string,
): Pick<Facts, 'format' | 'collectedBy' | 'collectedAt' | 'tookMs' | 'node' | 'privilege' | 'redacted'> & {
  common: Partial<Facts['subjects']>;
} {
  return {
    format: 1,
    collectedBy: '0.1.0',
    collectedAt: NOW,
    tookMs: 800,
    node: { name, reachedBy: 'ssh' },
    privilege: 'sudo',
    redacted: false,
    common: {
      identity: seenAs<'identity'>({
        hostname: name,
        kernel: '6.12.9-amd64',
        architecture: 'x86_64',
        operatingSystem: { id: 'debian', versionId: '12', name: 'Debian GNU/Linux 12' },
        init: 'systemd',
        virtualization: null,
        bootedAt: '2026-11-19T08:00:00.000Z',
        clock: NOW,
        skewMs: 12,
        collectedAs: { uid: 0, user: 'root', groups: ['root'] },
        hardware: null,
      }),
      containers: seenAs<'containers'>({ engines: [] }),
      mounts: seenAs<'mounts'>({
        mounts: [{ path: '/', root: '/', source: '/dev/sda1', type: 'ext4', options: ['rw'], hung: false }],
        encryptedDevices: [],
      }),
      firewall: seenAs<'firewall'>({
        nftJson:
          '{"nftables":[{"metainfo":{"version":"1.0.6","release_name":"Lester Gooch #5","json_schema_version":1}}]}',
        saves: [],
        toolsPresent: ['nft'],
        managers: [],
      }),
      interfaces: seenAs<'interfaces'>({
        interfaces: [
          networkInterface('lo', 'loopback', ['127.0.0.1/8', '::1/128']),
          networkInterface('eth0', 'ethernet', ['192.168.1.24/24', 'fe80::1/64']),
        ],
        routes: [{ family: 4, destination: 'default', gateway: '192.168.1.1', interface: 'eth0' }],
        radios: [],
        resolvers: ['192.168.1.1'],
        forwarding: { ipv4: false, ipv6: false },
        policyRouting: false,
      }),
      updates: seenAs<'updates'>({
        manager: 'apt',
        listsRefreshedAt: '2026-11-21T06:00:00.000Z',
        pending: [],
        restartRequired: false,
        restartPackages: [],
        runningKernelIsNewest: true,
        unattended: true,
      }),
      time: seenAs<'time'>({
        synchronised: true,
        service: 'systemd-timesyncd',
        source: 'pool.ntp.org',
        offsetMs: 3,
        timezone: 'Europe/Zurich',
      }),
      sshServer: seenAs<'sshServer'>({
        installed: true,
        listening: true,
        effective: {
          passwordauthentication: ['no'],
          kbdinteractiveauthentication: ['no'],
          permitrootlogin: ['prohibit-password'],
          permitemptypasswords: ['no'],
          authenticationmethods: ['any'],
        },
        written: [
          { keyword: 'passwordauthentication', value: 'no', file: '/etc/ssh/sshd_config', inMatch: false },
          {
            keyword: 'kbdinteractiveauthentication',
            value: 'no',
            file: '/etc/ssh/sshd_config',
            inMatch: false,
          },
        ],
        version: '9.2',
      }),
      credentials: seenAs<'credentials'>({
        found: [],
        lookedAt: ['/etc/environment', `${home}/.bashrc`, `environment of ${user}`],
      }),
      ollama: seenAs<'ollama'>({
        installed: true,
        version: '0.5.4',
        running: true,
        uid: 997,
        host: '127.0.0.1:11434',
        models: [{ name: 'qwen3:8b', remoteHost: null, sizeBytes: 5e9 }],
        agentReaches: true,
        origins: null,
      }),
      sandbox: seenAs<'sandbox'>({
        instances: [{ instance: INSTANCE, uid, unshare: 'works', detail: 'unshare -rn true: 0' }],
        maxUserNamespaces: 31_000,
        unprivilegedUserNamespaces: true,
        apparmorRestrictsUserNamespaces: false,
        unshareInstalled: true,
      }),
    },
  };
}

export const ACCOUNTS = {
  groups: [
    { name: 'root', gid: 0, members: [] },
    { name: 'sudo', gid: 27, members: ['minotaur'] },
    { name: 'minotaur', gid: OPERATOR, members: [] },
    { name: 'mycoswarm', gid: AGENT, members: [] },
  ],
  newuidmapWorks: true,
  sudoersReadable: true,
  setuidPrograms: [
    { path: '/usr/bin/su', uid: 0, gid: 0, mode: 0o4755, capabilities: null },
    { path: '/usr/bin/ping', uid: 0, gid: 0, mode: 0o755, capabilities: 'cap_net_raw=ep' },
  ],
};

export const OLLAMA = listening('127.0.0.1', 11_434, 997, {
  processName: 'ollama',
  pids: [700],
  unit: 'ollama.service',
});

/** A stock node: everything as mycoSwarm's installer leaves it, under the operator's own account. */
export function stockNode(): Facts {
  const { common, ...head } = house('miu', OPERATOR, 'minotaur', '/home/minotaur');
  const home = '/home/minotaur';
  const configuration = `${home}/.config/mycoswarm`;
  const source = `${home}/mycoSwarm`;
  return {
    ...head,
    profile: {
      corrected: [],
      instances: [
        {
          id: INSTANCE,
          detectedBy: 'systemd',
          user: 'minotaur',
          uid: OPERATOR,
          home,
          configurationFolder: configuration,
          workspace: null,
          source,
          virtualEnvironment: `${source}/.venv`,
          sitePackages: `${source}/.venv/lib/python3.11/site-packages`,
          unit: INSTANCE,
          version: '0.2.16',
          apiPort: 7_890,
          dashboardPort: 8_080,
          logFolder: null,
          pids: [812, 813],
          running: true,
        },
      ],
    },
    subjects: {
      ...(common as Facts['subjects']),
      accounts: seenAs<'accounts'>({
        ...ACCOUNTS,
        accounts: [
          account('root', 0),
          account('minotaur', OPERATOR, {
            groups: ['minotaur', 'sudo'],
            password: 'set',
            homeDirectory: { mode: 0o755, uid: OPERATOR, gid: OPERATOR, acl: false },
            authorizedKeys: 1,
            sudoRules: ['%sudo ALL=(ALL:ALL) ALL'],
            sessions: 1,
            personalTraces: [`${home}/.ssh/id_ed25519`, `${home}/.mozilla/firefox`],
          }),
        ],
      }),
      processes: seenAs<'processes'>({
        processes: [process(812, OPERATOR, 'mycoswarm'), process(813, OPERATOR, 'mycoswarm-dash')],
        initNamespaces: { mnt: 'mnt:[4026531840]', net: 'net:[4026531840]' },
      }),
      sockets: seenAs<'sockets'>({
        listening: [
          listening('0.0.0.0', 7_890, OPERATOR, { pids: [812], processName: 'mycoswarm', user: 'minotaur' }),
          listening('0.0.0.0', 8_080, OPERATOR, {
            pids: [813],
            processName: 'mycoswarm-dash',
            user: 'minotaur',
          }),
          OLLAMA,
        ],
      }),
      units: seenAs<'units'>({
        systemd: true,
        version: '252',
        units: [
          unit(INSTANCE, 'minotaur', {
            NoNewPrivileges: 'no',
            ProtectSystem: 'no',
            ProtectHome: 'no',
            PrivateTmp: 'no',
            ReadWritePaths: '',
            RestrictNamespaces: 'no',
            SystemCallFilter: '',
          }),
        ],
      }),
      files: seenAs<'files'>({
        files: [
          file('/', 0, 0o755),
          file('/home', 0, 0o755),
          file('/etc', 0, 0o755),
          file('/etc/systemd', 0, 0o755),
          file('/etc/systemd/system', 0, 0o755),
          file(`/etc/systemd/system/${INSTANCE}`, 0, 0o644, { kind: 'file' }),
          file(home, OPERATOR, 0o755),
          file(`${home}/.config`, OPERATOR, 0o755),
          file(configuration, OPERATOR, 0o755),
          file(`${configuration}/plugins`, OPERATOR, 0o755),
          file(`${configuration}/swarm-token`, OPERATOR, 0o600, { kind: 'file' }),
          file(source, OPERATOR, 0o755),
          file(`${source}/.venv`, OPERATOR, 0o755),
        ],
        missing: [],
        unreadable: [],
        trees: [
          tree('source', source, OPERATOR),
          tree('virtual-environment', `${source}/.venv`, OPERATOR),
          tree('configuration', configuration, OPERATOR),
          tree('plugins', `${configuration}/plugins`, OPERATOR, { counted: 1, buckets: [] }),
        ],
      }),
      mycoswarm: seenAs<'mycoswarm'>({
        tokens: [
          {
            instance: INSTANCE,
            path: `${configuration}/swarm-token`,
            exists: true,
            length: 64,
            hexadecimal: true,
            distinctCharacters: 16,
            modifiedAt: '2026-05-01T10:00:00.000Z',
            newerThanProcess: false,
            fingerprint: null,
            leaks: [],
          },
        ],
        plugins: [],
        settings: [
          {
            instance: INSTANCE,
            file: `${configuration}/config.json`,
            key: 'security.sandboxMode',
            value: 'true',
          },
        ],
        probes: [
          ...['/openapi.json', '/docs', '/redoc'].map((path) => ({
            instance: INSTANCE,
            service: 'api' as const,
            port: 7_890,
            path,
            status: 200,
            contentType: 'text/html',
            error: null,
          })),
          {
            instance: INSTANCE,
            service: 'api',
            port: 7_890,
            path: '/identity',
            status: 403,
            contentType: 'application/json',
            error: null,
          },
        ],
        notIsolatedLines: 0,
        peersSeen: [],
        toolCallLog: null,
      }),
      python: seenAs<'python'>({
        environments: [
          {
            instance: INSTANCE,
            root: `${source}/.venv`,
            sitePackages: `${source}/.venv/lib/python3.11/site-packages`,
            kind: 'virtual-environment',
            pythonVersion: '3.11.2',
            complete: true,
            distributions: [
              {
                name: 'mycoswarm',
                version: '0.2.16',
                installer: 'pip',
                editable: true,
                directUrl: null,
                requires: ['fastapi>=0.100', 'httpx'],
                metadataPath: 'mycoswarm-0.2.16.dist-info',
                broken: false,
              },
              {
                name: 'fastapi',
                version: '0.115.0',
                installer: 'pip',
                editable: false,
                directUrl: null,
                requires: [],
                metadataPath: 'fastapi-0.115.0.dist-info',
                broken: false,
              },
              {
                name: 'httpx',
                version: '0.27.2',
                installer: 'pip',
                editable: false,
                directUrl: null,
                requires: [],
                metadataPath: 'httpx-0.27.2.dist-info',
                broken: false,
              },
            ],
          },
        ],
        requirementFiles: [
          {
            instance: INSTANCE,
            path: `${source}/pyproject.toml`,
            kind: 'pyproject',
            text: '[project]\nname = "mycoswarm"\ndependencies = ["fastapi>=0.100", "httpx"]\n',
            cut: false,
          },
          {
            instance: INSTANCE,
            path: `${source}/install.sh`,
            kind: 'installer',
            text: 'curl -fsSL https://ollama.example/install.sh | sh\npip install --break-system-packages .\n',
            cut: false,
          },
        ],
      }),
      audit: seenAs<'audit'>({
        auditd: {
          installed: false,
          running: false,
          enabled: 0,
          lost: 0,
          backlogLimit: 64,
          rules: [],
          rulesAtBoot: [],
          logFile: null,
        },
        ioUringDisabled: 0,
        journal: { persistent: true, readable: true, maxUse: null, rateLimited: true },
        logSources: [],
        probe: { tried: false, recorded: null, detail: 'auditd is not installed', raw: null },
      }),
    },
  };
}
