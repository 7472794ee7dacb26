import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { findProgram, mustRun, runProgram } from '../run/run-program.ts';

const SYSTEMCTL_MS = 120_000;

/** Refuses `missing-tool` where systemd does not run: units are files there, and nothing starts them. */
export function needSystemd(machine: Machine): void {
  if (!machine.systemd || findProgram(machine, 'systemctl') === null)
    throw new Refused('missing-tool', 'systemd does not run on this node, so units cannot be changed.');
}

/** What a unit does now and at boot, as systemctl(1) names it. */
export interface UnitState {
  enabled: string;
  active: string;
}

/** `is-enabled` and `is-active` of a unit: words such as `enabled`, `masked`, `active`, `inactive`, `failed`. */
export function unitState(machine: Machine, unit: string): UnitState {
  const ask = (question: string) => {
    const end = runProgram(machine, { program: 'systemctl', arguments: [question, '--', unit] });
    if (end.timedOut) throw new Refused('timed-out', 'systemd does not answer.');
    return end.output.toString('utf8').trim().split('\n')[0]?.slice(0, 64) || 'not-found';
  };
  return { enabled: ask('is-enabled'), active: ask('is-active') };
}

/** Runs one systemctl command about a unit; refuses with its words when it fails. */
export function systemctl(machine: Machine, ...words: readonly string[]): void {
  mustRun(machine, { program: 'systemctl', arguments: words, timeoutMs: SYSTEMCTL_MS });
}

/**
 * Brings a unit into that state again: what it does at boot first, then whether it runs. While the machine starts, units do
 * that by themselves; one that was planned for this boot by what is taken back now is stopped, and the other way round.
 */
export function restoreUnit(machine: Machine, unit: string, was: UnitState): void {
  const now = unitState(machine, unit);
  if (now.enabled !== was.enabled) {
    if (now.enabled.startsWith('masked')) systemctl(machine, 'unmask', '--', unit);
    if (was.enabled === 'enabled') systemctl(machine, 'enable', '--quiet', '--', unit);
    if (was.enabled === 'enabled-runtime') systemctl(machine, 'enable', '--quiet', '--runtime', '--', unit);
    if (was.enabled === 'disabled') systemctl(machine, 'disable', '--quiet', '--', unit);
    if (was.enabled === 'masked') systemctl(machine, 'mask', '--quiet', '--', unit);
  }
  const ran = ['active', 'activating', 'reloading'].includes(was.active);
  const runs = ['active', 'activating', 'reloading'].includes(now.active);
  if (machine.booting) {
    const [wanted, planned] = [was.enabled === 'enabled', now.enabled === 'enabled'];
    // Waiting for a unit here could wait for ever: it may wait for this boot to get on.
    if (ran && wanted && !planned) systemctl(machine, 'start', '--no-block', '--', unit);
    if (!ran && !wanted && planned) systemctl(machine, 'stop', '--no-block', '--', unit);
    return;
  }
  if (ran && !runs) systemctl(machine, 'start', '--', unit);
  if (!ran && runs) systemctl(machine, 'stop', '--', unit);
}
