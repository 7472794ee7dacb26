import type { AuditThreads } from './audit-threads.ts';
import { announce, type Context } from './context.ts';
import { type ConsoleAudit, ConsoleError } from './service.ts';

type Asking = <T>(work: (threads: AuditThreads) => Promise<T>) => Promise<T>;

/** Changes of settings that one event of the ledger holds. */
const MOST_TOLD = 64;

/** The operator's own Sigma rules. What can make other rules say less is on record before it is so. */
export function ownRulesGroup(
  context: Pick<Context, 'ledger' | 'changes' | 'clock'>,
  ask: Asking,
): Pick<ConsoleAudit, 'ownRules' | 'addRules' | 'removeRules' | 'setRuleValues'> {
  async function tell(
    changes: { setting: string; from: string; to: string; relaxes: boolean }[],
  ): Promise<void> {
    for (let from = 0; from < changes.length; from += MOST_TOLD) {
      const piece = changes.slice(from, from + MOST_TOLD);
      const event = { kind: 'settings-changed' as const, where: null, what: { changes: piece } };
      await context.ledger.append([event], piece.some(({ relaxes }) => relaxes) ? 'refuse' : 'go-on');
    }
  }

  return {
    ownRules: () => ask(({ writer }) => writer.ownRules()),

    async addRules({ files }) {
      const { usable, faults, mayHide } = await ask(({ writer }) => writer.checkRules({ files }));
      const there = new Set((await ask(({ writer }) => writer.ownRules())).files.map(({ name }) => name));
      await tell(
        usable.map(({ name }) => ({
          setting: `own rules of ${name}`,
          from: there.has(name) ? 'what they were' : 'absent',
          to: there.has(name) ? 'replaced' : 'added',
          // What is replaced may have found more.
          relaxes: there.has(name) || mayHide.includes(name),
        })),
      );
      if (usable.length > 0) await ask(({ writer }) => writer.addRules({ files: usable }));
      announce(context, 'audit');
      return { added: usable.map(({ name }) => name), faults };
    },

    async removeRules({ name }) {
      const there = (await ask(({ writer }) => writer.ownRules())).files;
      if (!there.some((file) => file.name === name)) throw noSuchFile();
      await tell([{ setting: `own rules of ${name}`, from: 'in force', to: 'removed', relaxes: true }]);
      const text = await ask(({ writer }) => writer.removeRules({ name }));
      announce(context, 'audit');
      if (text === null) throw noSuchFile();
      return { name, text };
    },

    async setRuleValues({ name, values }) {
      const before = (await ask(({ writer }) => writer.ownRules())).placeholders;
      const had = before.find((placeholder) => placeholder.name === name)?.values ?? [];
      const [from, to] = [had, values].map(
        (list) => `${list.length} ${list.length === 1 ? 'value' : 'values'}`,
      );
      const fewer = had.some((value) => !values.includes(value));
      await tell([
        { setting: `values of %${name}% in own rules`, from: from ?? '', to: to ?? '', relaxes: fewer },
      ]);
      const after = await ask(({ writer }) => writer.setRuleValues({ name, values }));
      announce(context, 'audit');
      return after;
    },
  };
}

function noSuchFile(): ConsoleError {
  return new ConsoleError('NOT_ALLOWED', 'There is no such rule file.', {
    untouched: 'Nothing was changed.',
    next: 'Look at the list again.',
  });
}
