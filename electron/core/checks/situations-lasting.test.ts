import { describe } from 'vitest';
import { fenceLines } from './outbound-fence.ts';
import { changed } from './testing/facts-builder.ts';
import { bootWith, fiveLines, NO_BOOT, withFirewall } from './testing/firewall-facts.ts';
import {
  five,
  flush,
  loadedBy,
  MAIN,
  nftables,
  OWN_FILE,
  own,
  withSocket,
} from './testing/firewall-situations.ts';
import { FENCE_JSON } from './testing/hardened-node.ts';
import { but, hardened, type Situation, tryEach, unitWith } from './testing/situations.ts';

const follows = {
  after: ['nftables.service'],
  restartsWith: ['nftables.service'],
  reloadsWith: ['nftables.service'],
};

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
    ...(
      [
        ['no flush, and a stop that erases', '# mine\n', 'fix', /after a restart of nftables/],
        ['an include that was not read', 'include "/etc/nft.d/*.nft"\n', 'unknown', /after a re/],
        ['a flush of its family', 'flush ruleset inet\n', 'fix', /after a reload of nftables/],
        ['a flush over two lines', 'flush \\\n ruleset\n', 'fix', /after a reload of nftables/],
        ['a flush behind a quoted #', 'define x = "#"; flush ruleset\n', 'fix', /after a reload of nftables/],
        ['its table flushed', 'flush table inet swarmkeep_agent\n', 'unknown', /after a re/],
        ['its table deleted', 'delete table inet swarmkeep_agent\n', 'fix', /after a reload/],
        ['its table destroyed', 'destroy table inet swarmkeep_agent\n', 'fix', /after a reload/],
        ['a chain of it flushed', 'flush chain inet swarmkeep_agent output\n', 'unknown', /after a re/],
        ['a rule put ahead', 'insert rule inet swarmkeep_agent output accept\n', 'unknown', /after a re/],
      ] as const
    ).map(
      ([what, text, status, summary]): Situation => [
        'outbound-firewall',
        `behind nftables.service, ${what}`,
        loadedBy(
          [
            text === '# mine\n' ? nftables : { ...nftables, stops: [] },
            { ...own, after: ['nftables.service'] },
          ],
          [{ ...flush, text }, { path: OWN_FILE }],
        ),
        status,
        summary,
      ],
    ),
    [
      'outbound-firewall',
      'deleted by a file that is loaded after it',
      loadedBy(
        [{ unit: 'late.service', files: [MAIN], after: ['own.service'] }, own],
        [
          { ...flush, text: 'table inet swarmkeep_agent\ndelete table inet swarmkeep_agent\n' },
          { path: OWN_FILE },
        ],
      ),
      'fix',
      /gone after a reboot/,
    ],
    [
      'outbound-firewall',
      'a unit of any name that erases when it stops, as was seen',
      loadedBy(
        [
          { unit: 'net.service', files: [], stops: ['/usr/sbin/nft flush ruleset'], reloads: [] },
          { ...own, stops: [], reloads: [] },
        ],
        [{ path: OWN_FILE }],
      ),
      'fix',
      /gone after a restart of net\.service/,
    ],
    [
      'outbound-firewall',
      'a unit that runs a script when it stops',
      loadedBy([{ unit: 'net.service', files: [], stops: ['/usr/local/bin/net stop'], reloads: [] }, own]),
      'unknown',
      /after a restart of net\.service/,
    ],
    [
      'outbound-firewall',
      'following reloads without a command for it',
      loadedBy([nftables, { ...own, ...follows, reloads: [] }], [flush, { path: OWN_FILE }]),
      'fix',
      /gone after a reload of nftables\.service/,
    ],
    [
      'outbound-firewall',
      "Swarmkeep's own unit beside Debian's, which includes files, and netfilter-persistent",
      loadedBy(
        [
          {
            ...nftables,
            stops: ['/usr/sbin/nft flush ruleset'],
            reloads: [`/usr/sbin/nft -f ${MAIN}`],
          },
          {
            unit: 'netfilter-persistent.service',
            files: ['/etc/iptables/rules.v4'],
            stops: ['/usr/sbin/netfilter-persistent stop'],
            reloads: ['/usr/sbin/netfilter-persistent start'],
          },
          { ...own, ...follows, stops: [], reloads: [`/usr/sbin/nft -f ${OWN_FILE}`] },
        ],
        [
          { ...flush, text: `${flush.text}include "/etc/nft.d/*.nft"\n` },
          {
            path: '/etc/iptables/rules.v4',
            language: 'iptables-save',
            family: 4,
            text: '*filter\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n',
            loaded: null,
          },
          {
            path: OWN_FILE,
            text: fenceLines({ uids: ['1001'], ports: [7_890], nodes: [], resolvers: [] }).join('\n'),
          },
        ],
      ),
      'pass',
    ],
    [
      'outbound-firewall',
      'a socket unit that starts the daemon',
      but('units', (value) => {
        const [first] = value.units;
        if (first) value.units.push({ ...first, name: 'mycoswarm.socket', text: '', properties: {} });
      }),
      'unknown',
      /socket that systemd opened/,
    ],
    [
      'outbound-firewall',
      'a socket unit of another name, as the unit of the daemon says',
      unitWith({ TriggeredBy: 'swarm.timer swarm.socket' }),
      'unknown',
      /socket that systemd opened/,
    ],
    [
      'outbound-firewall',
      'a socket of root in the hands of the agent',
      withSocket(hardened, '0.0.0.0', 7_900, 0, { processName: 'mycoswarm', pids: [812] }),
      'unknown',
      /socket that systemd opened/,
    ],
  ]);
});
