import { existsSync } from 'node:fs';
import { describe, expect, it, type TestContext } from 'vitest';
import { collect } from '#core/facts/collect.ts';
import { firewallCollector } from '#core/facts/subjects/firewall.ts';
import { interfacesCollector } from '#core/facts/subjects/interfaces.ts';
import type { ScriptHost } from '#core/hosts/host.ts';
import { endedByUs, runProcess } from '#core/hosts/run-process.ts';
import { hostOf } from './host-of.ts';
import { listingsOf, mergeListings } from './merge.ts';

/** A machine with a network of its own, set up by `prepare`; collectors run there as `runAs`. */
function machine(prepare: string, runAs = ''): ScriptHost {
  return {
    kind: 'local',
    async run(request) {
      const shell = `{ ${prepare}; } </dev/null >/dev/null 2>&1; ${runAs} /bin/sh -s`;
      const result = await runProcess({
        ...request,
        program: 'unshare',
        arguments: ['-n', '/bin/sh', '-ec', shell],
        environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      });
      if (result.how === 'ended') return { ok: true, end: result.end };
      return { ok: false, error: endedByUs(result.how === 'not-started' ? 'cancelled' : result.how) };
    },
    close: async () => {},
  };
}

async function look(host: ScriptHost) {
  const result = await collect({
    host,
    collectors: [firewallCollector, interfacesCollector],
    hints: null,
    corrections: [],
    salt: '',
  });
  if (!result.ok) throw new Error(result.error.message);
  const { firewall, interfaces } = result.collection.subjects;
  if (firewall?.state !== 'seen' || interfaces?.state !== 'seen') throw new Error('not seen');
  const merged = mergeListings(listingsOf(firewall.value, firewall.gaps));
  if (!merged.ok) throw new Error(merged.error.message);
  return { ruleset: merged.ruleset, host: hostOf(interfaces.value, interfaces.gaps) };
}

describe('from a machine to its rule set', () => {
  const needs = (context: TestContext, ...programs: readonly string[]): void => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
      context.skip('needs root on Linux for a network namespace');
    for (const program of programs) if (!existsSync(program)) context.skip(`needs ${program}`);
  };
  const PROGRAMS = ['/usr/sbin/nft', '/usr/sbin/iptables-nft', '/usr/sbin/iptables-legacy', '/usr/sbin/ip'];

  it('sees every table once, whoever made it, and what the machine itself is like', async (context) => {
    needs(context, ...PROGRAMS);
    const { ruleset, host } = await look(
      machine(`ip link set lo up; ip link add eth0 type veth peer name peer0; ip link set eth0 up; ip link set peer0 up
        ip address add 192.0.2.5/24 dev eth0; ip route add default via 192.0.2.1; sysctl -w net.ipv4.ip_forward=1
        iptables-nft -A OUTPUT -m owner --uid-owner 1001 -j DROP; iptables-legacy -A OUTPUT -d 192.0.2.9 -j DROP
        ip6tables-nft -t mangle -A OUTPUT -m owner --uid-owner 1001 -j MARK --set-mark 5
        nft add table inet own`),
    );
    expect(ruleset.missing).toEqual([]);
    const tables = ruleset.tables.map(
      ({ family, name, source }) => `${family} ${name} ${source.backend ?? 'nft'}`,
    );
    expect(tables.sort()).toEqual([
      'inet own nft',
      'ip filter legacy',
      'ip filter nf_tables',
      'ip6 mangle nf_tables',
    ]);
    const kinds = ruleset.tables.flatMap((table) =>
      [...table.chains.values()].flatMap((chain) =>
        chain.rules.flatMap((rule) => rule.statements.map(({ kind }) => kind)),
      ),
    );
    expect(kinds.length).toBeGreaterThan(4);
    expect(kinds.filter((kind) => kind.startsWith('unmodelled'))).toEqual([]);
    expect(host.forwarding).toEqual({ 4: true, 6: false });
    expect(host.routes).toContainEqual({ version: 4, value: 0n, prefix: 0, oifname: 'eth0' });
    expect(host.interfaces?.map(({ name }) => name).sort()).toEqual(['eth0', 'lo', 'peer0']);
  });

  it('does not trust the main table of a machine with routing rules', async (context) => {
    needs(context, ...PROGRAMS);
    const { host } = await look(machine('ip link set lo up; ip rule add fwmark 1 table 52'));
    expect(host.routes).toBeNull();
  });

  it('misses all of it where only root may look', async (context) => {
    needs(context, ...PROGRAMS);
    const nobody = 'setpriv --reuid 65534 --regid 65534 --clear-groups';
    const { ruleset } = await look(machine('nft add table inet own', nobody));
    expect(ruleset.tables).toEqual([]);
    expect(ruleset.missing).toContain('rules of nftables');
  });
});
