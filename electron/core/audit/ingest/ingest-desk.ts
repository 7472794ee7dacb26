import type { AuditStore } from '#core/store/audit/audit-store.ts';
import type { AuditSource, FileReadOnce } from '#shared/domain/audit/source.ts';
import type { Intake } from '../pipeline/intake.ts';
import { type Ingested, ingestFile, READ_ONCE } from './ingest-file.ts';
import { OpenedFile } from './opened-file.ts';

/** Files that are listed. */
const MOST_LISTED = 1_000;

interface Asked {
  node: string;
  path: string;
  format: AuditSource['chosenFormat'];
}

/** Being read, or waiting for its turn. */
interface Reading {
  asked: Asked;
  file: OpenedFile | null;
  stop: AbortController;
}

/**
 * Files that are read once. One after the other: two that read the same bytes at the same time would not know of each other, and each line
 * would be there twice.
 */
export class IngestDesk {
  readonly #tools: { store: AuditStore; intake: Intake; now: () => number };
  readonly #readings = new Set<Reading>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(tools: { store: AuditStore; intake: Intake; now: () => number }) {
    this.#tools = tools;
  }

  /** @throws StoreError as {@link ingestFile}, and when it was stopped */
  ingest(asked: Asked): Promise<Ingested> {
    const reading: Reading = { asked, file: null, stop: new AbortController() };
    this.#readings.add(reading);
    const done = this.#last.then(() => this.#read(reading));
    this.#last = done.catch(() => undefined);
    return done.finally(() => this.#readings.delete(reading));
  }

  /** Ends the reading of a file; what was stored of it stays. @returns whether it was being read or waited */
  stop({ node, path }: { node: string; path: string }): boolean {
    let found = false;
    for (const { asked, file, stop } of this.#readings) {
      if (asked.node !== node || (asked.path !== path && file?.path !== path)) continue;
      stop.abort();
      found = true;
    }
    return found;
  }

  /** All files that were read once and of which something is stored or being read, the newest first. */
  list(): FileReadOnce[] {
    const files = this.#tools.store.sources.all().flatMap((kept) => {
      const { id, node, target, format, events, lastLineAt } = kept;
      if (!id.startsWith(READ_ONCE) || target.kind !== 'file') return [];
      const { path } = target;
      const file = this.#fileOf(node, path);
      if (events === 0 && file === null) return [];
      return [
        {
          ...{ id, node, path, format, events },
          readAt: lastLineAt === null ? null : new Date(lastLineAt).toISOString(),
          reading: file === null ? null : { bytes: Math.min(file.done, file.size), of: file.size },
        },
      ];
    });
    const newest = ({ reading, readAt }: FileReadOnce): string => (reading ? '~' : (readAt ?? ''));
    return files
      .sort((a, b) => newest(b).localeCompare(newest(a), 'en') || a.path.localeCompare(b.path, 'en'))
      .slice(0, MOST_LISTED);
  }

  /** Stops what is being read, and waits for it. */
  async close(): Promise<void> {
    for (const { stop } of this.#readings) stop.abort();
    await this.#last;
  }

  async #read(reading: Reading): Promise<Ingested> {
    const { asked, stop } = reading;
    const file = await OpenedFile.open(asked.path, stop.signal);
    try {
      reading.file = file;
      return await ingestFile(file, asked, this.#tools);
    } finally {
      await file.close();
    }
  }

  #fileOf(node: string, path: string): OpenedFile | null {
    for (const { asked, file } of this.#readings) if (asked.node === node && file?.path === path) return file;
    return null;
  }
}
