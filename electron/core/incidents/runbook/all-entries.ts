import type { IncidentEntry } from '#shared/domain/incident/incident.ts';
import type { IncidentStore } from './journal.ts';

const AT_ONCE = 200;

/** @returns all that was done about an incident, oldest first */
export async function allEntries(
  store: Pick<IncidentStore, 'incidentEntries'>,
  id: string,
): Promise<IncidentEntry[]> {
  const all: IncidentEntry[] = [];
  for (let before: number | null = null; ; ) {
    const { entries } = await store.incidentEntries({ id, before, limit: AT_ONCE });
    all.push(...entries);
    const last = entries.at(-1);
    if (last === undefined || entries.length < AT_ONCE) return all.reverse();
    before = last.entry;
  }
}
