import { PACKAGES } from './first-boot.ts';
import { KIT } from './layout.ts';
import type { NodeFile } from './node-files.ts';

/** @returns the name under which a file of the node lies in the kit */
export const nameInKit = (path: string): string => path.slice(1).replaceAll('/', '__');

/**
 * A script for systems without cloud-init (sh(1), as root, from the folder in which it lies): packages, the same files at the same places, and the same script of the first
 * start.
 */
export function installScript(files: readonly NodeFile[]): string {
  const copies = files.map(
    ({ path, mode }) => `install -D -o root -g root -m ${mode} './${nameInKit(path)}' '${path}'`,
  );
  return `#!/bin/sh
# Sets up a node of mycoSwarm by hand. Run it as administrator, from the folder in which it lies.
set -eu
umask 022
cd "$(dirname "$0")"
[ "$(id -u)" -eq 0 ] || { echo 'Run it as administrator: sudo sh install.sh' >&2; exit 1; }
[ -s "$(getent passwd "\${SUDO_USER:-root}" | cut -d : -f 6)/.ssh/authorized_keys" ] || { echo 'First put your key onto this machine (ssh-copy-id) and log in with it: passwords are switched off for SSH.' >&2; exit 1; }
apt-get update -q
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends ${PACKAGES.join(' ')}
install -d -o root -g root -m 0755 ${KIT}
${copies.join('\n')}
install -o root -g root -m 0755 ./first-boot.sh ${KIT}/first-boot.sh
exec /bin/sh ${KIT}/first-boot.sh
`;
}
