import { seen } from '#core/checks/knowledge.ts';
import {
  CLOCK_OF_CONTAINER,
  installedTimeUnit,
  isContainer,
  whyNotRunning,
} from '#core/checks/time-service.ts';
import { capital } from '#shared/domain/words.ts';
import type { Fix, FixInput } from './fix.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { step, typed } from './steps.ts';

const DEBIAN_LIKE = ['debian', 'ubuntu', 'raspbian', 'linuxmint', 'pop'];

/** A service asks its sources a few times before it calls them agreed. */
const SETTLES_SECONDS = 60;

/** The unit of a time service, by what the look calls it; names differ between distributions. */
function unitOf(input: FixInput, service: string): string {
  const isDebian = DEBIAN_LIKE.includes(seen(input, 'identity')?.operatingSystem.id ?? '');
  if (service === 'chrony') return isDebian ? 'chrony.service' : 'chronyd.service';
  if (service === 'ntp') return isDebian ? 'ntpsec.service' : 'ntpd.service';
  return `${service}.service`;
}

/** Lets a time service keep the clock. */
export const timeSyncFix: Fix = {
  check: 'time-sync',
  words: 'Installs a time service where there is none, and starts it, now and at every start.',
  after: [],
  targets: () => [],
  plan: (input) => {
    const time = seen(input, 'time');
    // Where no service runs, nothing can say whether the clock is right, and only units say whether one is installed.
    const isSilent = time?.service === null;
    const needs = ['time', 'identity', ...(isSilent ? (['units'] as const) : [])] as const;
    const offered = whyNotOffered(input, needs, isSilent);
    if (offered !== null) return notAutomatic(offered);
    const init = seen(input, 'identity')?.init;
    if (init !== 'systemd')
      return notAutomatic(
        'This node has no systemd, and how its time service is started is not known. Take the steps of the finding by hand.',
      );
    const service = time?.service ?? null;
    const stopped = service === null ? installedTimeUnit(input) : null;
    if (stopped?.load === 'masked')
      return notAutomatic(
        `${stopped.name} is there, and somebody masked it so that nothing starts it. If nothing else is meant to keep the clock, take that back (systemctl unmask ${stopped.name}), then look again.`,
      );
    if (service === null && isContainer(input)) {
      const why = stopped === null ? null : whyNotRunning(input, stopped);
      return notAutomatic(
        `${capital(why ?? 'time services do not run in a container')}. ${CLOCK_OF_CONTAINER}`,
      );
    }
    const isAbsent = service === null && stopped === null;
    if (isAbsent && seen(input, 'updates')?.manager !== 'apt')
      return notAutomatic(
        'There is no time service on this node, and with what it could be installed was not recognised. Install chrony, then look again.',
      );
    const unit = stopped?.name ?? unitOf(input, service ?? 'systemd-timesyncd');
    return planned({
      title: 'Let a time service keep the clock',
      settings: [
        {
          check: 'time-sync',
          setting: 'What keeps the clock right',
          from: input.finding.summary,
          to: `${unit}, with the sources of the distribution; after it started it needs up to a minute to agree with them`,
          takesEffect: 'at once; a clock that is far off may jump once',
          recover: 'Undo this change in Activity',
        },
      ],
      steps: [
        ...(isAbsent
          ? [
              step(
                input,
                'Install a service that keeps the time',
                { verb: 'install-packages', packages: ['systemd-timesyncd'] },
                typed('apt-get', 'install', '-y', 'systemd-timesyncd'),
                {
                  needs: ['root', 'package', 'network'],
                  undo: 'The packages that were not there before are removed.',
                },
              ),
            ]
          : []),
        step(
          input,
          `Start ${unit}, now and at every start`,
          {
            verb: 'set-unit',
            unit,
            enabled: true,
            action: service === null ? 'start' : 'restart',
            reread: false,
          },
          typed('systemctl', 'enable', '--now', '--', unit),
          { undo: 'The service runs and starts as it did before; the clock is not set back.' },
        ),
      ],
      proofs: [{ kind: 'check', check: 'time-sync', settlesWithin: SETTLES_SECONDS }],
      mayCutOff: false,
    });
  },
};
