import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

export const WORLD = '/srv/fuzz';
export const AGENT = 1_000;

/**
 * A small world of every trap: what belongs to root, what belongs to the agent, links and hard links that lead to the
 * canary, folders that others can write, FIFOs, devices, immutable-looking names. Built by sh; constant text.
 */
const BUILD = `
set -e
rm -rf ${WORLD} && mkdir -p ${WORLD} && cd ${WORLD} && umask 022
mkdir -p canary/inner && printf secret > canary/secret && printf inner > canary/inner/file && chmod 0600 canary/secret
printf twice > canary/twice
mkdir -p root/sub root/shared root/sticky && printf 'a\\nb\\nc\\n' > root/file && printf 'x' > root/sub/file
chmod 0777 root/shared && chmod 1777 root/sticky && printf y > root/shared/file && printf y > root/sticky/file
printf s > root/suid && chmod 4755 root/suid
mkdir -p agent/workspace/deep agent/foreign && printf 'one\\ntwo\\n' > agent/file && printf z > agent/workspace/file && printf d > agent/workspace/deep/file
ln -s ../canary agent/link && ln -s ../canary/secret agent/secret && ln -s / agent/top && ln -s ../../canary agent/workspace/link
ln -s /etc/passwd agent/passwd && ln -s nowhere agent/dangling
chown -hR ${AGENT}:${AGENT} agent && chown 2000:2000 agent/foreign
mkfifo agent/fifo && mknod root/null c 1 3
ln canary/twice agent/twice
mkdir agent/tree && printf 1 > agent/tree/a && mkdir agent/tree/b && ln -s ../../canary/secret agent/tree/b/l && chown -hR ${AGENT}:${AGENT} agent/tree
mkdir agent/swap && printf own > agent/swap/secret && ln -s ../canary agent/swap-other
printf own > agent/flip && ln -s ../canary/secret agent/flip-other
chown -hR ${AGENT}:${AGENT} agent/swap agent/swap-other agent/flip agent/flip-other
find . -depth -exec touch -h -d @1500000000.123456789 {} +
`;

/** Builds the world anew. */
export function buildWorld(): void {
  execFileSync('/bin/sh', ['-c', BUILD], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Every entry of the world by path: kind, owner, mode, time, contents. */
export function readWorld(folder: string = WORLD, into = new Map<string, string>()): Map<string, string> {
  const stat = lstatSync(folder, { bigint: true });
  const what = stat.isFile()
    ? createHash('sha1').update(readFileSync(folder)).digest('hex')
    : stat.isSymbolicLink()
      ? readlinkSync(folder)
      : '';
  into.set(folder, [stat.mode, stat.uid, stat.gid, stat.mtimeNs, stat.nlink, what].join(' '));
  if (stat.isDirectory()) for (const name of readdirSync(folder).sort()) readWorld(`${folder}/${name}`, into);
  return into;
}

/** Paths that differ between two looks. */
export function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path));
}

/** How an entry would look without setuid and setgid. */
export function unmarked(entry: string | undefined): string | undefined {
  const [mode, ...rest] = entry?.split(' ') ?? [];
  return mode === undefined ? undefined : [BigInt(mode) & ~0o6000n, ...rest].join(' ');
}
