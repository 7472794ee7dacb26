/** When each advisory of an ecosystem was changed last, in milliseconds since 1970, by its id. */
export type ModifiedList = ReadonlyMap<string, number>;

const MOST = 500_000;
const LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z),([A-Za-z0-9][A-Za-z0-9._:-]{0,127})$/;

/**
 * Reads OSV's `modified_id.csv` (google.github.io/osv.dev/data): a time and an id on each line, newest first.
 * @returns null when any line is none: half a list would look as if the rest had been taken back
 */
export function readModifiedList(text: string): ModifiedList | null {
  const found = new Map<string, number>();
  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue;
    const match = LINE.exec(line);
    if (match === null || found.size >= MOST) return null;
    found.set(match[2] ?? '', Date.parse(match[1] ?? ''));
  }
  return found.size === 0 ? null : found;
}

/** What has to be fetched and what is no longer there, to come from one state to another. */
export function changesSince(
  stored: ModifiedList,
  published: ModifiedList,
): { changed: string[]; gone: Set<string> } {
  const changed = [...published].filter(([id, at]) => at > (stored.get(id) ?? -1)).map(([id]) => id);
  return { changed, gone: new Set([...stored.keys()].filter((id) => !published.has(id))) };
}
