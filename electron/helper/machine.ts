import { HELPER_STATE_FOLDER } from '#shared/domain/helper/state-folder.ts';

/**
 * The machine as the helper sees it. The installed program uses `MACHINE` and nothing else; tests hand in another one,
 * which is why nothing here is read from environment or arguments.
 */
export interface Machine {
  /** Undo records, root only. */
  stateFolder: string;
  /** Where the helper itself lies; no verb may touch it. */
  ownFolder: string;
  /** Where programs are looked for, in this order. */
  programFolders: readonly string[];
  /** systemd runs as process 1 (sd_booted(3)). */
  systemd: boolean;
  /** The machine is starting: what was in force only until it went down is gone by itself, and units start later. */
  booting?: boolean;
  /** Descriptor of the lock that this run holds. */
  lock?: number;
  /** This run is the one that may fetch packages. */
  fetches?: boolean;
  /** Runs between two acts of a step; tests throw or end the process in it. */
  pause?: (point: string) => void;
}

export const STATE_FOLDER = HELPER_STATE_FOLDER;
export const OWN_FOLDER = '/usr/local/libexec/swarmkeep';
export const PROGRAM_FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;
/** The only environment that helper and children have. */
export const ENVIRONMENT = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  HOME: '/root',
} as const;
