import type { AgentPlaces } from '#core/incidents/evidence/places.ts';

/** Places of the system from which something starts by itself or somebody is let in; those that are not there cost nothing. */
export const SYSTEM_PLACES = [
  '/etc/systemd',
  '/usr/local/lib/systemd',
  '/etc/crontab',
  '/etc/anacrontab',
  '/etc/cron.d',
  '/etc/cron.hourly',
  '/etc/cron.daily',
  '/etc/cron.weekly',
  '/etc/cron.monthly',
  '/var/spool/cron',
  '/var/spool/at',
  '/etc/rc.local',
  '/etc/init.d',
  '/etc/profile',
  '/etc/profile.d',
  '/etc/bash.bashrc',
  '/etc/environment',
  '/etc/ld.so.preload',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/udev/rules.d',
  '/etc/pam.d',
  '/etc/security',
  '/etc/sudoers',
  '/etc/sudoers.d',
  '/etc/ssh',
  '/etc/xdg/autostart',
  '/etc/modules-load.d',
  '/etc/modprobe.d',
  '/root/.ssh',
  '/root/.bashrc',
  '/root/.profile',
  '/usr/local/bin',
  '/usr/local/sbin',
] as const;

/**
 * @param places of the agent on the node
 * @param system whether the places of the system are watched too; tests leave them out
 * @returns folders and files that a baseline holds, none of them within another one
 */
export function watchedPlaces(places: AgentPlaces, system = true): string[] {
  const all = [
    ...places.homes,
    ...places.configurationFolders,
    ...places.workspaces,
    ...places.code,
    ...(system ? SYSTEM_PLACES : []),
  ].map((path) => path.replace(/\/+$/, ''));
  const unique = [...new Set(all)].filter((path) => path !== '').sort();
  return unique.filter((path) => !unique.some((other) => other !== path && path.startsWith(`${other}/`)));
}
