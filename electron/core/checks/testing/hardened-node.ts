import { readFileSync } from 'node:fs';
import type { SubjectValue } from '#core/facts/collector.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { account, file, listening, NOW, process, seenAs, tree, unit } from './facts-builder.ts';

import { ACCOUNTS, AGENT, house, INSTANCE, OLLAMA, OPERATOR, stockNode } from './stock-node.ts';

const LOCK = [
  'fastapi==0.115.0 \\',
  `    --hash=sha256:${'a'.repeat(64)}`,
  'httpx==0.27.2 \\',
  `    --hash=sha256:${'b'.repeat(64)}`,
  '',
].join('\n');

/** What nft lists once the steps of `outbound-firewall` were taken for this node (outbound-fence.integration.test.ts holds it to nft). */
export const FENCE_JSON = readFileSync(new URL('fence-nft.json', import.meta.url), 'utf8');

/** Firewall of a node on which those steps were taken: the table, and the unit that loads it. */
export function fenced(json: string = FENCE_JSON): SubjectValue<'firewall'> {
  const path = '/etc/nftables.d/swarmkeep-agent.nft';
  return {
    nftJson: json,
    saves: [],
    toolsPresent: ['nft'],
    managers: [],
    boot: {
      loaders: [
        {
          unit: 'swarmkeep-agent.service',
          enabled: true,
          active: true,
          files: [path],
          after: ['local-fs.target', 'nftables.service'],
          restartsWith: ['nftables.service'],
          reloadsWith: ['nftables.service'],
          requiredBy: ['mycoswarm.service'],
        },
      ],
      files: [
        {
          path,
          language: 'nft',
          family: null,
          text: 'table inet swarmkeep_agent { … }',
          loaded: json,
          problem: null,
        },
      ],
      elsewhere: [],
    },
  };
}

/** A node on which every check of this version that can pass does: an account of its own, code of root's, a fence of systemd. */
export function hardenedNode(): Facts {
  const stock = stockNode();
  const { common, ...head } = house('uncho', AGENT, 'mycoswarm', '/home/mycoswarm');
  const home = '/home/mycoswarm';
  const configuration = `${home}/.config/mycoswarm`;
  const source = '/opt/mycoswarm/source';
  const environment = '/opt/mycoswarm/venv';
  const sitePackages = `${environment}/lib/python3.11/site-packages`;
  const rules = ['b64', 'b32'].map(
    (arch) =>
      `-a always,exit -F arch=${arch} -S execve,execveat,connect,open,openat -F uid=${AGENT} -F key=swarmkeep`,
  );
  const shared = { gid: AGENT };
  const [stockInstance] = stock.profile.instances;
  if (stockInstance === undefined) throw new Error('the stock node has an installation');
  const confined = {
    noNewPrivileges: true,
    seccomp: 2 as const,
    namespaces: { mnt: 'mnt:[4026532601]', net: 'net:[4026531840]' },
  };
  const [python, mycoswarm] = [stock.subjects.python, stock.subjects.mycoswarm];
  if (python.state !== 'seen' || mycoswarm.state !== 'seen') throw new Error('the stock node was seen');
  const token = mycoswarm.value.tokens[0];
  if (token === undefined) throw new Error('the stock node has a secret');
  return {
    ...head,
    profile: {
      corrected: [],
      instances: [
        {
          ...stockInstance,
          user: 'mycoswarm',
          uid: AGENT,
          home,
          configurationFolder: configuration,
          workspace: `${home}/workspace`,
          source,
          virtualEnvironment: environment,
          sitePackages,
          dashboardPort: null,
          pids: [812],
        },
      ],
    },
    subjects: {
      ...(common as Facts['subjects']),
      firewall: seenAs<'firewall'>(fenced()),
      accounts: seenAs<'accounts'>({
        ...ACCOUNTS,
        accounts: [
          account('root', 0),
          account('minotaur', OPERATOR, {
            groups: ['minotaur', 'sudo'],
            password: 'set',
            sudoRules: ['%sudo ALL=(ALL:ALL) ALL'],
            authorizedKeys: 1,
          }),
          account('mycoswarm', AGENT, {
            groups: ['mycoswarm'],
            homeDirectory: { mode: 0o750, uid: 0, gid: AGENT, acl: false },
          }),
        ],
      }),
      processes: seenAs<'processes'>({
        processes: [process(812, AGENT, 'mycoswarm', confined)],
        initNamespaces: { mnt: 'mnt:[4026531840]', net: 'net:[4026531840]' },
      }),
      sockets: seenAs<'sockets'>({
        listening: [
          listening('0.0.0.0', 7_890, AGENT, { pids: [812], processName: 'mycoswarm', user: 'mycoswarm' }),
          OLLAMA,
        ],
      }),
      units: seenAs<'units'>({
        systemd: true,
        version: '252',
        units: [
          unit(INSTANCE, 'mycoswarm', {
            NoNewPrivileges: 'yes',
            ProtectSystem: 'strict',
            ProtectHome: 'read-only',
            PrivateTmp: 'yes',
            ReadWritePaths: `-${home}/workspace -${configuration}/access.log`,
            RestrictNamespaces: 'no',
            SystemCallFilter: '',
          }),
          unit('ollama.service', 'ollama', {
            IPAddressDeny: '0.0.0.0/0 ::/0',
            IPAddressAllow: '127.0.0.0/8 ::1/128 192.168.0.0/16',
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
          file('/opt', 0, 0o755),
          file('/opt/mycoswarm', 0, 0o755),
          file(source, 0, 0o755),
          file(environment, 0, 0o755),
          file(home, 0, 0o750, shared),
          file(`${home}/.config`, 0, 0o750, shared),
          file(configuration, 0, 0o750, shared),
          file(`${configuration}/plugins`, 0, 0o750, shared),
          file(`${configuration}/swarm-token`, 0, 0o640, { ...shared, kind: 'file' }),
          file(`${home}/workspace`, AGENT, 0o700),
        ],
        missing: [],
        unreadable: [],
        trees: [
          tree('workspace', `${home}/workspace`, AGENT),
          tree('source', source, 0),
          tree('virtual-environment', environment, 0),
          tree('plugins', `${configuration}/plugins`, 0, { counted: 1, buckets: [] }),
        ],
      }),
      mycoswarm: seenAs<'mycoswarm'>({
        ...mycoswarm.value,
        tokens: [{ ...token, path: `${configuration}/swarm-token`, modifiedAt: '2026-11-01T10:00:00.000Z' }],
        settings: [],
        probes: mycoswarm.value.probes.map((probe) => ({ ...probe, status: 403 })),
        toolCallLog: {
          path: '/var/log/mycoswarm/tool.log',
          uid: 0,
          mode: 0o640,
          modifiedAt: NOW,
          folderUid: 0,
          folderMode: 0o755,
        },
      }),
      python: seenAs<'python'>({
        environments: python.value.environments.map((entry) => ({
          ...entry,
          root: environment,
          sitePackages,
        })),
        requirementFiles: [
          {
            instance: INSTANCE,
            path: `${source}/requirements.lock.txt`,
            kind: 'requirements',
            text: LOCK,
            cut: false,
          },
        ],
      }),
      audit: seenAs<'audit'>({
        auditd: {
          installed: true,
          running: true,
          enabled: 1,
          lost: 0,
          backlogLimit: 8_192,
          rules,
          rulesAtBoot: rules,
          logFile: { path: '/var/log/audit/audit.log', uid: 0, mode: 0o600 },
        },
        ioUringDisabled: 2,
        journal: { persistent: true, readable: true, maxUse: null, rateLimited: true },
        logSources: [],
        probe: { tried: true, recorded: true, detail: '/bin/true as mycoswarm', raw: 'type=SYSCALL …' },
      }),
    },
  };
}

/** A machine without mycoSwarm. */
export function plainNode(): Facts {
  const facts = hardenedNode();
  return {
    ...facts,
    node: { ...facts.node, name: 'pi' },
    profile: { instances: [], corrected: [] },
    subjects: {
      ...facts.subjects,
      sockets: seenAs<'sockets'>({ listening: [] }),
      processes: seenAs<'processes'>({ processes: [], initNamespaces: null }),
    },
  };
}
