import { describe } from 'vitest';
import { changed } from './testing/facts-builder.ts';
import { bootWith, fiveLines, NO_BOOT, withFirewall } from './testing/firewall-facts.ts';
import { five, flush, loadedBy, nftables, OWN_FILE, own } from './testing/firewall-situations.ts';
import { FENCE_JSON } from './testing/hardened-node.ts';
import { tryEach } from './testing/situations.ts';

describe('situations', () => {
  tryEach([
    [
      'outbound-firewall',
      'nothing loads the rules',
      withFirewall({ boot: NO_BOOT }),
      'fix',
      /gone after a reboot/,
    ],
    [
      'outbound-firewall',
      'nobody looked what loads them',
      withFirewall({ boot: null }),
      'unknown',
      /after a reboot/,
    ],
    [
      'outbound-firewall',
      'a unit that is switched off',
      loadedBy([{ ...own, enabled: false }]),
      'fix',
      /gone after a reboot/,
    ],
    [
      'outbound-firewall',
      'a unit whose file was not read',
      loadedBy([own], [{ path: OWN_FILE, loaded: null, problem: 'nft refuses to load it' }]),
      'unknown',
      /after a reboot/,
    ],
    [
      'outbound-firewall',
      'perhaps rc.local',
      withFirewall({ boot: { ...NO_BOOT, elsewhere: ['/etc/rc.local'] } }),
      'unknown',
      /after a reboot/,
    ],
    [
      'outbound-firewall',
      'in nftables.conf itself',
      loadedBy([nftables], [{ ...flush, loaded: FENCE_JSON }]),
      'pass',
    ],
    [
      'outbound-firewall',
      'ahead of nftables.service, which erases it',
      loadedBy([nftables, own], [flush, { path: OWN_FILE }]),
      'fix',
      /gone after a reboot/,
    ],
    [
      'outbound-firewall',
      'behind nftables.service, but lost at its reload',
      loadedBy([nftables, { ...own, after: ['nftables.service'] }], [flush, { path: OWN_FILE }]),
      'fix',
      /gone after a reload of nftables\.service/,
    ],
    [
      'outbound-firewall',
      'behind it, following its reloads and not its restarts',
      loadedBy(
        [nftables, { ...own, after: ['nftables.service'], reloadsWith: ['nftables.service'] }],
        [flush, { path: OWN_FILE }],
      ),
      'fix',
      /gone after a restart of nftables\.service/,
    ],
    [
      'outbound-firewall',
      'behind it, following its reloads and restarts',
      loadedBy(
        [
          nftables,
          {
            ...own,
            after: ['nftables.service'],
            reloadsWith: ['nftables.service'],
            restartsWith: ['nftables.service'],
          },
        ],
        [flush, { path: OWN_FILE }],
      ),
      'pass',
    ],
    [
      'outbound-firewall',
      'saved for netfilter-persistent, IPv4 only',
      changed(five(), 'firewall', (value) => {
        value.nftJson = FENCE_JSON;
        value.saves = [];
        value.boot = bootWith(
          [{ unit: 'netfilter-persistent.service', files: ['/etc/iptables/rules.v4'] }],
          [
            {
              path: '/etc/iptables/rules.v4',
              language: 'iptables-save',
              family: 4,
              text: fiveLines().saves[0]?.text ?? '',
              loaded: null,
            },
          ],
        );
      }),
      'fix',
      /gone after a reboot/,
    ],
  ]);
});
