import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSockets } from './end-sockets.ts';
import { readLine } from './ssh-way.ts';

describe('what the kernel lists of connections', () => {
  it('is read in both families, mapped addresses as what they are', () => {
    const line = (local: string, remote: string) =>
      `   1: ${local} ${remote} 01 00000000:00000000 02:000A 00000000     0        0 4711 4 0 0 20 4 29 10 -1`;
    expect(readLine(line('0B004D0A:0016', '01004D0A:A3B4'))).toEqual([
      {
        inode: '4711',
        state: '01',
        local: { address: '10.77.0.11', port: 22 },
        remote: { address: '10.77.0.1', port: 41_908 },
      },
    ]);
    const mapped = '0000000000000000FFFF00000B004D0A:0016';
    expect(readLine(line(mapped, mapped))[0]?.local).toEqual({ address: '10.77.0.11', port: 22 });
    const six = '000077FD000000000000000011000000:0016';
    expect(readLine(line(six, six))[0]?.remote).toEqual({ address: 'fd77::11', port: 22 });
    expect(readLine('  sl  local_address rem_address   st')).toEqual([]);
  });

  it('is never misread, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        for (const { local, remote } of readLine(text))
          for (const { port } of [local, remote]) expect(port).toBeLessThanOrEqual(65_535);
        for (const { local, peer } of readSockets(text)) expect(`${local}${peer}`).toMatch(/^[0-9a-f:.]+$/i);
      }),
    );
  });

  it('is read from ss with zones, mapped addresses and accounts', () => {
    const text = [
      'tcp   ESTAB 0 0         10.77.0.11:22      10.77.0.1:41910 ino:1 sk:2 <->',
      'tcp   ESTAB 0 0 [::ffff:10.77.0.11]:7890 [::ffff:10.77.0.12]:5000 uid:1990 ino:1 sk:2',
      'udp   ESTAB 0 0 [fe80::1]%eth0:546 [fe80::2]%eth0:547 ino:3 sk:4',
      'tcp   LISTEN 0 0 0.0.0.0:22 0.0.0.0:*',
      '',
    ].join('\n');
    expect(readSockets(text)).toEqual([
      { local: '10.77.0.11', localPort: 22, peer: '10.77.0.1', peerPort: 41_910, uid: 0 },
      { local: '10.77.0.11', localPort: 7_890, peer: '10.77.0.12', peerPort: 5_000, uid: 1_990 },
      { local: 'fe80::1', localPort: 546, peer: 'fe80::2', peerPort: 547, uid: 0 },
    ]);
  });
});
