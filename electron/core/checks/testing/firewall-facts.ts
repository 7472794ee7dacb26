import { readFileSync } from 'node:fs';
import type { SubjectValue } from '#core/facts/collector.ts';
import type { BootRules } from '#shared/domain/facts/network.ts';
import { FENCE_JSON, fenced } from './hardened-node.ts';
import { but } from './situations.ts';

type Firewall = SubjectValue<'firewall'>;

/** What nft lists on a machine without a rule. */
export const NO_RULES =
  '{"nftables":[{"metainfo":{"version":"1.0.6","release_name":"Lester Gooch #5","json_schema_version":1}}]}';

/** Nothing is loaded at boot. */
export const NO_BOOT: BootRules = { loaders: [], files: [], elsewhere: [] };

const FIVE = new URL('../../../../e2e/fixtures/firewall/five-lines/', import.meta.url);
const five = (name: string) => readFileSync(new URL(name, FIVE), 'utf8');

/** The five iptables lines of mycoSwarm's security model, for uid 1001, as they are listed; nothing loads them at boot. */
export function fiveLines(): Firewall {
  return {
    nftJson: five('nft.json'),
    saves: [{ family: 4, backend: 'nf_tables', text: five('iptables-save') }],
    toolsPresent: ['nft', 'iptables', 'ip6tables'],
    managers: [],
    boot: NO_BOOT,
  };
}

/** A node of which only the firewall differs from the hardened one. */
export function withFirewall(change: Partial<Firewall>, base: Firewall = fenced()) {
  return but('firewall', (value) => {
    Object.assign(value, base, change);
  });
}

/** Rules of nft, as a listing with one table for the agent: statements of its output chain, in the words of libnftables-json(5). */
export function nftRules(
  rules: readonly (readonly object[])[],
  more: { family?: string; hook?: string; table?: string; policy?: string } = {},
): string {
  const { family = 'inet', hook = 'output', table = 't', policy = 'accept' } = more;
  return JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.6', release_name: 'Lester Gooch #5', json_schema_version: 1 } },
      { table: { family, name: table, handle: 1 } },
      {
        chain: {
          family,
          table,
          name: 'c',
          handle: 1,
          type: 'filter',
          hook,
          prio: 0,
          policy,
        },
      },
      ...rules.map((expr, index) => ({
        rule: { family, table, chain: 'c', handle: index + 2, expr },
      })),
    ],
  });
}

/** One rule of a nat chain at prerouting. */
export function natRules(rule: readonly object[]): string {
  const listing = JSON.parse(nftRules([rule], { family: 'ip', hook: 'prerouting' }));
  for (const entry of listing.nftables)
    if (entry.chain) Object.assign(entry.chain, { type: 'nat', prio: -100 });
  return JSON.stringify(listing);
}

/** A file of nft and the enabled unit that loads it at boot. */
export function bootWith(
  loaders: readonly (Partial<BootRules['loaders'][number]> & { unit: string })[],
  files: readonly (Partial<BootRules['files'][number]> & { path: string })[],
): BootRules {
  return {
    loaders: loaders.map((loader) => ({
      enabled: true,
      active: true,
      files: [],
      after: [],
      restartsWith: [],
      reloadsWith: [],
      requiredBy: [],
      ...loader,
    })),
    files: files.map((file) => ({
      language: 'nft',
      family: null,
      text: '',
      loaded: FENCE_JSON,
      problem: null,
      ...file,
    })),
    elsewhere: [],
  };
}
