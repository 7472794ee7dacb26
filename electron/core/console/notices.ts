import { countChecks, isSample } from '#shared/domain/counting.ts';
import type { Context } from './context.ts';
import type { LookOutcome } from './look-runner.ts';
import { noticeOf, summaryOf } from './notice-words.ts';

/** One notification, for the shell to show. */
export interface ConsoleNotice {
  at: string;
  /** The node that it is about, when it is about one. */
  node: string | null;
  sentence: string;
}

/** Tells people what changed, and nothing else. */
export interface Notices {
  afterRound(outcomes: readonly LookOutcome[]): Promise<void>;
  weekly(at: string): Promise<void>;
  /** Keeps a notice, tells the pages and the shell. */
  give(notice: ConsoleNotice): Promise<void>;
}

/** @param notify the shell's own way to show a notification; must not throw */
export function createNotices(context: Context, notify: (notice: ConsoleNotice) => void): Notices {
  const { store, changes } = context;

  async function give(notice: ConsoleNotice): Promise<void> {
    await store.addNotice({ notice });
    changes.emit({ ...notice, what: 'notice' });
    notify(notice);
  }

  return {
    give,
    async afterRound(outcomes) {
      const { notifications } = await store.settings();
      if (!notifications.onChange) return;
      const meant = (await store.listNodes()).filter((node) => !isSample(node)).map((node) => node.id);
      const real = outcomes.filter((outcome) => meant.includes(outcome.node));
      const sentence = noticeOf(real);
      if (sentence === null) return;
      const concerned = real.filter((entry) => entry.changes.length > 0 || entry.availability !== 'same');
      const [only] = concerned.length === 1 ? concerned : [];
      await give({ at: context.clock.now().toISOString(), node: only?.node ?? null, sentence });
    },

    async weekly(at) {
      await store.setLastSummary({ at });
      const samples = new Set((await store.listNodes()).filter(isSample).map((node) => node.id));
      const open = (await store.findings({ node: null, check: null })).filter(
        (finding) => !samples.has(finding.node) && (finding.status === 'fix' || finding.status === 'review'),
      );
      const sentence = summaryOf(
        countChecks(open),
        [...new Set(open.map((finding) => finding.nodeName))].sort(),
      );
      if (sentence !== null) await give({ at, node: null, sentence });
    },
  };
}
