import type { EvidenceSummary } from '#shared/domain/incident/evidence.ts';
import type { HuntQuery, HuntResult } from '#shared/domain/incident/hunt.ts';
import type { TimelineEntry, TimelineQuery } from '#shared/domain/incident/timeline.ts';
import type { WorkspaceChange } from '#shared/domain/incident/workspace.ts';
import type { Investigation } from '../../investigation.ts';

const HASH = '9f2b'.repeat(16);

/** Asks no node: gives what it was told to. Archives stay when a console around it dies, as files do. */
export class FakeInvestigation implements Investigation {
  readonly taken: EvidenceSummary[] = [];
  now: () => Date = () => new Date('2026-11-22T23:08:00.000Z');
  names: readonly string[] = ['naru'];
  entries: TimelineEntry[] = [];
  changes: WorkspaceChange[] = [];
  found: HuntResult['nodes'] = [];
  reachable: Awaited<ReturnType<Investigation['credentials']>>['credentials'] = [];
  /** Held until a test lets it go. */
  hold: Promise<void> | null = null;

  async preserve(node: string, how: Parameters<Investigation['preserve']>[1]): Promise<EvidenceSummary> {
    how.onProgress?.({ doing: 'Connections and open ports', done: 2, all: 10, bytes: 4_096, pieces: 3 });
    await this.#held(how.signal);
    const at = this.now().toISOString();
    const evidence: EvidenceSummary = {
      id: `evidence-${this.taken.length + 1}00000`,
      incident: how.incident,
      node,
      nodeName: node,
      takenAt: at,
      endedAt: at,
      privilege: 'sudo',
      archive: `/home/ines/.local/share/swarmkeep/evidence/${node}-${this.taken.length + 1}.tar.zst`,
      bytes: 18_400_211,
      sha256: HASH,
      manifestSha256: HASH,
      pieces: [],
      sealed: 2,
      secretsKept: 'sealed',
      partial: false,
      sentence: '214 pieces of evidence were kept, 18.4 MB; two secrets in them were sealed.',
    };
    this.taken.push(evidence);
    return evidence;
  }

  async archives(): Promise<EvidenceSummary[]> {
    return [...this.taken].reverse();
  }

  verifyArchive(): never {
    throw new Error('Not part of this fake');
  }

  takeBaseline(): never {
    throw new Error('Not part of this fake');
  }

  async baseline(): Promise<null> {
    return null;
  }

  async auditWorkspace(
    node: string,
    against: 'baseline' | { since: string },
    signal?: AbortSignal,
  ): ReturnType<Investigation['auditWorkspace']> {
    await this.#held(signal);
    const at = this.now().toISOString();
    return {
      node,
      nodeName: node,
      at,
      against:
        against === 'baseline'
          ? { kind: 'baseline', takenAt: '2026-11-01T10:00:00.000Z', sha256: HASH }
          : { kind: 'since', since: against.since },
      privilege: 'sudo',
      files: 48_211,
      tookMs: 4_100,
      changes: this.changes,
      total: this.changes.length,
      unseen: [],
      sentence: `${this.changes.length} of 48,211 files were changed, among them a plugin.`,
    };
  }

  async hunt(query: HuntQuery, signal?: AbortSignal): Promise<HuntResult> {
    await this.#held(signal);
    const nodes = this.found;
    const hits = nodes.filter(({ state }) => state === 'found').length;
    return {
      query,
      at: this.now().toISOString(),
      tookMs: 1_200,
      nodes,
      sentence: hits === 0 ? 'No node has it.' : `${hits} of ${nodes.length} nodes have it.`,
    };
  }

  async timeline({ search, sources }: TimelineQuery): ReturnType<Investigation['timeline']> {
    const entries = this.entries.filter(
      ({ text, source }) =>
        text.toLowerCase().includes(search.toLowerCase()) &&
        (sources.length === 0 || sources.includes(source)),
    );
    return { entries, next: null, unseen: [] };
  }

  async credentials(node: string): ReturnType<Investigation['credentials']> {
    return {
      node,
      nodeName: node,
      at: this.now().toISOString(),
      privilege: 'sudo',
      credentials: this.reachable,
      unseen: [],
      sentence: `The agents of ${node} could read ${this.reachable.length} credentials.`,
    };
  }

  async #held(signal: AbortSignal | undefined): Promise<void> {
    if (this.hold === null) return;
    await Promise.race([
      this.hold,
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('Called off', 'AbortError')));
      }),
    ]);
  }
}
