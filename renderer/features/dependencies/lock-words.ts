import type { InstalledLock } from '#shared/domain/dependencies/before-install.ts';

/** What a lock is good for, and what it lacks. */
export function lockSentence({ command, hashed, unhashed }: InstalledLock): string {
  const lines = hashed + unhashed.length;
  if (lines === 0) return 'There is nothing in this place that an index could bring again.';
  if (command !== null)
    return 'pip then installs exactly these contents, or nothing. FILE stands for where you keep the lock.';
  const known =
    hashed === 0
      ? 'No line has'
      : `${hashed.toLocaleString('en')} of ${lines.toLocaleString('en')} lines have`;
  return `${known} one: pip keeps no hash of what it installed, so only a lock beside the source can tell. The lines say how to add the others.`;
}

/** A name that every system takes, whatever the node is called. */
export function fileNameOfLock(nodeName: string): string {
  const plain = nodeName.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return `requirements-${plain.slice(0, 64) || 'node'}.lock.txt`;
}
