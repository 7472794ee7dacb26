import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { ENVIRONMENT } from './machine.ts';

const O_CLOEXEC = 0o2000000;

/**
 * Leaves behind what the caller brought: environment, umask, folder, and open descriptors above standard error. Node's own
 * descriptors close at exec (O_CLOEXEC), inherited ones do not; that tells them apart (fdinfo of proc(5)).
 */
export function harden(): void {
  process.env = { ...ENVIRONMENT };
  process.umask(0o077);
  process.chdir('/');
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name);
    if (descriptor <= 2) continue;
    try {
      const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'))?.[1];
      if (flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0) closeSync(descriptor);
    } catch {
      // It was the folder listing's own, and is closed already.
    }
  }
}
