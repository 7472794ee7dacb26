import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import { AS_ADMINISTRATOR, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, byHand } from './steps.ts';
import { CLOCK_OF_CONTAINER, installedTimeUnit, isContainer, whyNotRunning } from './time-service.ts';

/**
 * The unit of a time service that is there and does not run, where none answered: a kernel calls itself synchronised for hours
 * after the last one was stopped (adjtimex(2), STA_UNSYNC comes with the error of the clock, which grows slowly).
 */
function stoppedService(input: CheckInput): string | null {
  if (seen(input, 'time')?.service !== null) return null;
  if (isContainer(input)) return null;
  const unit = installedTimeUnit(input);
  return unit === null || unit.active === 'active' || unit.active === 'activating' ? null : unit.name;
}

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
    const unit = time?.service == null ? installedTimeUnit(input) : null;
    const why = unit === null ? null : whyNotRunning(input, unit);
    const switchOn = [
      ...(time?.service == null && installedTimeUnit(input) === null
        ? [asRoot(input, 'Install a service that keeps the time')`apt-get install -- systemd-timesyncd`]
        : []),
      asRoot(input, 'Switch it on')`timedatectl set-ntp true`,
      asRoot(input, 'See whether it agrees with its source, after a minute')`timedatectl timesync-status`,
    ];
    const steps = time?.service == null && isContainer(input) ? [byHand(CLOCK_OF_CONTAINER)] : switchOn;
    if (time !== null) {
      const what = `${time.service ?? 'no service for the time'}${time.source === null ? '' : `, source ${time.source}`}`;
      const stopped = stoppedService(input);
      const isHeard = time.service !== null || isContainer(input);
      if (time.synchronised === true && !isHeard && seen(input, 'units') === null)
        parts.push(
          notSeen(
            input,
            'what keeps the clock',
            'no time service answered, and whether one is stopped could not be seen',
            sourceOf(input, 'units'),
            AS_ADMINISTRATOR,
          ),
        );
      else if (time.synchronised === true && stopped !== null) {
        parts.push({
          what: `${stopped}, stopped`,
          seen: `the kernel goes by what it was told last, and nobody tells it any more${why === null ? '' : `; ${why}`}`,
          status: 'fix',
          severity: 'medium',
          source,
          headline: `Nothing keeps the clock of ${node} right any more.`,
          steps,
        });
      } else if (time.synchronised === false) {
        parts.push({
          what,
          seen: why === null ? 'not synchronised' : `not synchronised; ${why}`,
          status: 'fix',
          severity: 'medium',
          source,
          headline: `Nothing keeps the clock of ${node} right${why === null ? '' : `: ${why}`}.`,
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
