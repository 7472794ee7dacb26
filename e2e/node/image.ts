import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './run-program.ts';

/** A bootable Debian: kernel and initrd for a direct boot, a raw disk that is never written to, the key of its root. */
export interface Image {
  folder: string;
  kernel: string;
  initrd: string;
  disk: string;
  key: string;
}

const PACKAGES = [
  'systemd-sysv',
  'dbus',
  'libpam-systemd',
  'udev',
  'systemd-timesyncd',
  'polkitd',
  'pkexec',
  'openssh-server',
  'sudo',
  'nftables',
  'iptables',
  'auditd',
  'ufw',
  'firewalld',
  'docker.io',
  'apparmor',
  'uidmap',
  'acl',
  'iproute2',
  'iputils-ping',
  'procps',
  'netbase',
  'curl',
  'ca-certificates',
  'git',
  'python3',
  'python3-venv',
  'apt-utils',
  'linux-image-cloud-amd64',
  'initramfs-tools',
];

/** Services that a scenario starts when it wants them. */
const DORMANT = ['ufw', 'firewalld', 'docker', 'containerd', 'docker.socket', 'auditd', 'nftables'];

const INITRD = `mkdir -p "$1/etc/initramfs-tools/conf.d"
printf 'MODULES=list\\nCOMPRESS=lz4\\n' > "$1/etc/initramfs-tools/conf.d/small"
printf 'virtio_pci\\nvirtio_blk\\nvirtio_net\\next4\\n' > "$1/etc/initramfs-tools/modules"`;

/** Packages that a scenario can do without and a fix installs: there is no way out of a test node. */
export const ARCHIVE = '/srv/archive';

const CUSTOMIZE = `chroot "$1" sh -c 'for unit in ${DORMANT.join(' ')}; do systemctl disable "$unit" || true; done'
mkdir -p "$1/root/.ssh" "$1/etc/systemd/network"
cp "$SWARMKEEP_KEY" "$1/root/.ssh/authorized_keys"
chmod 700 "$1/root/.ssh"
printf '/dev/vda / ext4 defaults 0 1\\n' > "$1/etc/fstab"
printf 'node\\n' > "$1/etc/hostname"
printf '127.0.0.1 localhost node\\n' > "$1/etc/hosts"
printf '[Match]\\nName=e*\\n[Network]\\nDHCP=ipv4\\n' > "$1/etc/systemd/network/20-wired.network"
chroot "$1" systemctl enable systemd-networkd ssh
mkdir -p "$1${ARCHIVE}"
(cd "$1${ARCHIVE}" && APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get download -q=2 auditd libauparse0 && chmod 644 ./*.deb)`;

function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const recipe = createHash('sha256')
    .update(PACKAGES.join() + INITRD + CUSTOMIZE)
    .digest('hex')
    .slice(0, 16);
  return join(base, 'swarmkeep', `test-node-${recipe}`);
}

async function buildInto(folder: string): Promise<void> {
  const key = join(folder, 'key');
  const root = join(folder, 'root');
  await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'swarmkeep-test', '-f', key]);
  const hook = join(folder, 'customize.sh');
  await writeFile(hook, `#!/bin/sh\nset -eu\nSWARMKEEP_KEY=${key}.pub\n${CUSTOMIZE}\n`);
  await chmod(hook, 0o755);
  await mustRun(
    'mmdebstrap',
    [
      '--variant=minbase',
      '--mode=root',
      '--aptopt=Apt::Install-Recommends "false"',
      // The package lists stay: the check of pending updates reads them and fetches nothing.
      '--skip=cleanup/apt/lists',
      `--include=${PACKAGES.join(',')}`,
      `--essential-hook=${INITRD}`,
      `--customize-hook=${hook}`,
      'bookworm',
      root,
    ],
    { timeoutMs: 600_000 },
  );
  const boot = await readdir(join(root, 'boot'));
  for (const [prefix, name] of [
    ['vmlinuz-', 'kernel'],
    ['initrd.img-', 'initrd'],
  ] as const) {
    const file = boot.find((entry) => entry.startsWith(prefix));
    if (!file) throw new Error(`the image has no ${prefix}*`);
    await cp(join(root, 'boot', file), join(folder, name));
  }
  await mustRun('mke2fs', ['-q', '-t', 'ext4', '-d', root, join(folder, 'disk.raw'), '4G'], {
    timeoutMs: 300_000,
  });
  await rm(root, { recursive: true, force: true });
}

/**
 * Build a minimal Debian 12 with systemd, sshd, nftables, auditd, Docker and Python, or take it from the cache
 * (`$XDG_CACHE_HOME/swarmkeep`). Needs root, mmdebstrap, e2fsprogs and Debian's archive; about two minutes once.
 */
export async function ensureImage(): Promise<Image> {
  const folder = cacheFolder();
  const image: Image = {
    folder,
    kernel: join(folder, 'kernel'),
    initrd: join(folder, 'initrd'),
    disk: join(folder, 'disk.raw'),
    key: join(folder, 'key'),
  };
  if (existsSync(image.disk)) return image;
  const building = `${folder}.building`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { recursive: true, mode: 0o700 });
  await buildInto(building);
  await rm(folder, { recursive: true, force: true });
  await rename(building, folder);
  await readFile(image.kernel);
  return image;
}

const TOOLS = ['/usr/bin/mmdebstrap', '/usr/sbin/mke2fs', '/usr/bin/ssh'];

/** Why no image can be built here, in words for a skipped test; null when it can. */
export function whyNoImage(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'a test node is started on Linux x64 only';
  if (process.getuid?.() !== 0) return 'building a test node needs root';
  const missing = TOOLS.filter((tool) => !existsSync(tool));
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`;
}
