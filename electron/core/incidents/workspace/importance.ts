import type { AgentPlaces } from '#core/incidents/evidence/places.ts';
import { FILE_IMPORTANCE, type FileImportance } from '#shared/domain/incident/workspace.ts';
import type { TreeEntry } from './tree.ts';

const ORDER = Object.keys(FILE_IMPORTANCE) as FileImportance[];

/** @returns the place of an importance in the order; smaller matters more */
export const importanceRank = (importance: FileImportance): number => ORDER.indexOf(importance);

const HOME_START =
  /^(?:\.bash(?:rc|_profile|_login|_logout|_aliases)|\.profile|\.z(?:shrc|shenv|profile|login)|\.pam_environment|\.x(?:sessionrc|profile|initrc)|\.config\/(?:fish\/.*|autostart\/.*|environment\.d\/.*)|\.ssh\/rc|\.local\/lib\/python[^/]*\/site-packages\/(?:[^/]*\.pth|(?:site|user)customize\.py))$/;
const SYSTEM_START =
  /^\/etc\/(?:rc\.local|profile|bash\.bashrc|environment|ld\.so\.preload|ld\.so\.conf|anacrontab$|(?:init|profile|ld\.so\.conf|udev\/rules|pam|modules-load|modprobe|update-motd|sudoers)\.d(?:\/|$)|sudoers$|xdg\/autostart\/|security\/|ssh\/sshd_config)/;
const KEY =
  /(?:^|\/)(?:authorized_keys2?|known_hosts|id_[a-z0-9_-]+(?:\.pub)?|swarm-token[^/]*|node_id|\.netrc|\.git-credentials|\.npmrc|\.pypirc|\.pgpass|\.htpasswd|credentials(?:\.json)?|[^/]+\.(?:pem|key|p12|pfx|kdbx|keytab))$|\/\.ssh\/|\/\.gnupg\/|\/\.aws\/|^\/etc\/ssh\/ssh_host_/;
const UNIT = /\/systemd\/|\.(?:service|timer|socket|path|mount|automount|target|slice)$/;
const CRON = /^\/etc\/(?:crontab|anacrontab|cron\.)|^\/var\/spool\/(?:cron|at)(?:\/|$)/;
const PROGRAM = /\.(?:py|pyc|pth|sh|bash|so(?:\.[0-9.]+)?|js|mjs|cjs|pl|rb|lua|php|jar|wasm)$/;

const below = (path: string, folder: string): string | null =>
  path.startsWith(`${folder.replace(/\/+$/, '')}/`)
    ? path.slice(folder.replace(/\/+$/, '').length + 1)
    : null;

/**
 * What a file matters for, most first: what comes back by itself after a restart before all else.
 * @param path one character a byte
 * @param entry as it is, or as it was when it is gone
 */
export function importanceOf(path: string, entry: TreeEntry, places: AgentPlaces): FileImportance {
  for (const folder of places.configurationFolders)
    if (below(path, `${folder}/plugins`) !== null || path === `${folder}/plugins`) return 'plugin';
  const program = entry.kind === 'file' || entry.kind === 'link';
  for (const home of places.homes) {
    const rest = below(path, home);
    if (rest !== null && HOME_START.test(rest)) return 'start-file';
  }
  if (/^\/root\/\.(?:bashrc|profile)$/.test(path)) return 'start-file';
  if (!CRON.test(path) && SYSTEM_START.test(path)) return 'start-file';
  if (entry.kind === 'file' && (entry.mode & 0o6000) !== 0) return 'setuid';
  if (program && KEY.test(path)) return 'key';
  if (UNIT.test(path)) return 'unit';
  if (CRON.test(path)) return 'cron';
  if (program && ((entry.kind === 'file' && (entry.mode & 0o111) !== 0) || PROGRAM.test(path)))
    return 'executable';
  if (path.startsWith('/etc/') || places.configurationFolders.some((folder) => below(path, folder) !== null))
    return 'configuration';
  return 'other';
}
