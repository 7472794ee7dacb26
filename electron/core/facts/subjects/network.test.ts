import { describe, expect, it } from 'vitest';
import { readNft } from '#core/firewall/nft/read-nft.ts';
import type { CollectContext, ScriptOutput } from '../collector.ts';
import { readContainers } from './containers/parse.ts';
import { readManagers } from './firewall/managers.ts';
import { firewallCollector } from './firewall.ts';
import { readOsRelease } from './identity.ts';
import { kindOf } from './interfaces/kind.ts';
import { readInterfaces, readRoutes } from './interfaces/parse.ts';
import { readMountInfo } from './mounts.ts';

const clues = { name: 'x', linkType: 'ether', infoKind: '', sysfs: '', enslaved: false };

describe('interfaces', () => {
  it.each([
    [{ name: 'lo', linkType: 'loopback' }, 'loopback'],
    [{ name: 'wlan0', sysfs: 'wifi' }, 'wifi'],
    [{ name: 'enp3s0', sysfs: 'device' }, 'ethernet'],
    [{ name: 'docker0', infoKind: 'bridge' }, 'container'],
    [{ name: 'br0', infoKind: 'bridge' }, 'bridge'],
    [{ name: 'vethabc', infoKind: 'veth', enslaved: true }, 'container'],
    [{ name: 'eth0', infoKind: 'veth' }, 'ethernet'],
    [{ name: 'wg0', infoKind: 'wireguard', linkType: 'none' }, 'vpn'],
    [{ name: 'tailscale0', infoKind: 'tun', linkType: 'none' }, 'vpn'],
    [{ name: 'wwan0', sysfs: 'device' }, 'mobile'],
    [{ name: 'eth0.5', infoKind: 'vlan' }, 'virtual'],
  ])('knows what %j is', (given, kind) => {
    expect(kindOf({ ...clues, ...given })).toBe(kind);
  });

  it('reads addresses without ip from sysfs and procfs, and says what is missing', () => {
    const sysfs = [
      {
        name: 'eth0',
        kind: 'device',
        flags: '0x1003',
        carrier: '1',
        mac: '02:00:00:00:00:01',
        receivedBytes: '5',
        sentBytes: 'x',
      },
    ];
    const inet6 =
      'fe8000000000000000fc00fffe000001 02 40 20 80     eth0\nfe80000000000000000000000000000f 03 40 20 80     eth1\n';
    expect(readInterfaces(undefined, sysfs, inet6)).toMatchObject({
      list: [
        {
          name: 'eth0',
          up: true,
          receivedBytes: 5,
          sentBytes: null,
          addresses: [{ family: 6, address: 'fe80:0:0:0:fc:ff:fe00:1', prefix: 64, scope: 'link' }],
        },
      ],
      gaps: [{ what: 'IPv4 addresses' }],
    });
    expect(readInterfaces(Buffer.from('not json'), [], '')).toBeNull();
  });

  it('reads routes that lead somewhere', () => {
    const text =
      '[{"dst":"default","gateway":"192.168.1.1","dev":"eth0"},{"dst":"10.0.0.0/8","type":"unreachable"},{}]';
    expect(readRoutes(Buffer.from(text), 4)).toEqual([
      { family: 4, destination: 'default', gateway: '192.168.1.1', interface: 'eth0' },
    ]);
  });
});

describe('mounts', () => {
  it('reads escaped names, optional fields and the root of a bind mount', () => {
    const text =
      '36 35 98:0 /mnt1 /mnt\\040with\\012newline rw,noatime shared:1 master:2 - ext3 /dev/root rw,errors=continue\n37 35 0:5 / /nfs rw - nfs4 box:/x rw\nbroken line\n';
    const [first, second, ...rest] = readMountInfo(Buffer.from(text), new Set(['/nfs']));
    expect(first).toEqual({
      path: '/mnt with\nnewline',
      root: '/mnt1',
      source: '/dev/root',
      type: 'ext3',
      options: ['rw', 'noatime', 'errors=continue'],
      hung: false,
    });
    expect(second).toMatchObject({ path: '/nfs', hung: true });
    expect(rest).toEqual([]);
  });
});

describe('identity', () => {
  it('reads os-release in all its quotes', () => {
    expect(
      readOsRelease('PRETTY_NAME="Debian GNU/Linux 12 \\"x\\""\nID=debian\nVERSION_ID=\'12\'\n'),
    ).toEqual({ id: 'debian', versionId: '12', name: 'Debian GNU/Linux 12 "x"' });
    expect(readOsRelease('')).toEqual({ id: 'linux', versionId: '', name: 'Linux' });
  });
});

describe('firewall', () => {
  const context = { privilege: 'user', now: new Date(0) } as CollectContext;
  const answer = (records: string, stderr = ''): ReturnType<typeof firewallCollector.parse> => {
    const output: ScriptOutput = {
      stdout: Buffer.from(records),
      stderr,
      exitCode: 0,
      timedOut: false,
      cut: false,
      tookMs: 1,
    };
    const parsed = firewallCollector.parse(output, context);
    // What is loaded at boot is asked by other records, which these answers do not have.
    return parsed.seen
      ? { ...parsed, gaps: parsed.gaps.filter((gap) => gap.what !== 'rules that are loaded at boot') }
      : parsed;
  };

  it('never takes a rule set that was refused, cut or late for an empty one', () => {
    const tools = '@tools:1\0 nft\0';
    for (const [records, stderr, reason] of [
      [
        `${tools}@nft:1\0\u00011\0@end:0\0`,
        'Operation not permitted (you must be root)',
        'only root may read the rules',
      ],
      [
        `${tools}@nft:1\0{"nftables":[\0@end:0\0`,
        '',
        'the rule set was longer than allowed or the answer was cut',
      ],
      [`${tools}@nft:1\0\u0001137\0@end:0\0`, '', 'the program did not answer in time'],
      [`${tools}@end:0\0`, '', 'the program nft is not installed'],
    ] as const) {
      expect(answer(records, stderr)).toMatchObject({
        seen: true,
        value: { nftJson: null },
        gaps: [{ reason }],
      });
    }
    expect(answer(`${tools}@nft:1\0{}\u00010\0@end:0\0`)).toMatchObject({
      seen: true,
      value: { nftJson: '{}' },
      gaps: [],
    });
    expect(answer('')).toMatchObject({ seen: false });
    // A kernel without nf_tables has no rule of it, and nothing is missing where nft is not installed.
    const none = answer(`${tools}@nft-absent:0\0@end:0\0`);
    expect(none).toMatchObject({ seen: true, gaps: [] });
    const json = none.seen ? (none.value.nftJson ?? '') : '';
    expect(readNft(json)).toMatchObject({ ok: true, tables: [] });
  });

  it('judges ufw by its rules and its switch, not by its unit', () => {
    const units =
      'Id=ufw.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n\nId=firewalld.service\nLoadState=not-found\nActiveState=inactive\n';
    const off = readManagers(units, 'ENABLED=no\n', ['*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n']);
    expect(off).toMatchObject([{ name: 'ufw', active: false, enabledAtBoot: false }]);
    const on = readManagers(units, 'ENABLED=yes\n', ['*filter\n:ufw-user-input - [0:0]\nCOMMIT\n']);
    expect(on).toMatchObject([{ name: 'ufw', active: true, enabledAtBoot: true }]);
    expect(readManagers(units, 'ENABLED=yes\n', null)).toMatchObject([{ active: null }]);
  });
});

describe('containers', () => {
  it('reads what Docker says of one, and knows when one is missing', () => {
    const inspect = {
      Id: 'c'.repeat(64),
      Name: '/web',
      Image: 'sha256:1',
      Config: { User: '', Image: 'nginx:latest' },
      HostConfig: { Privileged: true, NetworkMode: 'bridge' },
      NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '', HostPort: '8080' }], '90/udp': null } },
      Mounts: [{ Source: '/var/run/docker.sock', Destination: '/sock', RW: false }],
    };
    const list = Buffer.from('[{},{}]');
    expect(readContainers(list, [Buffer.from(JSON.stringify(inspect))])).toEqual({
      complete: false,
      containers: [
        {
          id: 'cccccccccccc',
          name: 'web',
          image: 'nginx:latest',
          user: '',
          privileged: true,
          networkMode: 'bridge',
          ports: [{ hostAddress: '0.0.0.0', hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
          mounts: [{ source: '/var/run/docker.sock', target: '/sock', readOnly: true }],
        },
      ],
    });
    expect(readContainers(Buffer.from('{"message":"no"}'), [])).toBeNull();
  });
});
