import { withStoredAdvisories } from '#core/dependencies/advisories/stored-source.ts';
import { requirementsOfText } from '#core/dependencies/inventory/read-requirements.ts';
import { waysUp } from '#core/dependencies/inventory/ways-up.ts';
import { pinnedInstall } from '#core/dependencies/requirements/install-line.ts';
import { installedLock } from '#core/dependencies/requirements/installed-lock.ts';
import { readLock } from '#core/dependencies/requirements/lock-file.ts';
import { cyclonedx } from '#core/dependencies/sbom/cyclonedx.ts';
import { readOwnBill } from '#core/dependencies/sbom/own-bill.ts';
import { auditDependencies } from '#core/dependencies/verdicts/audit.ts';
import type { BeforeInstall } from '#shared/domain/dependencies/before-install.ts';
import { visible } from '#shared/domain/text.ts';
import { type Context, requireNode } from './context.ts';
import { packagesSeen } from './dependencies-seen.ts';
import { packagesSarif } from './export/packages-sarif.ts';
import { packageReport } from './package-report.ts';
import { ConsoleError, type ConsoleService } from './service.ts';

/** More lines than this are read by nobody, and counted by the report. */
const MOST_PROBLEMS = 4_096;

/** What pip installs for; the others are the system's, or a program. */
const LOCKABLE: ReadonlySet<string> = new Set(['virtual-environment', 'user', 'system']);

function notYet(): ConsoleError {
  return new ConsoleError('NOT_ALLOWED', 'No look has seen the packages of this node yet.', {
    untouched: 'Nothing was changed.',
    next: 'Look at the node first.',
  });
}

/** What leaves the console about packages, and what is read before it comes: files as text, both. */
export function filesOfDependencies(
  context: Context,
  version: string,
): Pick<
  ConsoleService['dependencies'],
  'ways' | 'export' | 'ownBill' | 'beforeInstall' | 'environments' | 'lock'
> {
  const { store, clock, ledger, dataFolder } = context;
  return {
    async ways({ node, environment, package: name }) {
      await requireNode(context, node);
      const seen = await packagesSeen(context, node);
      const place = seen?.environments.find(({ id }) => id === environment);
      return place === undefined ? null : waysUp(place, name);
    },

    async export({ node: id, format }) {
      const node = await requireNode(context, id);
      const seen = await packagesSeen(context, id);
      const ignores = (await store.packageIgnores()).map(({ ignore }) => ignore);
      const report = seen === null ? null : packageReport(dataFolder, seen.facts, ignores, clock.now());
      if (seen === null || report === null) throw notYet();
      const createdAt = clock.now().toISOString();
      const about = { subject: node.name, environments: seen.environments, report, version, createdAt };
      const isBill = format === 'cyclonedx';
      const text = isBill
        ? cyclonedx({ ...about, purposes: await store.packagePurposes() })
        : packagesSarif(about);
      const fileName = `swarmkeep-packages-${node.id}-${createdAt.slice(0, 10)}.${isBill ? 'cdx.json' : 'sarif'}`;
      const what = { format, fileName, findings: report.findings.length };
      // What leaves the console is on record before it leaves.
      await ledger.append([{ kind: 'report-exported', where: { node: node.id, name: node.name }, what }]);
      const mediaType = isBill ? 'application/vnd.cyclonedx+json' : 'application/sarif+json';
      return { fileName, mediaType, text };
    },

    ownBill: async () => readOwnBill(),

    async beforeInstall({ fileName, text }): Promise<BeforeInstall> {
      const read = requirementsOfText(fileName, text);
      if (!read.ok)
        throw new ConsoleError('NOT_ALLOWED', visible(read.reason), {
          untouched: 'Nothing was changed.',
          next: 'Give requirements*.txt, pyproject.toml, or a lock.',
        });
      const ignores = (await store.packageIgnores()).map(({ ignore }) => ignore);
      const now = clock.now();
      const report = withStoredAdvisories(dataFolder, now, (source) =>
        auditDependencies([read.environment], source, ignores, now),
      );
      const pinned = read.lock === null ? null : pinnedInstall(read.lock);
      return {
        report,
        problems: read.problems
          .slice(0, MOST_PROBLEMS)
          .map(({ place, line, text: written, seen }) => ({ place, line, text: written, seen })),
        pinned:
          pinned === null
            ? null
            : { lines: [...pinned.lines], command: [...pinned.command], left: [...pinned.left] },
      };
    },

    async environments({ node }) {
      await requireNode(context, node);
      const seen = await packagesSeen(context, node);
      return (seen?.environments ?? []).map(({ id, kind, pythonVersion, packages, unreadable }) => ({
        id,
        kind,
        pythonVersion,
        packages: packages.length,
        isLockable: LOCKABLE.has(kind) && packages.some(({ from }) => from !== 'vendored'),
        unreadable,
      }));
    },

    async lock({ node, environment }) {
      await requireNode(context, node);
      const seen = await packagesSeen(context, node);
      const place = seen?.environments.find(({ id }) => id === environment);
      if (seen === null || place === undefined) throw notYet();
      const { python } = seen.facts.subjects;
      const files = python.state === 'seen' ? python.value.requirementFiles : [];
      const locks = files.flatMap((file) => {
        const lock = readLock(file);
        return lock === null ? [] : [lock];
      });
      return installedLock(place, locks);
    },
  };
}
