import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageOfEvents } from '#core/console/activity-page.ts';
import { announce, type Context, requireNode } from '#core/console/context.ts';
import { ConsoleError, type ConsoleService } from '#core/console/service.ts';
import type { Host, ScriptHost } from '#core/hosts/host.ts';
import { hostFor } from '#core/hosts/host-for.ts';
import type { SealedStore } from '#core/secrets/sealed/sealed-store.ts';
import { writeWhole } from '#core/store/write-whole.ts';
import { type Facts, facts as factsShape } from '#shared/domain/facts/facts.ts';
import { type EvidenceSummary, evidenceSummary } from '#shared/domain/incident/evidence.ts';
import type { HuntHit } from '#shared/domain/incident/hunt.ts';
import { type WorkspaceAudit, workspaceAudit } from '#shared/domain/incident/workspace.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { reachableCredentials } from './credentials/credentials.ts';
import { EvidenceError } from './evidence/evidence-error.ts';
import { preserve } from './evidence/preserve.ts';
import { verifyArchive } from './evidence/verify-archive.ts';
import { hunt } from './hunt/hunt.ts';
import type { Investigation } from './investigation.ts';
import { timelinePage } from './timeline/timeline.ts';
import { auditWorkspace, baselineOf, takeBaseline } from './workspace/audit-workspace.ts';
import { WorkspaceError } from './workspace/workspace-error.ts';

/** Changes of findings that are read for a page of the timeline. */
const MOST_CHANGES = 5_000;
/** Events of the ledger that are looked through for one archive. */
const MOST_PAGES = 50;

export interface InvestigationParts {
  context: Pick<Context, 'store' | 'ledger' | 'clock' | 'dataFolder' | 'changes'>;
  version: string;
  sealed: SealedStore | null;
  /** Null where no logs are kept. */
  audit: Pick<NonNullable<ConsoleService['audit']>, 'events' | 'alerts'> | null;
  /** For tests: how a node is reached. */
  open?: (node: SwarmNode) => Host;
}

/** Puts together what preserves and investigates, with the records of this console. */
export function createInvestigation(parts: InvestigationParts): Investigation {
  const { context, audit, version, sealed } = parts;
  const { store, ledger, clock, dataFolder } = context;
  const open = parts.open ?? ((node: SwarmNode) => hostFor(node.address, { dataFolder }));
  const now = () => clock.now();
  const profileOf = async (node: string) => (await store.profile({ node }))?.detected ?? null;
  const whereOf = ({ id, name }: SwarmNode) => ({ node: id, name });

  /** Works with a connection of its own: it must not depend on what others do with theirs. */
  async function withNode<T>(
    id: string,
    work: (node: SwarmNode, host: ScriptHost) => Promise<T>,
  ): Promise<T> {
    const node = await requireNode(context, id);
    const host = open(node);
    try {
      if (host.kind === 'recorded')
        throw new ConsoleError(
          'NOT_SUPPORTED_HERE',
          `${node.name} is a recording: there is no machine to be asked.`,
          {
            untouched: 'Nothing was changed.',
            next: 'Add the machine itself under Nodes.',
          },
        );
      return await work(node, host);
    } catch (error) {
      throw asConsoleError(error);
    } finally {
      await host.close();
    }
  }

  return {
    preserve: (id, how) =>
      withNode(id, async (node, host) => {
        const profile = await profileOf(id);
        const { incident, onProgress, signal } = how;
        const asked = { host, node, profile, dataFolder, incident, version, now, sealed, onProgress, signal };
        const summary = await preserve(asked);
        const { sha256, manifestSha256, pieces, privilege, partial } = summary;
        const what = {
          evidence: summary.id,
          incident,
          archive: sha256,
          manifest: manifestSha256,
          pieces: pieces.length,
          sealed: summary.sealed,
          privilege,
          partial,
        };
        // The archive is there already, and must not be lost because the ledger cannot be written: it says later what it missed.
        await ledger.append([{ kind: 'evidence-taken', where: whereOf(node), what }], 'go-on');
        writeWhole(`${summary.archive}.json`, JSON.stringify(summary), 0o600);
        return summary;
      }),

    async archives() {
      const folder = join(dataFolder, 'evidence');
      const names = await readdir(folder).catch(() => []);
      const there = new Set(names);
      const summaries: EvidenceSummary[] = [];
      for (const name of names.filter((one) => one.endsWith('.tar.zst.json')).slice(0, 4_096)) {
        const archive = name.slice(0, -'.json'.length);
        const parsed = evidenceSummary.safeParse(await readJson(join(folder, name)));
        // Wherever the data folder is now: that is where it lies.
        if (parsed.success && there.has(archive))
          summaries.push({ ...parsed.data, archive: join(folder, archive) });
      }
      return summaries.sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1));
    },

    async verifyArchive(file, signal) {
      try {
        return await verifyArchive(file, (archive) => recordedArchive(context, archive), signal);
      } catch (error) {
        throw asConsoleError(error);
      }
    },

    takeBaseline: (id, reason, signal) =>
      withNode(id, async (node, host) => {
        const profile = await profileOf(id);
        const summary = await takeBaseline({ host, node, profile, dataFolder, now, signal }, reason);
        const what = { hash: summary.sha256, files: summary.files, reason };
        await ledger.append([{ kind: 'baseline-taken', where: whereOf(node), what }], 'go-on');
        announce(context, 'incidents', id);
        return summary;
      }),

    async baseline(id) {
      await requireNode(context, id);
      return baselineOf(dataFolder, id).catch((error: unknown) => {
        throw asConsoleError(error);
      });
    },

    auditWorkspace: (id, against, signal) =>
      withNode(id, async (node, host) => {
        const profile = await profileOf(id);
        const found = await auditWorkspace({ host, node, profile, dataFolder, now, signal }, against);
        keepAudit(dataFolder, found);
        return found;
      }),

    async hunt(query, signal) {
      const nodes = () => store.listNodes();
      return hunt(
        { nodes, profile: profileOf, open, events: audit === null ? null : eventsWith(audit), now },
        query,
        signal,
      );
    },

    async timeline(query) {
      const nodes = await store.listNodes();
      const names = new Map(nodes.map(({ id, name }) => [id, name]));
      const page = await timelinePage(
        {
          events:
            audit === null
              ? null
              : async ({ node, words, from, to }) => {
                  const { events, next } = await audit.events({
                    query: words.map(phrase).join(' AND '),
                    ...(node !== null && { node }),
                    from: new Date(from).toISOString(),
                    to: new Date(to).toISOString(),
                    limit: 500,
                  });
                  return { events, more: next !== null };
                },
          alerts: audit === null ? null : () => audit.alerts({}),
          async findings(since) {
            const changes = await store.changesSince({ node: null, since, limit: MOST_CHANGES });
            return { changes, all: changes.length < MOST_CHANGES };
          },
          async activity({ from, to, limit }) {
            const { entries, next } = await pageOfEvents(store, { search: '', from, to, limit });
            return { entries, all: next === null };
          },
          audits: () => keptAudits(dataFolder, [...names.keys()]),
          nodeName: (node) => names.get(node) ?? null,
        },
        query,
      );
      return page;
    },

    async credentials(id, signal) {
      const node = await requireNode(context, id);
      const [profile, facts] = await Promise.all([profileOf(id), factsOf(store, id)]);
      const host = open(node);
      try {
        const asked = host.kind === 'recorded' ? null : host;
        return await reachableCredentials({ host: asked, node, profile, facts, now, signal });
      } finally {
        await host.close();
      }
    },
  };
}

/** A word in quotes, as the query language has it. */
const phrase = (word: string): string => `"${word.replaceAll(/["\\]/g, '\\$&')}"`;

function eventsWith(audit: NonNullable<InvestigationParts['audit']>) {
  return async (node: string, words: readonly string[], limit: number): Promise<HuntHit[]> => {
    const query = words.map(phrase).join(' OR ');
    const { events } = await audit.events({ query, node, limit: Math.min(limit, 200) });
    return events.map(({ at, message, raw, source }) => ({
      seen: 'event',
      what: shortened(visible(message || raw) || '(an empty line)', 4_096),
      detail: `In the log ${visible(source)}.`.slice(0, 1_024),
      at,
    }));
  };
}

async function recordedArchive(
  { store }: Pick<Context, 'store'>,
  archive: { id: string | null; sha256: string | null },
): Promise<{ sha256: string; manifestSha256: string } | null> {
  let before: number | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const wish = { search: '', kinds: ['evidence-taken' as const], before, limit: 200 };
    const { entries, next } = await pageOfEvents(store, wish);
    for (const { record } of entries) {
      if (record?.kind !== 'evidence-taken') continue;
      const { evidence, archive: sha256, manifest } = record.what;
      if (evidence === archive.id || sha256 === archive.sha256) return { sha256, manifestSha256: manifest };
    }
    if (next === null) return null;
    before = next;
  }
  return null;
}

const auditPlace = (dataFolder: string, node: string): string =>
  join(dataFolder, 'baselines', `${node}.audit.json`);

/** The newest audit of a node is kept for its timeline; that it cannot be kept changes nothing of what it says. */
function keepAudit(dataFolder: string, audit: WorkspaceAudit): void {
  try {
    writeWhole(auditPlace(dataFolder, audit.node), JSON.stringify(audit), 0o600);
  } catch {
    // A full disk, or an audit since a time of a node without a baseline: there is no folder yet.
  }
}

async function keptAudits(dataFolder: string, nodes: readonly string[]): Promise<WorkspaceAudit[]> {
  const audits: WorkspaceAudit[] = [];
  for (const node of nodes) {
    const parsed = workspaceAudit.safeParse(await readJson(auditPlace(dataFolder, node)));
    if (parsed.success && parsed.data.node === node) audits.push(parsed.data);
  }
  return audits;
}

async function factsOf(store: Context['store'], node: string): Promise<Facts | null> {
  const text = await store.facts({ node });
  const parsed = text === null ? null : factsShape.safeParse(JSON.parse(text));
  return parsed?.success ? parsed.data : null;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
}

function asConsoleError(error: unknown): unknown {
  if (error instanceof EvidenceError)
    return new ConsoleError('NOT_ALLOWED', error.message, { untouched: error.untouched, next: error.next });
  if (error instanceof WorkspaceError)
    return new ConsoleError('NOT_ALLOWED', error.message, {
      untouched: 'Nothing was changed.',
      next: error.next,
    });
  return error;
}
