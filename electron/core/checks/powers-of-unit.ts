import type { ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { UnitFact } from '#shared/domain/facts/files.ts';
import type { Power } from './agent.ts';

const ROOT = [{ start: 0, count: 1 }];

/** Capabilities with which a program can become, read or change everybody, by number (capabilities(7), linux/capability.h). */
const MIGHTY: ReadonlyMap<number, string> = new Map([
  [0, 'cap_chown'],
  [1, 'cap_dac_override'],
  [2, 'cap_dac_read_search'],
  [3, 'cap_fowner'],
  [6, 'cap_setgid'],
  [7, 'cap_setuid'],
  [16, 'cap_sys_module'],
  [17, 'cap_sys_rawio'],
  [19, 'cap_sys_ptrace'],
  [21, 'cap_sys_admin'],
  [27, 'cap_mknod'],
  [31, 'cap_setfcap'],
  [32, 'cap_mac_override'],
  [39, 'cap_bpf'],
]);

const power = (what: string, names: readonly string[], source: string): Power => ({
  uids: ROOT,
  what,
  seen: `has ${names.join(', ')}, which is as good as administrator`,
  source,
  kind: 'capability',
});

/** Powers that running programs carry themselves, whatever their account is. */
export function powersOfCapabilities(processes: readonly ProcessFact[]): Power[] {
  return processes.flatMap((process): Power[] => {
    if (process.effectiveUid === 0 || process.capabilitiesEffective === null) return [];
    const bits = BigInt(`0x${process.capabilitiesEffective}`);
    const names = [...MIGHTY].filter(([bit]) => ((bits >> BigInt(bit)) & 1n) === 1n).map(([, name]) => name);
    const what = `${process.name} (pid ${process.pid})`;
    return names.length === 0 ? [] : [power(what, names, `/proc/${process.pid}/status`)];
  });
}

const words = (text: string | undefined) => (text ?? '').split(/\s+/).filter((word) => word !== '');

/**
 * Powers that the unit gives its programs at the next start, also while none of them runs: AmbientCapabilities= of
 * systemd.exec(5). A manager of a user has none to give.
 */
export function powersOfUnit(unit: UnitFact): Power[] {
  const ambient = words(unit.properties.AmbientCapabilities?.toLowerCase());
  if (unit.userUnit || ambient.length === 0) return [];
  // `~` takes the named ones out of all there are.
  const isInverted = ambient[0]?.startsWith('~') === true;
  const known = new Set(MIGHTY.values());
  const names = isInverted ? ['all capabilities but some'] : ambient.filter((name) => known.has(name));
  return names.length === 0
    ? []
    : [power(`${unit.name}: AmbientCapabilities=`, names, unit.path ?? unit.name)];
}

/** Groups that the unit gives its programs besides those of the account: Group= and SupplementaryGroups=, as written. */
export function groupsOfUnit(unit: UnitFact): string[] {
  if (unit.userUnit) return [];
  return [...words(unit.properties.Group), ...words(unit.properties.SupplementaryGroups)];
}
