import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FirewallFacts } from '#shared/domain/facts/network.ts';
import { runChecks } from './run.ts';
import { inputFor } from './testing/facts-builder.ts';
import { withFirewall } from './testing/firewall-facts.ts';
import { FENCE_JSON } from './testing/hardened-node.ts';

const FOLDER = new URL('../../../e2e/fixtures/firewall/', import.meta.url);
const PROGRAMS = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function read(program: string, name: string): string | null {
  const place = new URL(`${program}/${name}`, FOLDER);
  return existsSync(place) ? readFileSync(place, 'utf8') : null;
}

/** What is listed on a machine with the rules of a program, and Swarmkeep's table beside them or not. */
function listed(program: string, withTable: boolean): Pick<FirewallFacts, 'nftJson' | 'saves'> {
  const listing = JSON.parse(read(program, 'nft.json') ?? '');
  if (withTable) listing.nftables.push(...JSON.parse(FENCE_JSON).nftables.slice(1));
  return {
    nftJson: JSON.stringify(listing),
    saves: ([4, 6] as const).flatMap((family) => {
      const text = read(program, family === 4 ? 'iptables-save' : 'ip6tables-save');
      return text?.trim() ? [{ family, backend: 'nf_tables' as const, text }] : [];
    }),
  };
}

describe.each(PROGRAMS)('beside the rules of %s', (program) => {
  const judge = (withTable: boolean) =>
    runChecks(inputFor(withFirewall(listed(program, withTable))), {
      only: ['outbound-firewall', 'peer-allowlist'],
    });

  it('an agent gets out, and reaches strangers', () => {
    expect(judge(false).map((entry) => [entry.check, entry.status])).toEqual([
      ['outbound-firewall', 'fix'],
      ['peer-allowlist', 'fix'],
    ]);
  });

  it('the table of Swarmkeep holds it, also after a reboot', () => {
    const [outbound, peers] = judge(true);
    // The five lines stop mDNS wherever they stand; all other rule sets leave the home open.
    const expected = program === 'five-lines' ? 'review' : 'pass';
    expect([outbound?.status, outbound?.summary]).toEqual([expected, outbound?.summary]);
    expect(peers?.status).toBe('pass');
  });
});
