import { describe, expect, it } from 'vitest';
import type { SubjectValue } from '#core/facts/collector.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Facts, SubjectName } from '#shared/domain/facts/facts.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';
import { runChecks } from './run.ts';
import {
  account,
  changed,
  declare,
  file,
  inputFor,
  listening,
  NOW,
  networkInterface,
  process,
  unit,
  withoutSubject,
} from './testing/facts-builder.ts';
import { hardenedNode, stockNode } from './testing/nodes.ts';

const AGENT = 1_001;
const DIGEST = 'c'.repeat(64);
const hardened = hardenedNode();

/** The hardened node with one thing changed. */
function but<S extends SubjectName>(subject: S, change: (value: SubjectValue<S>) => void): Facts {
  return changed(hardened, subject, change);
}

function agentAccount(more: Partial<ReturnType<typeof account>>): Facts {
  return but('accounts', (value) => {
    value.accounts = value.accounts.map((entry) => (entry.uid === AGENT ? { ...entry, ...more } : entry));
  });
}

function socket(address: string, port = 7_890): Facts {
  return but('sockets', (value) => {
    value.listening = [listening(address, port, AGENT, { pids: [812], processName: 'mycoswarm' })];
  });
}

function withVpn(facts: Facts): Facts {
  return changed(facts, 'interfaces', (value) => {
    value.interfaces.push(networkInterface('tailscale0', 'vpn', ['100.92.14.7/32']));
  });
}

const token = (change: Partial<SubjectValue<'mycoswarm'>['tokens'][number]>) =>
  but('mycoswarm', (value) => {
    value.tokens = value.tokens.map((entry) => ({ ...entry, ...change }));
  });

const unitWith = (properties: Record<string, string>, user = 'mycoswarm') =>
  but('units', (value) => {
    value.units = value.units.map((entry) =>
      entry.name === 'mycoswarm.service'
        ? unit(entry.name, user, { ...entry.properties, ...properties })
        : entry,
    );
  });

const fileAt = (path: string, more: Partial<ReturnType<typeof file>>) =>
  but('files', (value) => {
    value.files = value.files.map((entry) => (entry.path === path ? { ...entry, ...more } : entry));
  });

const workspace = (more: Partial<SubjectValue<'files'>['trees'][number]>) =>
  but('files', (value) => {
    value.trees = value.trees.map((entry) => (entry.purpose === 'workspace' ? { ...entry, ...more } : entry));
  });

const rules = (lines: string[]) =>
  but('audit', (value) => {
    if (value.auditd !== null) value.auditd = { ...value.auditd, rules: lines, rulesAtBoot: lines };
  });

const plugin = {
  instance: 'mycoswarm.service',
  name: 'web_digest',
  path: '/home/mycoswarm/.config/mycoswarm/plugins/web_digest',
  uid: 0,
  mode: 0o755,
  modifiedAt: NOW,
  digest: DIGEST,
  files: 1,
};
const withPlugin = but('mycoswarm', (value) => void value.plugins.push(plugin));
const key = {
  name: 'OPENAI_API_KEY',
  provider: 'OpenAI',
  kind: 'file' as const,
  place: '/home/mycoswarm/.bashrc',
  pid: null,
};
const withKey = but('credentials', (value) => void value.found.push(key));
const calls = 'execve,execveat,connect,open,openat';

type Situation = readonly [CheckId, string, Facts, FindingStatus, RegExp?, ReturnType<typeof declare>[]?];

const SITUATIONS: readonly Situation[] = [
  [
    'dedicated-user',
    'runs as root',
    but('processes', (value) => {
      value.processes = [process(812, 0, 'mycoswarm')];
    }),
    'fix',
    /as administrator/,
  ],
  ['dedicated-user', 'a unit without User=', unitWith({}, ''), 'fix', /starts mycoSwarm as administrator/],
  [
    'dedicated-user',
    'group docker',
    agentAccount({ groups: ['mycoswarm', 'docker'] }),
    'fix',
    /group docker/,
  ],
  ['dedicated-user', 'group adm', agentAccount({ groups: ['mycoswarm', 'adm'] }), 'fix', /group adm/],
  [
    'dedicated-user',
    'a sudo rule',
    agentAccount({ sudoRules: ['mycoswarm ALL=(root) NOPASSWD: /usr/bin/apt'] }),
    'fix',
    /sudo rule/,
  ],
  ['dedicated-user', 'sudo rules that cannot be read', agentAccount({ sudoRules: null }), 'unknown'],
  ['dedicated-user', 'a password', agentAccount({ password: 'set' }), 'fix', /password/],
  ['dedicated-user', 'an authorized key', agentAccount({ authorizedKeys: 1 }), 'fix', /account of a person/],
  [
    'dedicated-user',
    'an authorized key of an account that is meant',
    agentAccount({ authorizedKeys: 1 }),
    'pass',
    undefined,
    [declare('account', 'mycoswarm')],
  ],
  [
    'dedicated-user',
    'a home open to all',
    agentAccount({ homeDirectory: { mode: 0o755, uid: AGENT, gid: AGENT, acl: false } }),
    'fix',
    /home of mycoSwarm/,
  ],
  [
    'dedicated-user',
    'another home that it can read',
    but(
      'accounts',
      (value) =>
        void value.accounts.push(
          account('eve', 1_002, { homeDirectory: { mode: 0o755, uid: 1_002, gid: 1_002, acl: false } }),
        ),
    ),
    'fix',
    /home of eve/,
  ],
  [
    'dedicated-user',
    'another home that it can enter by name',
    but(
      'accounts',
      (value) =>
        void value.accounts.push(
          account('eve', 1_002, { homeDirectory: { mode: 0o711, uid: 1_002, gid: 1_002, acl: false } }),
        ),
    ),
    'review',
  ],
  [
    'dedicated-user',
    'a shell with setuid',
    but(
      'accounts',
      (value) =>
        void value.setuidPrograms.push({
          path: '/usr/local/bin/bash',
          uid: 0,
          gid: 0,
          mode: 0o4755,
          capabilities: null,
        }),
    ),
    'fix',
    /become another account/,
  ],
  [
    'dedicated-user',
    'a setuid program of nobody',
    but(
      'accounts',
      (value) =>
        void value.setuidPrograms.push({
          path: '/srv/tool',
          uid: 0,
          gid: 0,
          mode: 0o4755,
          capabilities: null,
        }),
    ),
    'review',
  ],
  [
    'dedicated-user',
    'Python with cap_setuid',
    but(
      'accounts',
      (value) =>
        void value.setuidPrograms.push({
          path: '/usr/bin/python3.11',
          uid: 0,
          gid: 0,
          mode: 0o755,
          capabilities: 'cap_setuid=ep',
        }),
    ),
    'fix',
  ],
  [
    'dedicated-user',
    'a program that only root may start',
    but(
      'accounts',
      (value) =>
        void value.setuidPrograms.push({
          path: '/srv/bash',
          uid: 0,
          gid: 0,
          mode: 0o4750,
          capabilities: null,
        }),
    ),
    'pass',
  ],
  [
    'dedicated-user',
    'other programs of its account',
    but('processes', (value) => void value.processes.push(process(990, AGENT, 'firefox', { unit: null }))),
    'review',
    /other programs/,
  ],
  [
    'sandbox-mode',
    'unshare refused',
    but('sandbox', (value) => {
      value.instances = value.instances.map((entry) => ({ ...entry, unshare: 'refused' }));
    }),
    'fix',
    /without isolation/,
  ],
  [
    'sandbox-mode',
    'unshare forbidden by the unit',
    unitWith({ RestrictNamespaces: 'yes' }),
    'fix',
    /without isolation/,
  ],
  [
    'sandbox-mode',
    'unshare not tried',
    but('sandbox', (value) => {
      value.instances = value.instances.map((entry) => ({ ...entry, unshare: 'not-tried' }));
    }),
    'unknown',
  ],
  ['sandbox-mode', 'a unit without limits', unitWith({ ProtectSystem: 'no' }), 'fix', /Nothing holds/],
  [
    'sandbox-mode',
    'limits in the unit, not on the process',
    but('processes', (value) => {
      value.processes = value.processes.map((entry) => ({ ...entry, noNewPrivileges: false }));
    }),
    'fix',
    /not in force/,
  ],
  [
    'sandbox-mode',
    'code that ran with the network',
    but('mycoswarm', (value) => {
      value.notIsolatedLines = 3;
    }),
    'fix',
  ],
  [
    'sandbox-mode',
    'a setting that nobody reads',
    but(
      'mycoswarm',
      (value) =>
        void value.settings.push({
          instance: 'mycoswarm.service',
          file: '/c',
          key: 'sandboxMode',
          value: 'true',
        }),
    ),
    'pass',
  ],
  [
    'workspace-bounded',
    'a link out',
    workspace({
      linksOutCount: 1,
      linksOut: [
        file('/home/mycoswarm/workspace/archive', AGENT, 0o777, {
          kind: 'link',
          target: '/srv',
          resolved: '/srv',
        }),
      ],
    }),
    'fix',
    /leads out/,
  ],
  [
    'workspace-bounded',
    'a hard link',
    workspace({
      hardLinksCount: 1,
      hardLinks: [file('/home/mycoswarm/workspace/x', AGENT, 0o644, { kind: 'file', links: 2 })],
    }),
    'fix',
    /another name/,
  ],
  [
    'workspace-bounded',
    'a setuid program',
    workspace({ setuid: [file('/home/mycoswarm/workspace/x', 0, 0o4755, { kind: 'file' })] }),
    'fix',
    /other rights/,
  ],
  [
    'workspace-bounded',
    'a mount',
    workspace({ mounts: ['/home/mycoswarm/workspace/nas'] }),
    'fix',
    /mounted/,
  ],
  ['workspace-bounded', 'not counted to its end', workspace({ complete: false }), 'unknown'],
  [
    'workspace-bounded',
    'settings that are its own',
    fileAt('/home/mycoswarm/.config/mycoswarm', { uid: AGENT }),
    'fix',
    /settings and plugins/,
  ],
  [
    'workspace-bounded',
    'another writable place',
    unitWith({ ReadWritePaths: '-/home/mycoswarm/workspace /srv' }),
    'fix',
    /outside its workspace/,
  ],
  [
    'source-read-only',
    'a folder above is its own',
    fileAt('/opt/mycoswarm', { uid: AGENT }),
    'fix',
    /can change the program/,
  ],
  ['source-read-only', 'a folder above that all may write', fileAt('/opt', { mode: 0o777 }), 'fix'],
  [
    'source-read-only',
    'one file in the source',
    but(
      'files',
      (value) =>
        void value.trees
          .find((entry) => entry.purpose === 'source')
          ?.buckets.push({
            kind: 'file',
            uid: AGENT,
            gid: AGENT,
            mode: 0o444,
            count: 1,
            examples: ['/opt/mycoswarm/source/x.py'],
          }),
    ),
    'fix',
  ],
  [
    'source-read-only',
    'the unit file',
    fileAt('/etc/systemd/system/mycoswarm.service', { mode: 0o666 }),
    'fix',
    /how it is started/,
  ],
  ['source-read-only', 'an access list that was not read', fileAt('/opt', { acl: null }), 'unknown'],
  [
    'source-read-only',
    'an access list that lets it write',
    fileAt('/opt/mycoswarm/source', { acl: [`user:${AGENT}:rwx`, 'mask::rwx'] }),
    'fix',
  ],
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
    [declare('service', 'tcp/7890')],
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
    but('interfaces', (value) => void value.radios.push({ name: 'hci0', kind: 'bluetooth', blocked: false })),
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
  [
    'audit-logging',
    'only 64-bit calls',
    rules([`-a always,exit -F arch=b64 -S ${calls} -F uid=1001`]),
    'fix',
    /not recorded/,
  ],
  [
    'audit-logging',
    'only failures',
    rules(
      ['b64', 'b32'].map((arch) => `-a always,exit -F arch=${arch} -S ${calls} -F uid=1001 -F success=0`),
    ),
    'fix',
  ],
  [
    'audit-logging',
    'everything of everybody',
    rules(['b64', 'b32'].map((arch) => `-a always,exit -F arch=${arch} -S all`)),
    'pass',
  ],
  [
    'audit-logging',
    'an exception before it',
    rules([
      '-a never,exit -F arch=b64 -S connect',
      ...['b64', 'b32'].map((arch) => `-a always,exit -F arch=${arch} -S ${calls} -F uid=1001`),
    ]),
    'fix',
  ],
  [
    'audit-logging',
    'records lost',
    but('audit', (value) => {
      if (value.auditd !== null) value.auditd = { ...value.auditd, lost: 5 };
    }),
    'fix',
    /gaps/,
  ],
  [
    'audit-logging',
    'io_uring allowed',
    but('audit', (value) => {
      value.ioUringDisabled = 0;
    }),
    'fix',
    /io_uring/,
  ],
  [
    'audit-logging',
    'a probe that did not arrive',
    but('audit', (value) => {
      value.probe.recorded = false;
    }),
    'fix',
    /leaves no trace/,
  ],
  [
    'audit-logging',
    'no probe',
    but('audit', (value) => {
      value.probe = { tried: false, recorded: null, detail: '', raw: null };
    }),
    'unknown',
  ],
  ['cloud-api-keys', 'a key in a dotfile', withKey, 'fix', /OpenAI/],
  [
    'cloud-api-keys',
    'a key that is meant',
    withKey,
    'pass',
    undefined,
    [declare('provider-key', 'OPENAI_API_KEY @ /home/mycoswarm/.bashrc')],
  ],
  [
    'cloud-api-keys',
    'an environment that is closed',
    but('processes', (value) => {
      value.processes = value.processes.map((entry) => ({ ...entry, environment: null }));
    }),
    'unknown',
  ],
  [
    'model-locality',
    'a model elsewhere',
    but(
      'ollama',
      (value) =>
        void value.models.push({ name: 'big:cloud', remoteHost: 'https://ollama.example', sizeBytes: null }),
    ),
    'fix',
    /does not run at home/,
  ],
  [
    'model-locality',
    'Ollama on a VPN',
    withVpn(
      but(
        'sockets',
        (value) => void value.listening.push(listening('0.0.0.0', 11_434, 997, { processName: 'ollama' })),
      ),
    ),
    'fix',
    /Ollama on uncho answers/,
  ],
  [
    'model-locality',
    'no fence, no rules',
    but('units', (value) => {
      value.units = value.units.filter((entry) => entry.name !== 'ollama.service');
    }),
    'fix',
    /through Ollama/,
  ],
  [
    'model-locality',
    'a relay that is meant',
    but('units', (value) => {
      value.units = value.units.filter((entry) => entry.name !== 'ollama.service');
    }),
    'pass',
    undefined,
    [declare('relay', 'ollama')],
  ],
  [
    'model-locality',
    'no model server',
    changed(
      but('ollama', (value) => {
        value.installed = false;
        value.running = false;
        value.models = [];
        value.host = null;
      }),
      'sockets',
      (value) => {
        value.listening = [];
      },
    ),
    'not-applicable',
  ],
  ['plugin-inventory', 'a plugin nobody accepted', withPlugin, 'review', /web_digest/],
  [
    'plugin-inventory',
    'an accepted plugin',
    withPlugin,
    'pass',
    undefined,
    [declare('plugin', `web_digest@${DIGEST}`)],
  ],
  [
    'plugin-inventory',
    'a plugin changed since',
    withPlugin,
    'fix',
    /changed since/,
    [declare('plugin', `web_digest@${'d'.repeat(64)}`)],
  ],
  [
    'plugin-inventory',
    'a folder that is closed',
    but('files', (value) => {
      value.trees = [];
      value.files = value.files.filter((entry) => !entry.path.includes('plugins'));
    }),
    'unknown',
  ],
  [
    'pinned-dependencies',
    'another version than the lock',
    but('python', (value) => {
      for (const entry of value.environments[0]?.distributions ?? [])
        if (entry.name === 'httpx') entry.version = '0.28.0';
    }),
    'fix',
    /not those that its lock says/,
  ],
  [
    'pinned-dependencies',
    'no lock',
    but('python', (value) => {
      value.requirementFiles = [];
    }),
    'fix',
    /next install/,
  ],
  [
    'pinned-dependencies',
    'a lock that may have been missed',
    {
      ...hardened,
      subjects: {
        ...hardened.subjects,
        python: {
          ...but('python', (value) => {
            value.requirementFiles = [];
          }).subjects.python,
          gaps: [{ what: '/opt/x', reason: 'closed', wouldHelp: null }],
        } as Facts['subjects']['python'],
      },
    },
    'unknown',
  ],
  [
    'pinned-dependencies',
    'an environment read in part',
    but('python', (value) => {
      for (const entry of value.environments) entry.complete = false;
    }),
    'unknown',
  ],
  [
    'api-docs-exposed',
    'no answer',
    but('mycoswarm', (value) => {
      value.probes = [];
    }),
    'unknown',
  ],
  [
    'tool-log',
    'a log in reach of the agent',
    but('mycoswarm', (value) => {
      if (value.toolCallLog !== null) value.toolCallLog.uid = AGENT;
    }),
    'fix',
    /rewrite/,
  ],
  [
    'time-sync',
    'not synchronised',
    but('time', (value) => {
      value.synchronised = false;
    }),
    'fix',
    /clock of uncho/,
  ],
  [
    'time-sync',
    'three seconds off',
    but('time', (value) => {
      value.offsetMs = -3_000;
    }),
    'fix',
    /3000 ms/,
  ],
  [
    'time-sync',
    'nobody says how far off',
    changed(
      but('time', (value) => {
        value.offsetMs = null;
      }),
      'identity',
      (value) => {
        value.skewMs = null;
      },
    ),
    'unknown',
  ],
  [
    'os-updates',
    'a late security update',
    but(
      'updates',
      (value) =>
        void value.pending.push({
          package: 'openssl',
          installed: '3.0',
          available: '3.1',
          security: true,
          publishedAt: '2026-10-01T00:00:00.000Z',
        }),
    ),
    'fix',
    /more than 14 days/,
  ],
  [
    'os-updates',
    'a fresh security update',
    but(
      'updates',
      (value) =>
        void value.pending.push({
          package: 'openssl',
          installed: '3.0',
          available: '3.1',
          security: true,
          publishedAt: '2026-11-20T00:00:00.000Z',
        }),
    ),
    'pass',
  ],
  [
    'os-updates',
    'stale lists',
    but('updates', (value) => {
      value.listsRefreshedAt = '2026-01-01T00:00:00.000Z';
    }),
    'unknown',
  ],
  [
    'os-updates',
    'a restart that waits',
    but('updates', (value) => {
      value.restartRequired = true;
    }),
    'fix',
    /restart/,
  ],
  [
    'ssh-server',
    'passwords',
    but('sshServer', (value) => {
      value.effective = { ...value.effective, passwordauthentication: ['yes'] };
    }),
    'fix',
    /guesses a password/,
  ],
  [
    'ssh-server',
    'passwords, and a key besides',
    but('sshServer', (value) => {
      value.effective = {
        ...value.effective,
        passwordauthentication: ['yes'],
        authenticationmethods: ['publickey,password'],
      };
    }),
    'pass',
  ],
  [
    'ssh-server',
    'nothing written: the default is yes',
    but('sshServer', (value) => {
      value.effective = null;
      value.written = [{ keyword: 'port', value: '22', file: '/etc/ssh/sshd_config', inMatch: false }];
    }),
    'fix',
  ],
  [
    'ssh-server',
    'nothing readable',
    but('sshServer', (value) => {
      value.effective = null;
      value.written = [];
    }),
    'unknown',
  ],
  [
    'ssh-server',
    'no server',
    but('sshServer', (value) => {
      value.installed = false;
      value.listening = false;
    }),
    'not-applicable',
  ],
];

describe('situations', () => {
  it.each(SITUATIONS)('%s: %s', (check, _situation, facts, status, summary, declarations) => {
    const [found] = runChecks(inputFor(facts, { declarations: declarations ?? [] }), { only: [check] });
    expect([found?.status, found?.summary]).toEqual([status, found?.summary]);
    if (summary !== undefined) expect(found?.summary).toMatch(summary);
    if (declarations !== undefined && status === 'pass') expect(found?.declared).toHaveLength(1);
    if (status === 'fix') expect(found?.fix.length).toBeGreaterThan(0);
  });

  it('says of a setting without effect that it has none', () => {
    const [found] = runChecks(inputFor(stockNode()), { only: ['sandbox-mode'] });
    expect(found?.evidence.map((entry) => entry.seen)).toContain(
      'This setting has no effect: mycoSwarm 0.2.16 does not read it.',
    );
  });

  it('takes the worst of several installations and names each', () => {
    const facts = structuredClone(hardened);
    const [first] = facts.profile.instances;
    if (first === undefined) throw new Error('the hardened node has an installation');
    facts.profile.instances.push({ ...first, id: 'second', unit: null, uid: 0, user: 'root', pids: [] });
    const [found] = runChecks(inputFor(facts), { only: ['dedicated-user'] });
    expect(found?.status).toBe('fix');
    expect(found?.evidence.some((entry) => entry.what.startsWith('second: '))).toBe(true);
    expect(found?.evidence.some((entry) => entry.what.startsWith('mycoswarm.service: '))).toBe(true);
  });

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
