import { readAdvisories } from '#core/store/advisories/advisory-reader.ts';
import type { Advisory } from '#shared/domain/dependencies/advisory.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { severityOf } from './cvss.ts';
import { readOsvRecord } from './osv-record.ts';

/** Bounds of the contract. */
const MOST = { aliases: 256, references: 64, packages: 1_024, details: 16_384, line: 4_096 };

/**
 * An advisory as it was published, for a page.
 * @param folder the data folder
 * @returns null when there is no data, or none of this id
 * @throws StoreError when the data cannot be read
 */
export function shownAdvisory(folder: string, id: string): Advisory | null {
  const reader = readAdvisories(folder);
  if (reader === null) return null;
  try {
    const text = reader.published(id);
    const read = text === null ? null : readOsvRecord(JSON.parse(text));
    return read === null || 'wrong' in read ? null : shown(read.ok);
  } finally {
    reader.close();
  }
}

function shown(record: Extract<ReturnType<typeof readOsvRecord>, { ok: unknown }>['ok']): Advisory {
  const scores = [...record.scores, ...record.affected.flatMap((affected) => affected.scores)];
  return {
    id: record.id,
    aliases: record.aliases.slice(0, MOST.aliases),
    related: record.related.slice(0, MOST.aliases),
    upstream: record.upstream.slice(0, MOST.aliases),
    published: instantOf(record.published),
    modified: new Date(record.modified).toISOString(),
    withdrawn: instantOf(record.withdrawn),
    summary: shortened(visible(record.summary), MOST.line),
    details: record.details.slice(0, MOST.details),
    ...severityOf(scores, record.severityWord),
    references: record.references
      .filter((address) => address.startsWith('https://') && address.length <= 2_048 && URL.canParse(address))
      .slice(0, MOST.references),
    packages: record.affected
      .slice(0, MOST.packages)
      .map(({ ecosystem, name }) => ({ ecosystem, name: name.slice(0, 256) })),
  };
}

function instantOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
