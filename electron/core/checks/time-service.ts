import type { UnitFact } from '#shared/domain/facts/files.ts';
import type { CheckInput } from './check.ts';
import { seen } from './knowledge.ts';

/** Where the clock is the machine's around it, and its time services do not run (systemd-timesyncd.service(8), ConditionVirtualization=). */
const CONTAINERS =
  /^(lxc|lxc-libvirt|openvz|docker|podman|systemd-nspawn|rkt|wsl|proot|pouch|container-other)$/;

/** @returns whether the node shares the clock of the machine around it */
export function isContainer(input: CheckInput): boolean {
  return CONTAINERS.test(seen(input, 'identity')?.virtualization ?? '');
}

/** What a person does about the clock of a container. */
export const CLOCK_OF_CONTAINER =
  'The clock of a container is that of the machine around it: let a time service run there (timedatectl set-ntp true), then look again.';

/**
 * Why systemd does not run a time service that is there, in the words of its unit.
 * @returns null where nothing speaks against it, as far as was seen
 */
export function whyNotRunning(input: CheckInput, unit: UnitFact): string | null {
  if (unit.active === 'active' || unit.active === 'activating') return null;
  // Of one that was never tried systemd says the same as of one whose conditions are not met.
  const wasTried = unit.enabled === 'enabled' && unit.properties.ConditionResult === 'no';
  const conditions = [...unit.text.matchAll(/^\s*((?:Condition|Assert)[A-Za-z]+=.*)$/gm)].map(
    ([, line = '']) => line.trim(),
  );
  const ofContainer = conditions.find((line) => /^ConditionVirtualization=\s*!\s*container/.test(line));
  if (isContainer(input) && ofContainer !== undefined)
    return `systemd does not start ${unit.name} in a container (${ofContainer})`;
  if (unit.active === 'failed') return `${unit.name} failed; systemctl status ${unit.name} says why`;
  if (!wasTried) return null;
  const said = conditions.length === 0 ? '' : ` (${conditions.slice(0, 4).join(', ')})`;
  return `systemd does not start ${unit.name}: a condition of it is not met${said}`;
}

/** Units of time services; of several that are there, who chose another than the distribution's own meant it. */
const TIME_UNITS: readonly string[] = [
  'chrony.service',
  'chronyd.service',
  'ntpsec.service',
  'ntp.service',
  'ntpd.service',
  'openntpd.service',
  'systemd-timesyncd.service',
];

/**
 * The time service that is installed, running or not: a stopped one answers no question about the clock, so only its unit tells
 * that it is there. Units that are switched on come first.
 * @returns its unit, which may be masked (`load`, systemctl(1)); null when none is there or units were not seen
 */
export function installedTimeUnit(input: CheckInput): UnitFact | null {
  const there = TIME_UNITS.flatMap((name) =>
    (seen(input, 'units')?.units ?? []).filter((unit) => unit.name === name && !unit.userUnit),
  );
  const loaded = there.filter(({ load }) => load === 'loaded');
  return (
    loaded.find(({ enabled }) => enabled === 'enabled') ??
    loaded[0] ??
    there.find(({ load }) => load === 'masked') ??
    null
  );
}
