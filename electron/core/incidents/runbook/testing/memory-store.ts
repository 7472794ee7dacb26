import type { Incident, IncidentEntry } from '#shared/domain/incident/incident.ts';
import type { IncidentStore } from '../journal.ts';

/** The records of incidents in memory, with the promises of the real ones: what was written is there for whoever comes next. */
export class MemoryIncidents implements IncidentStore {
  readonly incidents = new Map<string, Incident>();
  readonly entriesOf = new Map<string, IncidentEntry[]>();
  readonly results = new Map<string, { run: string; at: string; body: string }>();

  #busy(node: string | null, except: string): boolean {
    return (
      node !== null &&
      [...this.incidents.values()].some(
        (one) => one.node === node && one.closedAt === null && one.id !== except,
      )
    );
  }

  #line(id: string, entry: Omit<IncidentEntry, 'entry'>): void {
    const entries = this.entriesOf.get(id) ?? [];
    this.entriesOf.set(id, [...entries, { ...entry, entry: entries.length + 1 }]);
  }

  async openIncident(input: Parameters<IncidentStore['openIncident']>[0]): Promise<Incident | null> {
    const { incident, entry } = input;
    if (this.incidents.has(incident.id) || this.#busy(incident.node, incident.id)) return null;
    const opened = { ...structuredClone(incident), number: this.incidents.size + 1 } as Incident;
    this.incidents.set(opened.id, opened);
    this.#line(opened.id, entry);
    return structuredClone(opened);
  }

  async writeIncident(input: Parameters<IncidentStore['writeIncident']>[0]): Promise<boolean> {
    const { incident, after, entry } = input;
    if (this.incidents.get(incident.id)?.revision !== after) return false;
    if (incident.closedAt === null && this.#busy(incident.node, incident.id)) return false;
    this.incidents.set(incident.id, structuredClone(incident));
    this.#line(incident.id, entry);
    return true;
  }

  async incident({ id }: { id: string }): Promise<Incident | null> {
    return structuredClone(this.incidents.get(id) ?? null);
  }

  #sorted(open: boolean): Incident[] {
    return structuredClone(
      [...this.incidents.values()]
        .filter(({ closedAt }) => (closedAt === null) === open)
        .sort((a, b) => b.number - a.number),
    );
  }

  async openIncidents(): Promise<Incident[]> {
    return this.#sorted(true);
  }

  async closedIncidents(input: { before: number | null; limit: number }): Promise<Incident[]> {
    return this.#sorted(false)
      .filter(({ number }) => input.before === null || number < input.before)
      .slice(0, input.limit);
  }

  async incidentsToFollow(): Promise<Incident[]> {
    return [...this.#sorted(true), ...this.#sorted(false)]
      .filter(({ followUps }) => followUps.length > 0)
      .sort((a, b) => b.number - a.number);
  }

  async incidentEntries(input: { id: string; before: number | null; limit: number }) {
    const all = this.entriesOf.get(input.id) ?? [];
    const entries = [...all].reverse().filter(({ entry }) => input.before === null || entry < input.before);
    return { entries: entries.slice(0, input.limit), total: all.length };
  }

  async keepResult(input: { id: string; step: string; run: string; at: string; body: string }) {
    this.results.set(`${input.id} ${input.step}`, input);
    return true;
  }

  async stepResult(input: { id: string; step: string }) {
    return this.results.get(`${input.id} ${input.step}`) ?? null;
  }
}
