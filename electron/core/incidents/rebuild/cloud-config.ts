import { dump } from 'js-yaml';
import type { RebuildWish } from '#shared/domain/incident/rebuild.ts';
import { PACKAGES } from './first-boot.ts';
import { KIT } from './layout.ts';
import type { NodeFile } from './node-files.ts';

type Machine = Pick<RebuildWish, 'hostName' | 'account' | 'keys'>;

/**
 * What cloud-init is told ("Module reference" of its documentation): one account that logs in by key, new host keys, packages, files, and the
 * script of the first start. There is no password in it and no secret.
 */
export function cloudConfig(
  machine: Machine,
  files: readonly NodeFile[],
  script: string,
): Record<string, unknown> {
  const { hostName, account, keys } = machine;
  const placed = [...files, { path: `${KIT}/first-boot.sh`, mode: '0755', text: script }];
  return {
    hostname: hostName,
    users: [
      {
        name: account,
        groups: ['sudo'],
        shell: '/bin/bash',
        lock_passwd: true,
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        ssh_authorized_keys: keys,
      },
    ],
    disable_root: true,
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_genkeytypes: ['ed25519'],
    package_update: true,
    package_upgrade: true,
    packages: [...PACKAGES],
    write_files: placed.map(({ path, mode, text }) => ({
      path,
      owner: 'root:root',
      permissions: mode,
      content: text,
    })),
    runcmd: [['/bin/sh', `${KIT}/first-boot.sh`]],
  };
}

const yaml = (value: unknown): string => `#cloud-config\n${dump(value, { lineWidth: -1, noRefs: true })}`;

/** @returns `user-data` for cloud-init's source NoCloud, and for Raspberry Pi OS from October 2025 on */
export const userData = (config: Record<string, unknown>): string => yaml(config);

/**
 * @param instance a new one, or cloud-init takes the machine for one that it set up already
 * @returns `meta-data` beside it
 */
export const metaData = (instance: string, hostName: string): string =>
  dump({ 'instance-id': instance, 'local-hostname': hostName });

/**
 * @returns `user-data` for the installer of Ubuntu Server ("Autoinstall configuration reference manual"): it asks which disk is wiped, and nothing else
 */
export const autoinstall = (config: Record<string, unknown>): string =>
  yaml({
    autoinstall: {
      version: 1,
      'interactive-sections': ['storage'],
      ssh: { 'install-server': true, 'allow-pw': false },
      'user-data': config,
    },
  });
