import { announce, type Context, requireNode } from './context.ts';
import type { ConsoleService } from './service.ts';

/** Where the operator is in the guided set-up of each node. */
export function setupGroup(context: Context): ConsoleService['setup'] {
  return {
    async get({ node }) {
      await requireNode(context, node);
      return context.store.setup({ node });
    },
    async save(progress) {
      await requireNode(context, progress.node);
      const tidy = { ...progress, later: [...new Set(progress.later)] };
      await context.store.saveSetup({ progress: tidy });
      announce(context, 'setup', progress.node);
      return tidy;
    },
  };
}
