import { createHash } from 'node:crypto';
import type { TestNode } from './helper-node.ts';

/**
 * Everything below a folder of a test node, as text that is equal only when contents, owners, modes, access lists, extended
 * attributes, links and times (ns) are equal: GNU tar's own listing of it. `skip` are paths left out.
 */
export function snapshot(node: TestNode, folder: string, skip: readonly string[] = []): string {
  // Without access and change times: looking at a file changes the one, every restoring the other.
  const options = [
    '--format=pax',
    '--pax-option=delete=atime,delete=ctime',
    '--xattrs',
    '--xattrs-include=*',
    '--acls',
    '--numeric-owner',
    '--sort=name',
    '--one-file-system',
    ...skip.map((path) => `--exclude=${path}`),
  ];
  const script = 'folder=$1; shift; tar --create --file=- "$@" --directory="$folder" . | sha256sum';
  return node.run('sh', '-c', script, 'sh', folder, ...options).trim();
}

export const sha256Of = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
