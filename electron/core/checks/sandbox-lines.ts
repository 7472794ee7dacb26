import type { InstanceProfile } from '#shared/domain/profile.ts';
import { isInHome, LIMITS } from './own-unit.ts';
import { unitWord } from './steps.ts';

/** Drop-ins around a daemon: what each is for and how it is called. */
export const SANDBOX_DROP_IN = '50-swarmkeep-sandbox';
export const NAMESPACES_DROP_IN = '60-swarmkeep-namespaces';

/** What the daemon itself has to write besides its workspace; settings and plugins are not the agent's to change. */
export function stateFiles({ configurationFolder }: Pick<InstanceProfile, 'configurationFolder'>): string[] {
  return configurationFolder === null ? [] : [`${configurationFolder}/access.log`];
}

/** What the daemon has to read, so that a limit on homes must leave it readable. */
function readPlaces({ home, source, virtualEnvironment, sitePackages }: InstanceProfile): string[] {
  return [home, source, virtualEnvironment, sitePackages].filter((path) => path !== null);
}

/**
 * Lines of the section `[Service]` with the strongest limits under which mycoSwarm works (systemd.exec(5), "Sandboxing"). The
 * namespaces of users and networks stay possible: it isolates code of agents with them, and without them it runs that code
 * all the same, with the network.
 */
export function sandboxLines(instance: InstanceProfile): string[] {
  const writable = [...(instance.workspace === null ? [] : [instance.workspace]), ...stateFiles(instance)];
  const isHome = [...writable, ...readPlaces(instance)].some(isInHome);
  return [
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    `ProtectHome=${isHome ? 'read-only' : 'yes'}`,
    ...LIMITS,
    ...NAMESPACE_LINES,
    'SystemCallArchitectures=native',
    ...(writable.length > 0
      ? [`ReadWritePaths=${writable.map((path) => unitWord(`-${path}`)).join(' ')}`]
      : []),
  ];
}

/** Lets a unit make the namespaces that code is isolated with, and no other kind. */
export const NAMESPACE_LINES: readonly string[] = ['RestrictNamespaces=', 'RestrictNamespaces=user net'];

/** Where the AppArmor profile of mycoSwarm's own Python lies. */
export const APPARMOR_PROFILE = '/etc/apparmor.d/swarmkeep-mycoswarm';

/** Name of that profile, and what a unit says to run in it; a profile that is not loaded does not keep it from starting. */
export const APPARMOR_LINES: readonly string[] = ['AppArmorProfile=-swarmkeep-mycoswarm'];
export const APPARMOR_DROP_IN = '55-swarmkeep-apparmor';

/**
 * An AppArmor profile that allows user namespaces to mycoSwarm and to what it starts, and to nobody else (apparmor.d(5)). A
 * unit names it: a profile attached to a path is looked up by the file behind every link, and that is the Python of all.
 */
export function apparmorLines({ unit, virtualEnvironment }: InstanceProfile): string[] {
  const python = virtualEnvironment === null ? '/usr/bin/python3' : `${virtualEnvironment}/bin/python3`;
  return [
    'abi <abi/4.0>,',
    'include <tunables/global>',
    `profile swarmkeep-mycoswarm ${unit === null ? `"${python}" ` : ''}flags=(unconfined) {`,
    '  userns,',
    '}',
  ];
}

/** File of sysctl.d(5) that keeps user namespaces possible over a reboot. */
export const NAMESPACES_SYSCTL = '/etc/sysctl.d/60-swarmkeep-namespaces.conf';
