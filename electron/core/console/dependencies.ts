import { shownAdvisory } from '#core/dependencies/advisories/shown-advisory.ts';
import { withStoredAdvisories } from '#core/dependencies/advisories/stored-source.ts';
import { facts as factsShape } from '#shared/domain/facts/facts.ts';
import { visible } from '#shared/domain/text.ts';
import { announce, type Context, newId, requireNode } from './context.ts';
import { filesOfDependencies } from './dependencies-files.ts';
import { purposesOfDependencies } from './dependencies-purposes.ts';
import { createTaking } from './dependencies-taking.ts';
import { createVerifying } from './dependencies-verifying.ts';
import { packageReport } from './package-report.ts';
import type { Recheck } from './recheck.ts';
import { ConsoleError, type ConsoleService } from './service.ts';

/** Longest time for which a known weakness can be accepted in one go. */
const LONGEST_MS = 366 * 86_400_000;

/** Packages of nodes, and what goes on with them beside what is asked. */
export interface Dependencies {
  group: ConsoleService['dependencies'];
  /** Fetches advisories when the operator turned that on and it is due. */
  fetchWhenDue(): Promise<void>;
  /** Calls off what goes on, and waits for its end. */
  close(): Promise<void>;
}

/**
 * Packages of nodes against published advisories.
 * @param version of Swarmkeep, for what is exported
 */
export function createDependencies(context: Context, recheck: Recheck, version: string): Dependencies {
  const { store, clock, dataFolder } = context;
  const taking = createTaking(context, recheck);
  const verifying = createVerifying(context);
  return {
    fetchWhenDue: taking.fetchWhenDue,
    async close() {
      await Promise.all([taking.close(), verifying.close()]);
    },
    group: {
      data: async () => withStoredAdvisories(dataFolder, clock.now(), ({ state }) => state),

      async audit({ node }) {
        await requireNode(context, node);
        const text = await store.facts({ node });
        const seen = text === null ? null : factsShape.safeParse(JSON.parse(text));
        if (!seen?.success) return null;
        const ignores = (await store.packageIgnores()).map(({ ignore }) => ignore);
        return packageReport(dataFolder, seen.data, ignores, clock.now());
      },

      advisory: async ({ id }) => shownAdvisory(dataFolder, id),

      import: ({ path }) => taking.import(path),
      update: () => taking.update(),
      takenBeside: () => taking.takenBeside(),
      fetching: () => taking.fetching(),
      progress: async () => taking.words(),
      cancel: async () => ({ cancelled: taking.cancel() }),

      ...ignoresOf(context, recheck),
      ...purposesOfDependencies(context),
      ...filesOfDependencies(context, version),

      verify: ({ node }) => verifying.begin(node),
      verification: ({ node }) => verifying.of(node),
      cancelVerification: ({ node }) => verifying.cancel(node),
    },
  };
}

/** What is accepted of known weaknesses. */
function ignoresOf(
  context: Context,
  recheck: Recheck,
): Pick<ConsoleService['dependencies'], 'ignores' | 'ignore' | 'withdrawIgnore'> {
  const { store, clock, ledger } = context;
  return {
    ignores: () => store.packageIgnores(),

    async ignore(ignore) {
      const now = clock.now();
      const end = ignore.until === null ? null : Date.parse(ignore.until) - now.getTime();
      if (end !== null && (end <= 0 || end > LONGEST_MS)) {
        throw new ConsoleError('NOT_ALLOWED', 'The end must lie ahead, within a year.', {
          untouched: 'Nothing was changed.',
          next: 'Choose another day.',
        });
      }
      const kept = { id: newId(), createdAt: now.toISOString(), ignore };
      const { package: name, id: advisory, reason, version, until, untilFixed } = ignore;
      const what = { entry: kept.id, package: visible(name), advisory, version, reason, until, untilFixed };
      // An accepted risk that is in no event is none: it is refused when it cannot be recorded.
      await ledger.recorded('addPackageIgnore', { kept }, [{ kind: 'weakness-accepted', where: null, what }]);
      await recheck.all();
      announce(context, 'dependencies');
      return kept;
    },

    async withdrawIgnore({ id }) {
      const held = (await store.packageIgnores()).find((kept) => kept.id === id);
      const events =
        held === undefined
          ? []
          : [
              {
                kind: 'weakness-acceptance-withdrawn' as const,
                where: null,
                what: { entry: id, package: visible(held.ignore.package), advisory: held.ignore.id },
              },
            ];
      const withdrawn = await ledger.recorded('withdrawPackageIgnore', { id }, events, 'go-on');
      if (withdrawn === null) {
        throw new ConsoleError('DECISION_UNKNOWN', 'There is no such entry.', {
          untouched: 'Nothing was changed.',
          next: 'Look at the list again.',
        });
      }
      await recheck.all();
      announce(context, 'dependencies');
      return store.packageIgnores();
    },
  };
}
