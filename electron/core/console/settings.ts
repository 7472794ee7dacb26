import { announce, type Context } from './context.ts';
import type { Recheck } from './recheck.ts';
import type { ConsoleService } from './service.ts';
import { settingsEvent } from './settings-event.ts';

/** What the operator can set. Settings that checks know are applied to the facts at hand, without a new look. */
export function settingsGroup(context: Context, recheck: Recheck): ConsoleService['settings'] {
  return {
    get: () => context.store.settings(),
    async set(input) {
      const before = await context.store.settings();
      const event = settingsEvent(before, input);
      const relaxes = event?.what.changes.some((change) => change.relaxes) ?? false;
      // What makes the console content with less must be on record; being stricter never waits for the ledger.
      await context.ledger.recorded(
        'setSettings',
        { settings: input },
        event === null ? [] : [event],
        relaxes ? 'refuse' : 'go-on',
      );
      announce(context, 'settings');
      const judged = ['secretMaxAgeDays', 'updateMaxAgeDays', 'clockToleranceMs'] as const;
      if (judged.some((name) => before[name] !== input[name])) await recheck.all();
      return context.store.settings();
    },
  };
}
