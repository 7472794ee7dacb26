import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parseAddress } from '../../address.ts';
import type { HostContext } from '../../host.ts';
import { type Listing, mergeListings } from '../../merge.ts';
import type { Ruleset } from '../../model.ts';

const FOLDER = new URL('../../../../../e2e/fixtures/firewall/', import.meta.url);
/** Programs whose rules were recorded, as names of folders. */
export const PROGRAMS = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function read(program: string, name: string): string | null {
  const place = new URL(`${program}/${name}`, FOLDER);
  return existsSync(place) ? readFileSync(place, 'utf8') : null;
}

/** The rules as the program left them, with the machine on which they were listed. */
export function recorded(program: string): { ruleset: Ruleset; host: HostContext } {
  const listings: Listing[] = [{ kind: 'nft', text: read(program, 'nft.json') ?? '' }];
  for (const version of [4, 6] as const) {
    const text = read(program, version === 4 ? 'iptables-save' : 'ip6tables-save');
    if (text?.trim()) listings.push({ kind: 'save', version, backend: 'nf_tables', text });
  }
  const merged = mergeListings({ listings, missing: [] });
  if (!merged.ok) throw new Error(merged.error.message);
  const links: { ifname: string; addr_info: { local: string; prefixlen: number }[] }[] = JSON.parse(
    read(program, 'addresses.json') ?? '[]',
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
