import { describe, expect, it } from 'vitest';
import { readNft } from './read-nft.ts';
import { chain, fixture, listing, OUTPUT, rule, rules, tables } from './testing/listing.ts';

describe('a listing that nft 1.0.6 printed', () => {
  const home = readNft(fixture('home.json'));
  it('has its sets, maps and verdict maps in the rules', () => {
    expect(rules(home, 'out')).toEqual([
      'nfproto 4; daddr 16843009,167772160-184549375,3232235521-3232235529; accept',
      'nfproto 4; l4proto 6; saddr 167772160-184549375 + daddr 167772161-167772166 + dport 7890 or saddr 16843009 + daddr 33686018 + dport 80-90; accept',
      // A rule fills this set, so what is in it now is not what will be.
      'nfproto 4; may (null) ip daddr != @met; may (true) add @met { ip daddr }',
      'oifname lo,wlan*; accept',
      'nfproto 4; [daddr 167772161: mark = 5] [daddr 167837696-167903231: mark = 6] [daddr 0-167772160,167772162-167837695,167903232-4294967295: mark = 7]',
      'nfproto 4; l4proto 6; [daddr 167772161 + dport 80: accept] [daddr 167837696-167903231 + dport 90-95: jump other]',
      'may (false) limit name "few"; drop',
      'may (true) quota name "daily"; accept',
      'l4proto 6; [dport 22: accept] [dport 80: goto other] [dport 0-21,23-79,81-65535: drop]',
    ]);
  });

  it('has its address translation', () => {
    expect([...rules(home, 'published'), ...rules(home, 'hidden')]).toEqual([
      'l4proto 6; dport 80; nfproto 4; dnat [: 167772161,167772161 8080,8090]',
      'nfproto 4; l4proto 6; dnat [dport 80: 167772162,167772162 8080,8080]',
      'l4proto 6; dport 1; redirect [dport 80: null 8080,8080]',
      'oifname eth0; masquerade [: null null]',
      'nfproto 4; snat [: 167772161,167772163 null]',
    ]);
    expect(chain(home, 'published').base).toEqual({
      type: 'nat',
      hook: 'prerouting',
      priority: -100,
      policy: 'accept',
      devices: null,
    });
  });

  it('leaves open of which interface a chain is when nft does not say', () => {
    expect(chain(home, 'in').base?.devices).toBeNull();
    expect(rules(home, 'in')).toEqual(['nfproto 4; daddr 16843009; drop']);
  });

  it('has opaque matches where iptables made it', () => {
    const made = readNft(fixture('iptables-nft.json'));
    expect(rules(made, 'OUTPUT')).toEqual([
      'l4proto 6; nfproto 4; daddr 167772160-184549375; unmodelled xt match "owner"; l4proto 6; dport 80; unmodelledVerdict xt target "REJECT"',
      'l4proto 6; accept',
      'may (true) limit rate 5/second',
    ]);
  });
});

describe('what a listing leaves open', () => {
  const chainOf = (flags: unknown) =>
    listing({ table: { family: 'inet', name: 't', flags } }, OUTPUT, rule({ drop: null }));

  it('flags that are known', () => {
    expect(tables(readNft(chainOf(['dormant', 'owner'])))).toMatchObject([{ dormant: true }]);
    expect(tables(readNft(chainOf('owner')))).toMatchObject([{ dormant: false }]);
    expect(rules(readNft(chainOf('owner')))).toEqual(['drop']);
  });

  it.each(['inet', 't', 'asleep', 17])('flags that are not: %j', (flags) => {
    expect(rules(readNft(chainOf(flags)))[0]).toMatch(/^unmodelledVerdict table inet t has flags/);
  });

  it('a flag that may be a stray copy of a name', () => {
    const text = listing(
      { table: { family: 'inet', name: 'dormant', flags: 'dormant' } },
      { chain: { ...OUTPUT.chain, table: 'dormant' } },
    );
    expect(tables(readNft(text))).toMatchObject([{ dormant: false }]);
    expect(rules(readNft(text))[0]).toMatch(/^unmodelledVerdict/);
  });

  it('no tables at all is an empty rule set', () => {
    expect(readNft(listing())).toEqual({ ok: true, tables: [] });
  });
});
