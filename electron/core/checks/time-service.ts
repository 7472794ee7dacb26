import type { UnitFact } from '#shared/domain/facts/files.ts';
import type { CheckInput } from './check.ts';
import { seen } from './knowledge.ts';

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
