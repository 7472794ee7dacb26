import { z } from 'zod';
import { listOf, numericId, pathText, portNumber, shortText, shownName } from './bounds.ts';

/** How an installation of mycoSwarm was recognised. */
export const detectionKind = z.enum(['systemd', 'by-hand', 'pip-user', 'declared']);

/** One installation of mycoSwarm on a node. Every path is absolute; null means "not found". */
export const instanceProfile = z.object({
  /** Stable within a node: the unit's name, else `uid-port`; with a number behind it when another one has that already. */
  id: shortText,
  detectedBy: detectionKind,
  /** Account under which the daemon runs (or, when it is stopped, is set to run). */
  user: shortText.nullable(),
  uid: numericId.nullable(),
  home: pathText.nullable(),
  /** Folder of configuration, token, plugins; normally `~/.config/mycoswarm`. */
  configurationFolder: pathText.nullable(),
  workspace: pathText.nullable(),
  source: pathText.nullable(),
  /** Root of the virtual environment (the folder with `pyvenv.cfg`), or null when none is used. */
  virtualEnvironment: pathText.nullable(),
  /** Folder with `site-packages` in which the distribution `mycoswarm` was found. */
  sitePackages: pathText.nullable(),
  unit: shortText.nullable(),
  version: shortText.nullable(),
  apiPort: portNumber.nullable(),
  dashboardPort: portNumber.nullable(),
  logFolder: pathText.nullable(),
  /** Processes of this installation at the time of the look. */
  pids: listOf(z.int().positive(), 512),
  running: z.boolean(),
});
export type InstanceProfile = z.infer<typeof instanceProfile>;

/** An installation of which nothing is known but where it came from: for what is filled in field by field. */
export function blankInstance(id: string, detectedBy: InstanceProfile['detectedBy']): InstanceProfile {
  return {
    id,
    detectedBy,
    user: null,
    uid: null,
    home: null,
    configurationFolder: null,
    workspace: null,
    source: null,
    virtualEnvironment: null,
    sitePackages: null,
    unit: null,
    version: null,
    apiPort: null,
    dashboardPort: null,
    logFolder: null,
    pids: [],
    running: false,
  };
}

/**
 * A place that a person names: absolute, one line, no way back in it. What the look finds may be anything; what is typed, or sent by
 * a page that somebody took over, ends in settings of units.
 */
const namedPlace = pathText
  .refine(
    (path) =>
      path.startsWith('/') &&
      !/\p{Cc}|\p{Cf}|\p{Cs}|\u2028|\u2029/u.test(path) &&
      !/(^|\/)\.\.?(\/|$)/.test(path),
    'A place is an absolute path of one line, without dots and unseen characters',
  )
  .nullable();

/** Corrections that the operator made in Setup; a field that is present replaces what was detected. */
export const profileCorrection = instanceProfile
  .pick({ apiPort: true, dashboardPort: true })
  .extend({
    user: shownName.nullable(),
    unit: shownName.nullable(),
    configurationFolder: namedPlace,
    workspace: namedPlace,
    source: namedPlace,
    virtualEnvironment: namedPlace,
    logFolder: namedPlace,
  })
  .partial()
  .extend({ instance: shortText });
export type ProfileCorrection = z.infer<typeof profileCorrection>;

/** What Swarmkeep found out about mycoSwarm on a node; `instances` is empty when there is none. */
export const profile = z.object({
  instances: listOf(instanceProfile, 16),
  /** Ids of instances whose fields the operator corrected. */
  corrected: listOf(shortText, 16),
  /** Places where a stopped installation could be and that could not be looked at; absent when all were seen. */
  unseen: listOf(z.object({ path: pathText, reason: shortText }), 64).optional(),
  /** How many installations were found besides those that are listed, and not looked at; absent when there are none. */
  omitted: z.int().min(1).optional(),
});
export type Profile = z.infer<typeof profile>;
