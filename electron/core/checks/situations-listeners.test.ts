import { describe, expect, it } from 'vitest';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { runChecks } from './run.ts';
import { changed, declare, file, inputFor, process } from './testing/facts-builder.ts';
import { withSocket } from './testing/firewall-situations.ts';
import { AGENT, agentAccount, hardened, type Situation, tryEach } from './testing/situations.ts';

const PID = 4_000;

/** A listener with the process behind it: what a look as administrator sees. */
function served(
  facts: Facts,
  [name, address, port, uid, protocol]: readonly [string, string, number, number, 'tcp' | 'udp'],
  more: { executable?: string; cgroup?: string; unit?: string } = {},
): Facts {
  const unit = more.unit ?? `${name}.service`;
  const node = withSocket(facts, address, port, uid, {
    processName: name,
    protocol,
    pids: [PID + port],
    unit,
  });
  return changed(node, 'processes', (value) => {
    value.processes.push(
      process(PID + port, uid, name, {
        executable: more.executable ?? `/usr/sbin/${name}`,
        cgroup: more.cgroup ?? `/system.slice/${unit}`,
        unit,
      }),
    );
  });
}

const SSHD = ['sshd', '0.0.0.0', 22, 0, 'tcp'] as const;
const sshd = (more: object = {}, facts = hardened) => served(facts, SSHD, { unit: 'ssh.service', ...more });
const TIME = ['chronyd', '127.0.0.1', 323, 105, 'udp'] as const;
const keys = agentAccount({ personalTraces: ['/home/mycoswarm/.ssh/id_ed25519'] });

const situations: Situation[] = [
  ['outbound-firewall', 'sshd of the distribution in its unit', sshd(), 'pass'],
  ['outbound-firewall', 'sshd where the agent has a key', sshd({}, keys), 'review', /the SSH server sshd/],
  [
    'outbound-firewall',
    'sshd where the agent has a key, and meant',
    sshd({}, keys),
    'pass',
    undefined,
    [declare('relay', 'sshd tcp/22')],
  ],
  [
    'outbound-firewall',
    'sshd where nobody could look for keys',
    sshd({}, agentAccount({ authorizedKeys: null })),
    'unknown',
  ],
  [
    'outbound-firewall',
    'a program that only calls itself sshd',
    sshd({ executable: '/usr/local/bin/sshd' }),
    'review',
    /through sshd/,
  ],
  [
    'outbound-firewall',
    'another program of the distribution under that name',
    sshd({ executable: '/usr/bin/socat' }),
    'review',
    /through sshd/,
  ],
  [
    'outbound-firewall',
    'sshd in a session of a person',
    sshd({ cgroup: '/user.slice/user-1000.slice/session-3.scope' }),
    'review',
    /through sshd/,
  ],
  [
    'outbound-firewall',
    'a unit of a person that has the name of the one of the system',
    sshd({ cgroup: '/user.slice/user-1000.slice/user@1000.service/app.slice/ssh.service' }),
    'review',
    /through sshd/,
  ],
  [
    'outbound-firewall',
    'a control group of that name inside another service',
    sshd({ cgroup: '/system.slice/other.service/system.slice/x/ssh.service' }),
    'review',
    /through sshd/,
  ],
  [
    'outbound-firewall',
    'a program of the distribution that the agent may write',
    changed(sshd(), 'files', (value) => {
      value.files.push(
        file('/usr', 0, 0o755),
        file('/usr/sbin', 0, 0o755),
        file('/usr/sbin/sshd', AGENT, 0o755, { kind: 'file' }),
      );
    }),
    'review',
    /through sshd/,
  ],
  ['outbound-firewall', 'chronyd in its unit', served(hardened, TIME, { unit: 'chrony.service' }), 'pass'],
  [
    'outbound-firewall',
    'chronyd in another unit',
    served(hardened, TIME, { unit: 'other.service' }),
    'review',
    /through chronyd/,
  ],
  [
    'outbound-firewall',
    'chronyd under the account of a person',
    withSocket(hardened, '127.0.0.1', 323, 1_000, { processName: 'chronyd', protocol: 'udp' }),
    'review',
  ],
  ['outbound-firewall', 'rpcbind', served(hardened, ['rpcbind', '0.0.0.0', 111, 104, 'tcp']), 'pass'],
  [
    'outbound-firewall',
    'avahi-daemon with its wide-area lookups',
    served(hardened, ['avahi-daemon', '0.0.0.0', 43_210, 108, 'udp']),
    'review',
    /the resolver avahi-daemon/,
  ],
  [
    'outbound-firewall',
    'LLMNR of systemd-resolved',
    served(hardened, ['systemd-resolve', '0.0.0.0', 5_355, 991, 'udp'], { unit: 'systemd-resolved.service' }),
    'review',
    /the resolver systemd-resolve/,
  ],
  [
    'outbound-firewall',
    'a mail server of the distribution on this machine only',
    served(hardened, ['exim4', '127.0.0.1', 25, 101, 'tcp']),
    'review',
    /mail server exim4/,
  ],
  [
    'outbound-firewall',
    'cupsd of the distribution, which prints to any address for any account',
    served(hardened, ['cupsd', '127.0.0.1', 631, 0, 'tcp'], { unit: 'cups.service' }),
    'review',
    /through cupsd/,
  ],
  [
    'outbound-firewall',
    'a socket of which only the unit was seen',
    withSocket(hardened, '0.0.0.0', 22, 0, { processName: null, unit: 'ssh.service' }),
    'pass',
  ],
  [
    'outbound-firewall',
    'a socket of which only a unit of that name of a person was seen',
    withSocket(hardened, '0.0.0.0', 22, 0, {
      processName: null,
      unit: 'ssh.service',
      raw: 'tcp LISTEN 0 0 0.0.0.0:22 cgroup:/user.slice/user-1000.slice/user@1000.service/app.slice/ssh.service <->',
    }),
    'unknown',
  ],
];

describe('listeners', () => {
  tryEach(situations);

  const desktop = [
    ['gvfsd', '127.0.0.1', 4_001, 1_000, 'tcp'],
    ['kdeconnectd', '0.0.0.0', 1_716, 1_000, 'udp'],
    ['cupsd', '127.0.0.1', 631, 0, 'tcp'],
    ['smbd', '0.0.0.0', 445, 0, 'tcp'],
  ] as const;
  const node = desktop.reduce(
    (facts, one) => served(facts, one),
    served(sshd(), TIME, { unit: 'chrony.service' }),
  );
  const [found] = runChecks(inputFor(node), { only: ['outbound-firewall'] });
  const rows = found?.evidence ?? [];

  it('are folded into one row to review where nothing is known of them, with the list inside', () => {
    const [row, ...more] = rows.filter(({ status }) => status === 'review');
    expect(more).toEqual([]);
    for (const [name, , port, , protocol] of desktop) {
      expect(row?.raw).toContain(name);
      expect(row?.declarables).toContainEqual({ kind: 'relay', value: `${name} ${protocol}/${port}` });
    }
    expect(found?.summary).toBe(
      'The agent on miu may send data out through gvfsd, kdeconnectd, cupsd and smbd.'.replace(
        'miu',
        node.node.name,
      ),
    );
  });

  it('are shown with the reason where they are known to carry nothing out', () => {
    const shown = rows.filter(({ seen }) => /^cannot carry data out for the agent: /.test(seen));
    expect(shown.map(({ what }) => what)).toEqual(['sshd on tcp/22', 'chronyd on udp/323']);
  });

  it('leave the row when they are declared, each by its own', () => {
    const declarations = desktop.map(([name, , port, , protocol]) =>
      declare('relay', `${name} ${protocol}/${port}`),
    );
    const [some] = runChecks(inputFor(node, { declarations: declarations.slice(1) }), {
      only: ['outbound-firewall'],
    });
    expect(some?.summary).toMatch(/through gvfsd\.$/);
    const [all] = runChecks(inputFor(node, { declarations }), { only: ['outbound-firewall'] });
    expect(all?.status).toBe('pass');
  });

  it('fold what could not be told as well', () => {
    const hidden = [3_129, 3_130, 3_131].reduce(
      (facts, port) => withSocket(facts, '127.0.0.1', port, 0, { processName: null }),
      hardened,
    );
    const [doubt] = runChecks(inputFor({ ...hidden, privilege: 'user' }), { only: ['outbound-firewall'] });
    expect(doubt?.status).toBe('unknown');
    expect(doubt?.evidence.filter(({ status }) => status === 'unknown')).toHaveLength(1);
    expect(doubt?.evidence.find(({ status }) => status === 'unknown')?.seen).toMatch(
      /which program holds this port/,
    );
    expect(doubt?.wouldHelp).toBe('look at this node as administrator');
  });
});
