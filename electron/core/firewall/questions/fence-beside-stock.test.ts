import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address.ts';
import type { HostContext } from '../host.ts';
import { type Listing, mergeListings } from '../merge.ts';
import type { Ruleset } from '../model.ts';
import { checkProof } from '../prove/check-proof.ts';
import { provable } from '../prove/provable.ts';
import { outboundSpace } from '../prove/space.ts';
import { askOutbound, type Sender } from './outbound.ts';

const FOLDER = new URL('../../../../e2e/fixtures/firewall/', import.meta.url);
const PROGRAMS = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** What nft lists of the table that Swarmkeep proposes; a test of the checks holds it equal to what a kernel gives. */
const FENCE = entriesOf(
  readFileSync(new URL('../../checks/testing/fence-nft.json', import.meta.url), 'utf8'),
);

function entriesOf(text: string): unknown[] {
  return (JSON.parse(text) as { nftables: unknown[] }).nftables;
}

function read(program: string, name: string): string {
  const place = new URL(`${program}/${name}`, FOLDER);
  return existsSync(place) ? readFileSync(place, 'utf8') : '';
}

/** The rules that a program left, with another listing beside them, whose first entry (`metainfo`) is left out. */
function recorded(program: string, more: readonly unknown[]): { ruleset: Ruleset; host: HostContext } {
  const nftables = [...entriesOf(read(program, 'nft.json')), ...more.slice(1)];
  const listings: Listing[] = [{ kind: 'nft', text: JSON.stringify({ nftables }) }];
  for (const version of [4, 6] as const) {
    const text = read(program, version === 4 ? 'iptables-save' : 'ip6tables-save');
    if (text.trim()) listings.push({ kind: 'save', version, backend: 'nf_tables', text });
  }
  const merged = mergeListings({ listings, missing: [] });
  if (!merged.ok) throw new Error(merged.error.message);
  const links: { ifname: string; addr_info: { local: string; prefixlen: number }[] }[] = JSON.parse(
    read(program, 'addresses.json'),
  );
  const interfaces = links.map(({ ifname, addr_info }) => ({
    name: ifname,
    addresses: addr_info.flatMap(({ local, prefixlen }) => {
      const address = parseAddress(local);
      return address === null ? [] : [{ ...address, prefix: prefixlen }];
    }),
  }));
  const routes = ([4, 6] as const).map((version) => ({ version, value: 0n, prefix: 0, oifname: 'eth0' }));
  return { ruleset: merged.ruleset, host: { interfaces, routes, forwarding: { 4: true, 6: true } } };
}

const AGENT: Sender = { uids: [[1_001n, 1_001n]], uid: 1_001n, gid: 1_001n };

describe.each(PROGRAMS)('the fence that Swarmkeep proposes, beside the rules of %s', (program) => {
  const rules = recorded(program, FENCE);

  it.each([4, 6] as const)(
    'is proven to keep the agent at home, and the checker agrees, IPv%i',
    (version) => {
      const space = outboundSpace(version, AGENT.uids);
      const found = provable(rules.ruleset, rules.host, space);
      if (found.kind !== 'proof') throw new Error(`${found.kind} instead of a proof`);
      expect(() => checkProof(rules.ruleset, found.proof)).not.toThrow();
      expect(found.proof.stops.map(({ table }) => table)).toContain('inet swarmkeep_agent');
      expect(askOutbound(rules, version, AGENT)).toMatchObject({ kind: 'closed' });
    },
  );

  it('is what keeps it there: without it the agent gets out', () => {
    const without = recorded(program, []);
    expect(askOutbound(without, 6, AGENT).kind).toBe('open');
    if (program !== 'five-lines') expect(askOutbound(without, 4, AGENT).kind).toBe('open');
  });
});
