import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../address.ts';
import { brief, rulesOf } from './testing/reading.ts';

/** The statements of one rule in few words, without the verdict at its end where it is DROP. */
function read(rule: string, where: Parameters<typeof rulesOf>[1] = {}): string {
  const [only] = rulesOf([rule], where);
  return (only?.statements ?? []).map(brief).join(' ; ');
}

const NAT = { table: 'nat', chain: 'PREROUTING' } as const;
const V6 = { version: 6 } as const;

describe('addresses and interfaces', () => {
  it.each([
    [
      '-s 10.0.0.0/8 ! -d 10.1.2.3/32 -j DROP',
      'nfproto 4 ; saddr 167772160-184549375 ; not(daddr 167838211) ; drop',
    ],
    ['-s 10.9.9.9/255.0.0.0', 'nfproto 4 ; saddr 167772160-184549375'],
    ['-s 10.0.0.2,10.0.0.3,10.0.0.9', 'nfproto 4 ; saddr 167772162-167772163,167772169'],
    ['-s 0.0.0.0/0', 'nfproto 4 ; saddr 0-4294967295'],
    ['-s 10.0.0.1/255.0.0.255', 'unmodelled -s 10.0.0.1/255.0.0.255'],
    ['-s 10.0.0.1/33', 'unmodelled -s 10.0.0.1/33'],
    ['-s peer.example', 'unmodelled -s peer.example'],
    ['-s fe80::1', 'unmodelled -s fe80::1'],
    ['-o eth0 ! -i lo', 'oifname eth0 ; not(iifname lo)'],
    ['-o eth+', 'oifname eth*'],
    ['-o +', ''],
    ['! -o +', 'never'],
    ['-o a*b', 'unmodelled -o a*b'],
    ['-f -j DROP', 'never ; drop'],
    ['! -f -j DROP', 'drop'],
    ['-4 -j DROP', 'drop'],
    ['-6 -j DROP', 'never ; drop'],
    [
      '-m iprange --src-range 10.0.0.5-10.0.0.9 ! --dst-range 10.0.0.1-10.0.0.1',
      'nfproto 4 ; saddr 167772165-167772169 ; not(daddr 167772161)',
    ],
    ['-m iprange --src-range 10.0.0.9-10.0.0.5', 'unmodelled -m iprange --src-range 10.0.0.9-10.0.0.5'],
  ])('%s', (rule, statements) => {
    expect(read(rule)).toBe(statements);
  });

  it('keeps IPv6 networks exactly', () => {
    expect(read('-d fe80::/10', V6)).toBe(`nfproto 6 ; daddr ${0xfe80n << 112n}-${(0xfec0n << 112n) - 1n}`);
    expect(read('-s ::1/ffff::ffff', V6)).toBe('unmodelled -s ::1/ffff::ffff');
  });

  it('reads any network as the addresses in it', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 0xffff_ffffn), fc.integer({ min: 0, max: 32 }), (value, prefix) => {
        const size = 1n << BigInt(32 - prefix);
        const low = value - (value % size);
        const range = size === 1n ? `${low}` : `${low}-${low + size - 1n}`;
        expect(read(`-d ${formatAddress(4, value)}/${prefix}`)).toBe(`nfproto 4 ; daddr ${range}`);
      }),
      { numRuns: 100 },
    );
  });
});

describe('protocols, ports and ICMP', () => {
  it.each([
    ['-p tcp', 'l4proto 6'],
    ['! -p 17', 'not(l4proto 17)'],
    ['-p ALL', ''],
    ['-p nosuch', 'unmodelled -p nosuch'],
    ['-p 300', 'unmodelled -p 300'],
    ['-p tcp -m tcp ! --sport 1024: --dport :80', 'l4proto 6 ; not(sport 1024-65535) ; dport 0-80'],
    ['--dport 22 -p tcp -j DROP', null],
    ['-d 10.0.0.1 -p tcp --dport 22', 'nfproto 4 ; l4proto 6 ; daddr 167772161 ; dport 22'],
    ['-p tcp --dport ssh', 'l4proto 6 ; unmodelled -m tcp --dport ssh'],
    ['-p tcp --dport 80:22', 'l4proto 6 ; unmodelled -m tcp --dport 80:22'],
    ['-p tcp --syn', 'l4proto 6 ; tcpFlags&0x17 2'],
    ['-p tcp ! --syn', 'l4proto 6 ; not(tcpFlags&0x17 2)'],
    ['-p tcp --tcp-flags ALL NONE', 'l4proto 6 ; tcpFlags&0x3f 0'],
    ['-p tcp --tcp-flags SYN,ACK SYN', 'l4proto 6 ; tcpFlags&0x12 2'],
    ['-p tcp --tcp-option 2', 'l4proto 6 ; unmodelled -m tcp --tcp-option 2'],
    ['-p udp -m multiport --dports 53,67:68', 'l4proto 17 ; dport 53,67-68'],
    ['-p udp -m multiport ! --ports 53', 'l4proto 17 ; not(sport 53 | dport 53)'],
    ['-m multiport --dports 53', 'unmodelled -m multiport --dports 53'],
    ['! -p tcp -m multiport --dports 53', 'not(l4proto 6) ; unmodelled -m multiport --dports 53'],
    ['-p icmp --icmp-type ping', 'l4proto 1 ; icmpType 8'],
    ['-p icmp ! --icmp-type 3/1', 'l4proto 1 ; not(icmpType 3 & icmpCode 1)'],
    ['-p icmp --icmp-type any', 'l4proto 1'],
    ['-p icmp ! --icmp-type any', 'l4proto 1 ; never'],
    ['-p icmp --icmp-type nosuch', 'l4proto 1 ; unmodelled -m icmp --icmp-type nosuch'],
  ])('%s', (rule, statements) => {
    if (statements === null) expect(() => read(rule)).toThrow(/belongs to nothing/);
    else expect(read(rule)).toBe(statements);
  });

  it('has other ICMP types for IPv6, and 255 is one of them', () => {
    expect(read('-p icmpv6 --icmpv6-type neighbour-solicitation', V6)).toBe('l4proto 58 ; icmpType 135');
    expect(read('-p icmpv6 --icmpv6-type 255', V6)).toBe('l4proto 58 ; icmpType 255');
  });
});

describe('owner', () => {
  it.each([
    ['--uid-owner 1001', 'skuid 1001'],
    ['--uid-owner 1000-2000 ! --gid-owner 5', 'skuid 1000-2000 ; not(skgid 5)'],
    ['! --uid-owner 1001', 'socket 0 | socket 1 & skuid 0-1000,1002-4294967295'],
    ['! --uid-owner 1 ! --gid-owner 0', 'socket 0 | socket 1 & skuid 0,2-4294967295 & skgid 1-4294967295'],
    ['--socket-exists', 'socket 1'],
    ['! --socket-exists', 'socket 0'],
    ['! --socket-exists ! --uid-owner 1', 'socket 0'],
    ['! --socket-exists --uid-owner 1', 'never'],
    ['--socket-exists ! --uid-owner 1', 'socket 1 ; not(skuid 1)'],
    ['--uid-owner mycoswarm', 'unmodelled -m owner --uid-owner mycoswarm'],
    ['--uid-owner 5-1', 'unmodelled -m owner --uid-owner 5-1'],
    ['--gid-owner 5 --suppl-groups', 'unmodelled -m owner --gid-owner 5 --suppl-groups'],
  ])('%s', (options, statements) => {
    expect(read(`-m owner ${options}`)).toBe(statements);
  });
});

describe('connections, marks and kinds of addresses', () => {
  it.each([
    ['-m conntrack --ctstate NEW,RELATED', 'ctState 4,8'],
    ['-m conntrack ! --ctstate INVALID', 'not(ctState 1)'],
    ['-m state --state ESTABLISHED', 'ctState 2'],
    ['-m conntrack --ctstate NEW,DNAT', 'ctState 8 | ctStatus&0x20 32'],
    // A packet without a connection is not translated, so this holds for it.
    ['-m conntrack ! --ctstate DNAT', 'ctState 1,64 | ctState 2,4,8 & ctStatus&0x20 0'],
    ['-m conntrack ! --ctstate INVALID,SNAT,DNAT', 'ctState 64 | ctState 2,4,8 & ctStatus&0x30 0'],
    ['-m conntrack --ctdir REPLY', 'ctDirection 1'],
    ['-m conntrack --ctstate NEW --ctdir REPLY', 'unmodelled -m conntrack --ctstate NEW --ctdir REPLY'],
    ['-m conntrack --ctstate NEVER', 'unmodelled -m conntrack --ctstate NEVER'],
    ['-m mark --mark 0x10', 'mark 16'],
    ['-m mark ! --mark 0x10/0xff', 'not(mark&0xff 16)'],
    ['-m mark --mark 0x100/0xff', 'mark&0xff none'],
    ['-m connmark --mark 7', 'ctMark 7'],
    ['-m connmark -m mark --mark 7', 'unmodelled -m connmark ; mark 7'],
    ['-m pkttype ! --pkt-type broadcast', 'not(pkttype 1)'],
    ['-m addrtype --dst-type LOCAL ! --src-type LOCAL,UNICAST', 'fibDaddrType 2 ; not(fibSaddrType 1-2)'],
    [
      '-m addrtype --dst-type LOCAL --limit-iface-in',
      'unmodelled -m addrtype --dst-type LOCAL --limit-iface-in',
    ],
  ])('%s', (rule, statements) => {
    expect(read(rule)).toBe(statements);
  });

  it('asks of IPv6 addresses what xt_addrtype asks', () => {
    const multicast = `${0xffn << 120n}-${(1n << 128n) - 1n}`;
    expect(read('-m addrtype --dst-type MULTICAST', V6)).toBe(`nfproto 6 ; daddr ${multicast}`);
    expect(read('-m addrtype ! --dst-type LOCAL,UNSPEC', V6)).toBe(
      'nfproto 6 ; not(fibDaddrType 2 & daddr 0)',
    );
    expect(read('-m addrtype --dst-type ANYCAST', V6)).toMatch(/^unmodelled/);
    expect(read('-m addrtype --dst-type UNICAST', V6)).not.toContain('fib');
  });
});

describe('what holds sometimes', () => {
  it.each([
    ['limit --limit 3/min', 'may true'],
    ['hashlimit --hashlimit-upto 3/sec --hashlimit-name a', 'may true'],
    ['hashlimit --hashlimit-above 3/sec --hashlimit-name a', 'may false'],
    ['connlimit --connlimit-above 3', 'may false'],
    ['connlimit --connlimit-upto 3', 'may true'],
    ['connlimit --connlimit-above 0', 'may true'],
    ['connlimit ! --connlimit-upto 3', 'may false'],
    ['recent --set --name a', ''],
    ['recent ! --set --name a', 'never'],
    ['recent --rcheck --seconds 60 --hitcount 4 --name a', 'may false'],
    ['recent ! --update --seconds 60 --hitcount 4 --name a', 'may true'],
    ['recent --update --seconds 60 --name a', 'may null'],
    ['statistic --mode random --probability 0.5', 'may null'],
    ['time --timestart 08:00', 'may null'],
    ['quota --quota 5', 'may null'],
    ['ttl --ttl-eq 1', 'may null'],
    ['nosuch --thing "-j ACCEPT" x', 'unmodelled -m nosuch --thing "-j ACCEPT" x'],
    ['set --match-set lan src', 'unmodelled -m set --match-set lan src'],
    ['comment --comment -j', ''],
  ])('%s', (options, statements) => {
    expect(read(`-m ${options}`)).toBe(statements);
  });
});

describe('targets', () => {
  it.each([
    ['', ''],
    ['-j own', 'jump own'],
    ['-g own', 'goto own'],
    ['-j REJECT --reject-with tcp-reset', 'reject'],
    ['-j RETURN', 'return'],
    ['-j LOG --log-prefix "-j DROP "', ''],
    ['-j SET --add-set a src', ''],
    ['-j SET --map-set a src --map-mark', 'unmodelledVerdict -j SET --map-set a src --map-mark'],
    ['-j MARK --set-mark 0x1/0xf', 'mark &0xfffffff0 ^0x1'],
    ['-j MARK --set-mark 0x11/0xf', 'mark &0xffffffe0 ^0x11'],
    ['-j MARK --set-xmark 0x11/0xf', 'mark &0xfffffff0 ^0x11'],
    ['-j MARK --and-mark 0x3', 'mark &0x3 ^0x0'],
    ['-j MARK --or-mark 0x3', 'mark &0xfffffffc ^0x3'],
    ['-j MARK --xor-mark 0x3', 'mark &0xffffffff ^0x3'],
    ['-j MARK --set-mark x', 'unmodelledVerdict -j MARK --set-mark x'],
    ['-j CONNMARK --set-mark 5', 'ctMark &0x0 ^0x5'],
    ['-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xf', 'ctMark &0xfffffff0 ^(mark &0xff)'],
    ['-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xf', 'mark &0xffffff00 ^(ctMark &0xf)'],
    ['-j CONNMARK --restore-mark --mask 0xf', 'mark &0xfffffff0 ^(ctMark &0xf)'],
    ['-j CONNMARK --save-mark', 'ctMark &0x0 ^(mark &0xffffffff)'],
    [
      '-j CONNMARK --save-mark --left-shift-mark 3',
      'unmodelledVerdict -j CONNMARK --save-mark --left-shift-mark 3',
    ],
    ['-j CT --notrack', 'notrack'],
    ['-j NOTRACK', 'notrack'],
    ['-j CT --zone 3', 'zone'],
    ['-j CT --helper ftp', 'zone'],
    ['-j NFQUEUE --queue-num 1', 'unmodelledVerdict -j NFQUEUE --queue-num 1'],
    ['-j TEE --gateway 10.0.0.1', 'unmodelledVerdict -j TEE --gateway 10.0.0.1'],
    ['-j RTPENGINE --id 0', 'unmodelledVerdict -j RTPENGINE --id 0'],
    ['-j own --id 0', 'unmodelledVerdict -j own --id 0'],
    ['-j ACCEPT --unheard', 'unmodelledVerdict -j ACCEPT --unheard'],
  ])('%s', (rule, statements) => {
    expect(read(rule)).toBe(statements);
  });

  it.each([
    ['-p tcp -j DNAT --to-destination 10.0.0.5', 'dnat 167772165,167772165:'],
    ['-p tcp -j DNAT --to-destination 10.0.0.5:80', 'dnat 167772165,167772165:80,80'],
    ['-p tcp -j DNAT --to-destination 10.0.0.5-10.0.0.6:80-81 --random', 'dnat 167772165,167772166:80,81'],
    ['-p tcp -j DNAT --to-destination :80', 'dnat :80,80'],
    [
      '-p tcp -j DNAT --to-destination 10.0.0.5:80-81/80',
      'unmodelledVerdict -j DNAT --to-destination 10.0.0.5:80-81/80',
    ],
    [
      '-p tcp -j DNAT --to-destination 10.0.0.5 --to-destination 10.0.0.6',
      'unmodelledVerdict -j DNAT --to-destination 10.0.0.5 --to-destination 10.0.0.6',
    ],
    ['-p tcp -j REDIRECT --to-ports 80-81', 'redirect :80,81'],
    ['-p tcp -j REDIRECT', 'redirect :'],
    ['-p tcp -j NETMAP --to 10.0.0.0/8', 'unmodelledVerdict -j NETMAP --to 10.0.0.0/8'],
  ])('%s', (rule, statements) => {
    expect(read(rule, NAT)).toBe(`l4proto 6 ; ${statements}`);
  });

  it.each([
    ['[::5]:80', 'dnat 5,5:80,80'],
    ['::5', 'dnat 5,5:'],
    ['::5-::6', 'dnat 5,6:'],
    ['[::5-::6]:80-81', 'dnat 5,6:80,81'],
    [':80', 'dnat :80,80'],
    ['[::5', 'unmodelledVerdict -j DNAT --to-destination [::5'],
    ['::5]:80', 'unmodelledVerdict -j DNAT --to-destination ::5]:80'],
  ])('DNAT of IPv6 to %s', (target, statement) => {
    expect(read(`-p tcp -j DNAT --to-destination ${target}`, { ...NAT, version: 6 })).toBe(
      `l4proto 6 ; ${statement}`,
    );
  });
});
