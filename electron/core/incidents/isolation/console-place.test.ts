import { describe, expect, it } from 'vitest';
import { consolePlace } from './console-place.ts';

const FILES: Readonly<Record<string, string>> = {
  '/proc/net/route': [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
    'eth0\t0002A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0',
  ].join('\n'),
  '/proc/net/ipv6_route': [
    `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fe80000000000000021122fffe334455 00000400 00000001 00000000 00450003 eth0`,
    `fe80${'0'.repeat(28)} 40 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00000100 00000001 00000000 00000001 eth0`,
  ].join('\n'),
  '/proc/net/arp': [
    'IP address       HW type     Flags       HW address            Mask     Device',
    '192.168.2.1      0x1         0x2         02:aa:bb:cc:dd:01     *        eth0',
    '192.168.2.9      0x1         0x0         00:00:00:00:00:00     *        eth0',
  ].join('\n'),
  '/run/systemd/resolve/resolv.conf': 'nameserver 192.168.2.53\nnameserver fd00::53\n# nameserver 1.1.1.1\n',
};

describe('what this computer knows of its network', () => {
  it('finds gateways of both families, whom its resolver asks, and who answered its ARP', async () => {
    const place = await consolePlace(async (path) => FILES[path] ?? '');
    expect(place.gateways).toEqual(['192.168.2.1', 'fe80::211:22ff:fe33:4455']);
    expect(place.nameservers).toEqual(expect.arrayContaining(['192.168.2.53', 'fd00::53']));
    expect(place.nameservers).not.toContain('1.1.1.1');
    expect(place.neighbours).toEqual([{ address: '192.168.2.1', mac: '02:aa:bb:cc:dd:01' }]);
  });

  it('knows less where nothing can be read, and fails for nothing that stands there', async () => {
    const none = await consolePlace(async () => {
      throw new Error('ENOENT');
    });
    expect([none.gateways, none.neighbours]).toEqual([[], []]);
    const odd = await consolePlace(async () => 'x\n\u0000 ff\n'.repeat(10_000));
    expect([odd.gateways, odd.neighbours]).toEqual([[], []]);
  });
});
