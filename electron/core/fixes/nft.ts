import { seen } from '#core/checks/knowledge.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import type { FixInput } from './fix.ts';
import { step, typed } from './steps.ts';

/** Why no table of rules can be loaded here, or none that lasts; null when it can. */
export function whyNoNft(input: FixInput): string | null {
  const firewall = seen(input, 'firewall');
  const manager = seen(input, 'updates')?.manager ?? null;
  if (!firewall?.toolsPresent.includes('nft') && manager !== 'apt')
    return 'The program nft is not on this node, and with what it could be installed was not recognised. Install nftables, then look again.';
  return whyNoSystemd(input);
}

/** Why nothing would load rules again after a restart; null when a unit can. */
export function whyNoSystemd(input: FixInput): string | null {
  const hasSystemd = seen(input, 'identity')?.init === 'systemd' || seen(input, 'units')?.systemd === true;
  return hasSystemd
    ? null
    : 'This node has no systemd, so nothing would load the rules again after a restart. Take the steps of the finding by hand.';
}

/** Installs nft where it is missing. */
export function installNft(input: FixInput): PlanStep[] {
  if (seen(input, 'firewall')?.toolsPresent.includes('nft')) return [];
  return [
    step(
      input,
      'Install nftables',
      { verb: 'install-packages', packages: ['nftables'] },
      typed('apt-get', 'install', '-y', 'nftables'),
      {
        needs: ['root', 'package', 'network'],
        undo: 'The packages that were not there before are removed.',
      },
    ),
  ];
}
