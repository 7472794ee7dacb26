import { AdvisoryDataError } from '#core/dependencies/advisories/data-error.ts';
import { advisoryDataState } from '#core/dependencies/advisories/data-state.ts';
import { importAdvisories } from '#core/dependencies/advisories/import-advisories.ts';
import { shownAdvisory } from '#core/dependencies/advisories/shown-advisory.ts';
import { withStoredAdvisories } from '#core/dependencies/advisories/stored-source.ts';
import { OSV_ADDRESS, updateAdvisories } from '#core/dependencies/advisories/update-advisories.ts';
import type { AdvisoryFacts } from '#core/store/advisories/advisory-writer.ts';
import { StoreError } from '#core/store/store-error.ts';
import type { AdvisoryDataState } from '#shared/domain/dependencies/advisory.ts';
import { facts as factsShape } from '#shared/domain/facts/facts.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { announce, type Context, newId, requireNode } from './context.ts';
import { packageReport } from './package-report.ts';
import type { Recheck } from './recheck.ts';
import { ConsoleError, type ConsoleService } from './service.ts';

/** Longest time for which a known weakness can be accepted in one go. */
const LONGEST_MS = 366 * 86_400_000;
const UNTOUCHED = 'The advisories in use are as they were before.';

/** Packages of nodes against published advisories. */
export function dependenciesGroup(context: Context, recheck: Recheck): ConsoleService['dependencies'] {
  const { store, clock, ledger, dataFolder } = context;
  /** What goes on at present: taking or fetching, one at a time. */
  let work: { words: string; stop: AbortController } | null = null;

  /** @throws ConsoleError NOT_ALLOWED with what went wrong and what helps */
  async function take(
    begin: (now: Date, signal: AbortSignal, show: (words: string) => void) => Promise<AdvisoryFacts>,
  ): Promise<AdvisoryDataState> {
    if (work !== null) {
      throw new ConsoleError('NOT_ALLOWED', 'Advisories are being taken already.', {
        untouched: UNTOUCHED,
        next: 'Wait until that is done, or cancel it.',
      });
    }
    const mine = { words: 'Reading advisories', stop: new AbortController() };
    work = mine;
    try {
      const facts = await begin(clock.now(), mine.stop.signal, (words) => {
        mine.words = shortened(visible(words), 256);
      });
      const { advisories, newest, origin } = facts;
      const what = {
        advisories,
        newest: newest === null ? null : new Date(newest).toISOString(),
        origin: shortened(visible(origin), 512),
      };
      await ledger.append([{ kind: 'advisories-taken', where: null, what }], 'go-on');
      await recheck.all();
      announce(context, 'dependencies');
      return advisoryDataState(facts, clock.now());
    } catch (error) {
      if (error instanceof AdvisoryDataError || error instanceof StoreError) {
        const next = error.next;
        throw new ConsoleError('NOT_ALLOWED', shortened(visible(error.message), 500), {
          untouched: UNTOUCHED,
          next,
        });
      }
      throw error;
    } finally {
      work = null;
    }
  }

  return {
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

    import: ({ path }) =>
      take((now, signal, show) =>
        importAdvisories(dataFolder, path, now, {
          signal,
          onProgress: (read) => show(`Reading advisories: ${read.toLocaleString('en')}`),
        }),
      ),
    update: () =>
      take(async (now, signal, onProgress) => {
        const { facts } = await updateAdvisories(dataFolder, OSV_ADDRESS, now, { signal, onProgress });
        return facts;
      }),
    progress: async () => work?.words ?? '',
    async cancel() {
      const cancelled = work !== null;
      work?.stop.abort();
      return { cancelled };
    },

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
