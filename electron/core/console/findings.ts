import type { Drift } from '#shared/contract/looks.ts';
import { daysUpTo } from '#shared/domain/history.ts';
import { type Context, momentOf, requireNode } from './context.ts';
import { describedDependencies } from './dependencies-purposes.ts';
import { exportReport } from './export/report.ts';
import { overviewOf } from './overview.ts';
import { ConsoleError, type ConsoleService } from './service.ts';
import { whereOf } from './tell-ledger.ts';
import { worstFirst } from './worst-first.ts';

const DAY_MS = 86_400_000;

/** Findings and what is made of them. Every reading first ends the waivers whose time is over. */
export function findingsGroup(
  context: Context,
  about: { version: string; nextLookAt(): string | null; recordingsRead(): Promise<void> },
): ConsoleService['findings'] {
  const { store, clock } = context;

  async function current(node: string | null) {
    const nodes = node === null ? await store.listNodes() : [await requireNode(context, node)];
    await store.settleWaivers({ moment: momentOf(clock) });
    const findings = (await store.findings({ node, check: null })).sort(worstFirst);
    return { nodes, findings };
  }

  async function overviewFrom(node: string | null, { nodes, findings }: Awaited<ReturnType<typeof current>>) {
    const since = new Date(clock.now().getTime() - DAY_MS).toISOString();
    const names = new Map(nodes.map((entry) => [entry.id, entry.name]));
    const changes = await store.changesSince({ node, since, limit: 200 });
    const known = await store.hasMycoswarm();
    return overviewOf({
      nodes,
      findings,
      hasMycoswarm: new Set(known.filter((entry) => entry.found).map((entry) => entry.node)),
      since: changes.map((change): Drift => ({ ...change, nodeName: names.get(change.node) ?? change.node })),
      nextLookAt: nodes.some((entry) => entry.address.kind !== 'recorded') ? about.nextLookAt() : null,
    });
  }

  return {
    async overview({ node }) {
      await about.recordingsRead();
      return overviewFrom(node, await current(node));
    },

    async list({ node }) {
      return (await current(node)).findings;
    },

    async get({ node, check }) {
      await requireNode(context, node);
      await store.settleWaivers({ moment: momentOf(clock) });
      const [found] = await store.findings({ node, check });
      if (found) return found;
      throw new ConsoleError('NOT_ALLOWED', 'Nobody has looked at this yet.', {
        untouched: 'Nothing was changed.',
        next: 'Look at the node first.',
      });
    },

    async history({ node, check, days }) {
      await requireNode(context, node);
      const wanted = daysUpTo(momentOf(clock).day, days);
      const written = await store.history({ node, check, fromDay: wanted[0] ?? '' });
      const byDay = new Map(written.days.map((entry) => [entry.day, entry.status]));
      return {
        days: wanted.map((day) => ({ day, status: byDay.get(day) ?? null })),
        changes: written.changes,
      };
    },

    async export({ format, node }) {
      const read = await current(node);
      const report = exportReport(format, {
        ...read,
        version: about.version,
        createdAt: clock.now().toISOString(),
        overview: await overviewFrom(node, read),
        direct: await describedDependencies(context, node),
      });
      const [only] = node === null ? [] : read.nodes;
      // What leaves the console is on record before it leaves.
      const what = { format, fileName: report.fileName, findings: read.findings.length };
      await context.ledger.append([{ kind: 'report-exported', where: whereOf(only ?? null), what }]);
      return report;
    },
  };
}
