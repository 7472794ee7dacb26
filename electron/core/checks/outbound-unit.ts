import type { UnitFact } from '#shared/domain/facts/files.ts';
import { reachOf } from './lan.ts';

/**
 * Whether systemd itself keeps a unit at home: everything denied but loopback and the home network (systemd.resource-control(5),
 * IPAddressDeny=). It holds what runs in the unit, and nothing that the same account starts elsewhere.
 */
export function isKeptHome(unit: UnitFact | undefined): boolean {
  if (unit === undefined) return false;
  const deny = (unit.properties.IPAddressDeny ?? '').split(/\s+/);
  const deniesAll = ['0.0.0.0/0', '::/0'].every((network) => deny.includes(network)) || deny.includes('any');
  const allow = (unit.properties.IPAddressAllow ?? '').split(/\s+/).filter((network) => network !== '');
  return (
    deniesAll &&
    allow.every((network) => {
      if (/^(localhost|link-local)$/.test(network)) return true;
      const [address = '', length = ''] = network.split('/');
      const isWhole = length === '' || Number(length) >= (address.includes(':') ? 7 : 8);
      const reach = reachOf(address);
      return isWhole && (reach === 'loopback' || reach === 'lan');
    })
  );
}
