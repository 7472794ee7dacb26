import { isWithin } from '#core/facts/profile/paths.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import { agentOf } from './agent.ts';
import type { CheckInput } from './check.ts';
import { asRoot, byHand } from './steps.ts';

/** Where a copy of mycoSwarm goes that only the administrator can change. */
export const MOVED_PROGRAM = '/opt/mycoswarm/venv/bin/mycoswarm';

/** Everything but environments and version control; owners and set-uid bits stay behind (tar(1)). */
const COPY_SOURCE =
  'umask 022 && install -d -o root -g root -m 0755 -- /opt/mycoswarm/source && tar -C "$1" --anchored --no-wildcards --exclude=./.venv --exclude=./venv --exclude=./.git --exclude="./$2" -cf - . | tar -C /opt/mycoswarm/source --no-same-owner --no-same-permissions -xf -';

/**
 * The packages of an environment, and its console script with the new interpreter in its first line. They are read as the
 * account that owns them: a link that it planted then leads to nothing that it cannot read itself.
 */
const COPY_PACKAGES =
  'umask 022; cd / && v=$(/opt/mycoswarm/venv/bin/python3 -I -S -c "import sys; print(\'python%d.%d\' % sys.version_info[:2])") && from="$2/lib/$v/site-packages" && to="/opt/mycoswarm/venv/lib/$v/site-packages" && runuser -u "$1" -- test -d "$from/mycoswarm" && runuser -u "$1" -- tar -C "$from" -cf - . | tar -C "$to" --no-same-owner --no-same-permissions -xf - && chmod -R a+rX -- "$to" && runuser -u "$1" -- sed "1s|^#!.*|#!/opt/mycoswarm/venv/bin/python3|" "$2/bin/mycoswarm" > /opt/mycoswarm/venv/bin/mycoswarm && chmod 0755 /opt/mycoswarm/venv/bin/mycoswarm';

/**
 * The interpreter of the system first: one that root installed for itself lies in /root, where the service cannot read it.
 */
const newEnvironment = (options: string) =>
  `umask 022 && PATH=/usr/bin:/bin:/usr/local/bin exec python3 -m venv ${options} /opt/mycoswarm/venv`;

/** How the program gets into the new environment: from its source, else from the environment that it has now. */
function installSteps(input: CheckInput, instance: InstanceProfile): FixStep[] {
  const { source, virtualEnvironment } = instance;
  if (source !== null)
    return [
      asRoot(
        input,
        'Make a new environment, for environments cannot be moved; Debian and Ubuntu need the package python3-venv for it',
      )`sh -c ${newEnvironment('--clear')}`,
      asRoot(
        input,
        'Install mycoSwarm into it, from the copy',
      )`sh -c ${'umask 022 && exec /opt/mycoswarm/venv/bin/pip install /opt/mycoswarm/source'}`,
    ];
  if (virtualEnvironment !== null)
    return [
      asRoot(
        input,
        'Make a new environment, for environments cannot be moved',
      )`sh -c ${newEnvironment('--clear --without-pip')}`,
      asRoot(
        input,
        'Copy mycoSwarm and its packages into it, in the versions that run now',
      )`sh -c ${COPY_PACKAGES} sh ${agentOf(input, instance).login} ${virtualEnvironment}`,
      byHand(
        'Compare the copy in /opt/mycoswarm/venv with the released versions, or install them there anew: the agent could change it until now.',
      ),
    ];
  return [
    asRoot(
      input,
      'Make a new environment, for environments cannot be moved; Debian and Ubuntu need the package python3-venv for it',
    )`sh -c ${newEnvironment('--clear')}`,
    byHand(
      'Install mycoSwarm into it with /opt/mycoswarm/venv/bin/pip, from a list with exact versions.',
      true,
    ),
  ];
}

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
    ...installSteps(input, instance),
    asRoot(input, 'See that the new copy starts')`test -x /opt/mycoswarm/venv/bin/mycoswarm`,
  ];
}
