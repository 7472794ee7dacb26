import { findBackgroundProgram } from '#core/audit/background/background-program.ts';
import { type BackgroundUnit, backgroundUnit } from '#core/audit/background/background-unit.ts';
import { userManager } from '#core/audit/background/user-manager.ts';
import type { BackgroundWatch } from '#shared/domain/audit/background.ts';
import { announce, type Context } from './context.ts';
import { type ConsoleAudit, ConsoleError } from './service.ts';

/** @returns the unit of this console's own records, on this computer */
export function ownBackgroundUnit(dataFolder: string): BackgroundUnit {
  return backgroundUnit({ manager: userManager(), program: findBackgroundProgram(), dataFolder });
}

/** Watching while no window is open. One switch at a time. */
export function backgroundGroup(
  context: Pick<Context, 'ledger' | 'changes' | 'clock'>,
  unit: BackgroundUnit,
): Pick<ConsoleAudit, 'background' | 'setBackground'> {
  let last: Promise<unknown> = Promise.resolve();

  async function set(on: boolean): Promise<BackgroundWatch> {
    const before = await unit.state();
    if (on === before.enabled && !(on && before.outdated)) return before;
    const changes = [
      { setting: 'watch in the background', from: String(before.enabled), to: String(on), relaxes: !on },
    ];
    // Watching less is on record before it is so.
    const event = { kind: 'settings-changed' as const, where: null, what: { changes } };
    await context.ledger.append([event], on ? 'go-on' : 'refuse');
    const { state, failed } = await (on ? unit.turnOn() : unit.turnOff());
    announce(context, 'settings');
    if (failed === null) return state;
    throw new ConsoleError('NOT_ALLOWED', failed.slice(0, 500), {
      untouched: state.enabled ? 'The unit is there.' : 'No unit is left behind.',
      next: 'Logs are followed while this console runs, as before.',
    });
  }

  return {
    background: () => unit.state(),
    setBackground({ on }) {
      const mine = last.then(() => set(on));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
