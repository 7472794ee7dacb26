import { describe, expect, it } from 'vitest';
import { runChecks } from './run.ts';
import { account, changed, declare, file, inputFor, process } from './testing/facts-builder.ts';
import {
  AGENT,
  agentAccount,
  but,
  fileAt,
  hardened,
  tryEach,
  unitWith,
  workspace,
} from './testing/situations.ts';
import { stockNode } from './testing/stock-node.ts';

const NAS = {
  path: '/mnt/nas',
  root: '/',
  source: 'nas:/photos',
  type: 'nfs4',
  options: ['rw'],
  hung: false,
};

/** The hardened node with a share at /mnt/nas. */
const withShare = (mode: number) =>
  changed(
    but('mounts', (value) => {
      value.mounts.push(NAS);
    }),
    'files',
    (value) => {
      value.files.push(
        file('/mnt', 0, 0o755, { kind: 'directory' }),
        file('/mnt/nas', 0, mode, { kind: 'directory' }),
      );
    },
  );

describe('situations', () => {
  tryEach([
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
    [
      'dedicated-user',
      'an authorized key',
      agentAccount({ authorizedKeys: 1 }),
      'fix',
      /account of a person/,
    ],
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
      /home of the account of mycoSwarm/,
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
      'a share that everybody may read',
      withShare(0o755),
      'fix',
      /read what is on \/mnt\/nas/,
    ],
    ['workspace-bounded', 'a share that is closed', withShare(0o750), 'pass'],
    [
      'workspace-bounded',
      'a share that was not looked at',
      but('mounts', (value) => {
        value.mounts.push(NAS);
      }),
      'unknown',
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
  ]);

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
});
