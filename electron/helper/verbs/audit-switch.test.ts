import { describe, expect, it } from 'vitest';
import { type AuditState, whyAuditStays } from './audit-switch.ts';

/** As on a booted Debian 12 while auditd is about to be removed. */
const LEFT: AuditState = {
  status: 'enabled 1\nfailure 1\npid 412\nrate_limit 0\nbacklog_limit 8192\nlost 0\nbacklog 0\n',
  rules: 'No rules\n',
  netlink: `sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
00000000977a25db 0   24886      00000113 0        0        0     2        0        4
0000000040fb71db 9   0          00000000 0        0        0     2        0        6
0000000040fb71dc 9   412        00000000 0        0        0     2        0        8
`,
  commandLine: 'root=/dev/vda rw console=ttyS0\n',
  journal: '[Journal]\n#Audit=no\n',
  isDebian: true,
};
/** As every machine with systemd has it, whether its journal wants records or not. */
const JOURNAL = '000000001c0d5e9e 9   1          00000001 0        0        0     2        0        5374\n';

describe('the kernel’s switch for audit records', () => {
  it('goes off with auditd where nobody else needs records', () => {
    expect(whyAuditStays({ ...LEFT, commandLine: 'root=/dev/vda audit=0' })).toBeNull();
    expect(whyAuditStays(LEFT)).toBeNull();
  });

  it('goes off beside a journal that leaves the switch alone', () => {
    const read = { ...LEFT, netlink: LEFT.netlink + JOURNAL };
    expect(whyAuditStays(read)).toBeNull();
    expect(whyAuditStays({ ...read, journal: 'Audit=no', isDebian: false })).toBeNull();
    expect(whyAuditStays({ ...read, isDebian: false })).toContain('another program');
    expect(whyAuditStays({ ...read, journal: 'Audit=no\n Audit = yes\n' })).toContain('another program');
  });

  it.each([
    ['rules of others', { rules: '-w /etc/passwd -p wa\n' }, 'rules of others'],
    ['rules that cannot be listed', { rules: '' }, 'rules of others'],
    ['the start of the machine', { commandLine: 'root=/dev/vda audit=1 quiet' }, 'start of the machine'],
    [
      'a program that reads them',
      {
        netlink: `${LEFT.netlink}0000000040fb71dd 9   977        00000001 0        0        0     2        0        9\n`,
      },
      'another program',
    ],
    ['rules that are locked', { status: 'enabled 2\n' }, 'locked'],
    ['a switch that is off', { status: 'enabled 0\n' }, 'off already'],
    ['a status that cannot be read', { status: '' }, 'locked'],
  ])('stays as it is for %s', (_what, change, words) => {
    expect(whyAuditStays({ ...LEFT, ...change })).toContain(words);
  });
});
