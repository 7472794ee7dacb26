import { describe, expect, it } from 'vitest';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { runChecks } from './run.ts';
import { changed, inputFor } from './testing/facts-builder.ts';
import { NO_BOOT, withFirewall } from './testing/firewall-facts.ts';
import { loadedBy, OWN_FILE, own } from './testing/firewall-situations.ts';

const unit = own.unit;
const unread = (problem: string) => loadedBy([own], [{ path: OWN_FILE, loaded: null, problem }]);
const withInit = (facts: Facts, init: string) =>
  changed(facts, 'identity', (value) => {
    value.init = init;
  });

describe('rules after a reboot that cannot be told', () => {
  it.each<[string, Facts, RegExp, RegExp]>([
    [
      'a file that only root may load',
      { ...unread('only root can let nft read it in a network namespace of its own'), privilege: 'user' },
      new RegExp(`^${OWN_FILE}, loaded by ${unit}: only root can let nft read it`),
      /^look at this node as administrator$/,
    ],
    [
      'a file that others can change',
      unread('others than root could change it, or something that it includes, so nft was not given it'),
      new RegExp(`^${OWN_FILE}, loaded by ${unit}: others than root`),
      /to root alone/,
    ],
    [
      'programs that are missing',
      unread('the programs unshare and nft are needed to read it'),
      /unshare and nft/,
      /^install/,
    ],
    ['a file that nft refuses', unread('nft refuses to load it'), /loaded by .*: nft refuses/, /nft -c -f/],
    [
      'what nobody asked',
      withFirewall({ boot: null }),
      /systemctl show of nftables\.service/,
      /^look at this node again$/,
    ],
    [
      'a machine without systemd',
      withInit(withFirewall({ boot: null }), 'runit'),
      /no systemd \(its first process is runit\)/,
      /by hand/,
    ],
    [
      'a script that may load them',
      withFirewall({ boot: { ...NO_BOOT, elsewhere: ['/etc/rc.local'] } }),
      /made by \/etc\/rc\.local/,
      /a unit of their own/,
    ],
  ])('%s: says what was not seen, and what would help', (_, facts, why, help) => {
    const [found] = runChecks(inputFor(facts), { only: ['outbound-firewall'] });
    expect(found?.status).toBe('unknown');
    const row = found?.evidence.find(({ status, what }) => status === 'unknown' && /reboot/.test(what));
    expect(row?.seen).toMatch(why);
    expect(found?.packets?.find(({ outcome }) => outcome === 'unknown')?.because).toMatch(why);
    expect(found?.wouldHelp).toMatch(help);
  });
});
