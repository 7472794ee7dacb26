import type { FirewallFacts } from '#shared/domain/facts/network.ts';

type Manager = FirewallFacts['managers'][number];

const NAMES: Readonly<Record<string, Manager['name']>> = {
  'ufw.service': 'ufw',
  'firewalld.service': 'firewalld',
  'nftables.service': 'nftables.service',
  'netfilter-persistent.service': 'netfilter-persistent',
};

/** Blocks of `systemctl show` for several units, separated by empty lines. */
function readUnits(text: string): Map<string, Map<string, string>> {
  const units = new Map<string, Map<string, string>>();
  for (const block of text.split(/\n\s*\n/)) {
    const lines = block.split('\n').filter((line) => line.includes('='));
    const values = new Map(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const id = values.get('Id');
    if (id && values.get('LoadState') !== 'not-found') units.set(id, values);
  }
  return units;
}

/**
 * Which programs manage the rules of the node, in their own words.
 * @param unitsText `systemctl show` of their units; empty without systemd
 * @param ufwText /etc/ufw/ufw.conf and /etc/default/ufw; null when ufw is not there
 * @param saves rule sets of iptables that could be read; null when none could
 */
export function readManagers(
  unitsText: string,
  ufwText: string | null,
  saves: readonly string[] | null,
): Manager[] {
  const units = readUnits(unitsText);
  const managers: Manager[] = [];
  for (const [id, values] of units) {
    const name = NAMES[id];
    if (!name || name === 'ufw') continue;
    const fileState = values.get('UnitFileState') ?? '';
    managers.push({
      name,
      active: values.get('ActiveState') === 'active',
      enabledAtBoot: fileState === '' ? null : fileState === 'enabled' || fileState === 'enabled-runtime',
      status: [...values].map(([key, value]) => `${key}=${value}`).join('\n'),
    });
  }
  if (ufwText !== null) {
    const unit = units.get('ufw.service');
    // ufw's unit is "active" as soon as it has run, also when ufw itself is switched off: its rules are what counts.
    const enabled = /^ENABLED=yes\s*$/im.test(ufwText);
    const unitEnabled = unit ? unit.get('UnitFileState') === 'enabled' : null;
    managers.push({
      name: 'ufw',
      active: saves ? saves.some((text) => /^:ufw6?-user-input /m.test(text)) : null,
      enabledAtBoot: enabled ? unitEnabled : false,
      status: [...(unit ?? [])].map(([key, value]) => `${key}=${value}\n`).join('') + ufwText,
    });
  }
  return managers.slice(0, 16);
}
