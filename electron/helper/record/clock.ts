import { readFileSync } from 'node:fs';

/** Seconds since boot, time asleep included (CLOCK_BOOTTIME, as /proc/uptime gives it; proc(5)). */
export function secondsSinceBoot(): number {
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
}

/** Names this boot of the machine (random(4)). */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
