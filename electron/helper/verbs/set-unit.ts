import { z } from 'zod';
import { unitName } from '#shared/domain/helper/targets.ts';
import { needSystemd, restoreUnit, systemctl, unitState } from './systemctl.ts';
import { anyVerb } from './verb.ts';

const state = z.strictObject({ enabled: z.string().max(64), active: z.string().max(64) });
const before = z.strictObject({ unit: unitName, state });

const words = ({ enabled, active }: z.infer<typeof state>) => `${enabled}, ${active}`;
/** A unit that ended or is starting by itself is not somebody's doing; what it does at boot is. */
const running = (active: string) => ['active', 'activating', 'reloading'].includes(active);

/** What a unit does now and at boot (`set-unit` of the protocol). */
export const setUnit = anyVerb<'set-unit', z.infer<typeof before>, z.infer<typeof state>>({
  verb: 'set-unit',
  before,
  left: state,
  target: (action) => action.unit,
  look: ({ unit }, { machine }) => {
    needSystemd(machine);
    return { unit, state: unitState(machine, unit) };
  },
  perform: ({ unit, enabled, action, reread }, kept, { machine }) => {
    if (reread) systemctl(machine, 'daemon-reload');
    if (enabled !== undefined) systemctl(machine, enabled ? 'enable' : 'disable', '--quiet', '--', unit);
    machine.pause?.('enabled');
    if (action !== undefined) systemctl(machine, action, '--', unit);
    const now = unitState(machine, unit);
    const already =
      (action === undefined || action === 'start' || action === 'stop') && words(now) === words(kept.state);
    return { left: now, already, notUndone: null, output: '' };
  },
  differences: ({ unit, state: was }, left, { machine, record }) => {
    const now = unitState(machine, unit);
    if (left === null || record.marked('undoing') !== null) return [];
    const same = (a: typeof now) =>
      a.enabled === now.enabled && (machine.booting === true || running(a.active) === running(now.active));
    if (same(was) || same(left)) return [];
    return [{ path: unit, what: 'state', left: words(left), now: words(now) }];
  },
  takeBack: ({ unit, state: was }, _left, { machine, record }) => {
    record.mark('undoing', {});
    restoreUnit(machine, unit, was);
    return `${unit} is ${words(was)} again.`;
  },
});
