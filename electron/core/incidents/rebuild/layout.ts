import { blankInstance, type InstanceProfile } from '#shared/domain/profile.ts';

/**
 * Where everything lies on a node that a kit set up. The account has a number of its own choosing, so that rules which name it can be written
 * before it exists; it is of the system's own range (useradd(8), SYS_UID_MAX), and the first start refuses when it is taken.
 */
export const AGENT = { name: 'mycoswarm', uid: 790 } as const;
export const HOME = '/var/lib/mycoswarm';
export const CONFIGURATION = `${HOME}/.config/mycoswarm`;
export const WORKSPACE = `${HOME}/workspace`;
export const TOKEN = `${CONFIGURATION}/swarm-token`;
export const ENVIRONMENT = '/opt/mycoswarm/venv';
export const UNIT_NAME = 'mycoswarm.service';

/** What the kit itself needs there, and where the first start says how it went. */
export const KIT = '/var/lib/swarmkeep-kit';
export const OUTCOME = `${KIT}/outcome`;
export const CODE_FILE = `${KIT}/host-key-code`;
/** Rules that record the agent, by what uname(1) calls the machine; the last one is for all others. */
export const RECORDS = ['x86_64', 'aarch64', 'other'] as const;
export const recordsOf = (machine: (typeof RECORDS)[number]) => `${KIT}/audit-${machine}.rules`;
/** Shown above every login at the machine's own screen (issue.d, agetty(8)). */
export const ISSUE = '/etc/issue.d/60-swarmkeep.issue';

/** @returns the installation as a look will find it */
export const instanceOf = (port: number): InstanceProfile => ({
  ...blankInstance(UNIT_NAME, 'systemd'),
  user: AGENT.name,
  uid: AGENT.uid,
  home: HOME,
  configurationFolder: CONFIGURATION,
  workspace: WORKSPACE,
  virtualEnvironment: ENVIRONMENT,
  unit: UNIT_NAME,
  apiPort: port,
});
