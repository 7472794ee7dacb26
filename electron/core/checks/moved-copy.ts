import { isWithin } from '#core/facts/profile/paths.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { CheckInput } from './check.ts';
import { asRoot, byHand } from './steps.ts';

/** Where a copy of mycoSwarm goes that only the administrator can change. */
export const MOVED_PROGRAM = '/opt/mycoswarm/venv/bin/mycoswarm';

/** Everything but environments and version control; owners and set-uid bits stay behind (tar(1)). */
const COPY_SOURCE =
  'umask 022 && install -d -o root -g root -m 0755 -- /opt/mycoswarm/source && tar -C "$1" --anchored --no-wildcards --exclude=./.venv --exclude=./venv --exclude=./.git --exclude="./$2" -cf - . | tar -C /opt/mycoswarm/source --no-same-owner --no-same-permissions -xf -';

/**
 * Steps that make a copy of an installation in /opt/mycoswarm, with an environment of its own; what starts it is not
 * changed yet.
 */
export function moveSteps(input: CheckInput, instance: InstanceProfile): FixStep[] {
  const { source, virtualEnvironment } = instance;
  const inside =
    source !== null && virtualEnvironment !== null && virtualEnvironment !== source
      ? isWithin(virtualEnvironment, source)
      : false;
  const excluded =
    inside && source !== null && virtualEnvironment !== null
      ? virtualEnvironment.slice(source === '/' ? 1 : source.length + 1)
      : '.venv';
  return [
    asRoot(
      input,
      'Make a place that only the administrator can write',
    )`install -d -o root -g root -m 0755 -- /opt/mycoswarm`,
    ...(source === null
      ? []
      : [
          asRoot(
            input,
            'Copy the source there, without the old environment',
          )`sh -c ${COPY_SOURCE} sh ${source} ${excluded}`,
          byHand(
            'Compare the copy in /opt/mycoswarm/source with the released version of mycoSwarm, or put a fresh download in its place: the agent could change it until now, and the installation below runs it as administrator.',
          ),
        ]),
    asRoot(
      input,
      'Make a new environment, for environments cannot be moved; Debian and Ubuntu need the package python3-venv for it',
    )`sh -c ${'umask 022 && exec python3 -m venv --clear /opt/mycoswarm/venv'}`,
    source === null
      ? byHand(
          'Install mycoSwarm into it with /opt/mycoswarm/venv/bin/pip, from a list with exact versions.',
          true,
        )
      : asRoot(
          input,
          'Install mycoSwarm into it, from the copy',
        )`sh -c ${'umask 022 && exec /opt/mycoswarm/venv/bin/pip install /opt/mycoswarm/source'}`,
    asRoot(input, 'See that the new copy starts')`test -x /opt/mycoswarm/venv/bin/mycoswarm`,
  ];
}
