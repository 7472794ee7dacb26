import type { Check } from './check.ts';
import { conclude } from './conclude.ts';
import { notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot } from './steps.ts';
import { installedTimeUnit } from './time-service.ts';

/** The clock agrees with a source, within the tolerance that the operator set. */
export const timeSync: Check = {
  id: 'time-sync',
  run(input) {
    const node = input.nodeName;
    const limit = input.settings.clockToleranceMs;
    const time = seen(input, 'time');
    const source = sourceOf(input, 'time');
    const hidden = unseenPart(input, 'time');
    const parts: Part[] = hidden === null ? [] : [hidden];
    const steps = [
      ...(time?.service == null && installedTimeUnit(input) === null
        ? [asRoot(input, 'Install a service that keeps the time')`apt-get install -- systemd-timesyncd`]
        : []),
      asRoot(input, 'Switch it on')`timedatectl set-ntp true`,
      asRoot(input, 'See whether it agrees with its source, after a minute')`timedatectl timesync-status`,
    ];
    if (time !== null) {
      const what = `${time.service ?? 'no service for the time'}${time.source === null ? '' : `, source ${time.source}`}`;
      if (time.synchronised === false) {
        parts.push({
          what,
          seen: 'not synchronised',
          status: 'fix',
          severity: 'medium',
          source,
          headline: `Nothing keeps the clock of ${node} right.`,
          steps,
        });
      } else if (time.synchronised === null)
        parts.push(
          notSeen(
            input,
            what,
            'whether it is synchronised is not known: neither timedatectl nor chronyc nor ntpq says so',
            source,
            'install systemd-timesyncd or chrony on this node',
          ),
        );
      else parts.push({ what, seen: 'synchronised', status: 'pass', source });
      if (time.offsetMs !== null) {
        const offset = { what: `offset from the source: ${time.offsetMs} ms`, source };
        parts.push(
          Math.abs(time.offsetMs) > limit
            ? {
                ...offset,
                seen: `more than ${limit} ms`,
                status: 'fix',
                severity: 'medium',
                headline: `The clock of ${node} is ${Math.round(Math.abs(time.offsetMs))} ms off its source.`,
                steps,
              }
            : { ...offset, seen: `within ${limit} ms`, status: 'pass' },
        );
      } else {
        // Without an offset from the source, the console's own clock is the only other witness.
        const skew = seen(input, 'identity')?.skewMs ?? null;
        const what = `difference from the clock of this console: ${skew === null ? 'not known' : `${skew} ms`}`;
        if (skew === null || Math.abs(skew) > limit) {
          parts.push(
            notSeen(
              input,
              what,
              'the service does not say how far it is off',
              source,
              'use a time service that tells its offset, such as chrony',
            ),
          );
        } else
          parts.push({
            what,
            seen: `within ${limit} ms`,
            status: 'pass',
            source: sourceOf(input, 'identity'),
          });
      }
    }
    return conclude('time-sync', input, parts, {
      pass: `The clock of ${node} agrees with its source.`,
      wouldChange: {
        pass: 'A clock that drifts, or a time service that stops, would change this.',
        otherwise: `A time service that agrees with its source within ${limit} ms would make this fine.`,
      },
    });
  },
};
