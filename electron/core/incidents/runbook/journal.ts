import type { EventDraft, IfUnrecorded, Ledger } from '#core/ledger/ledger.ts';
import type { Store } from '#core/store/store.ts';
import type { Incident, IncidentEntry } from '#shared/domain/incident/incident.ts';
import type { MoveRefusal } from './moved.ts';
import { applyMove, type Move } from './moves.ts';
import type { FaultPoint } from './parts.ts';

/** How often a move is made again when somebody else wrote in between. */
const TRIES = 8;

export type IncidentStore = Pick<
  Store,
  | 'openIncident'
  | 'writeIncident'
  | 'incident'
  | 'openIncidents'
  | 'closedIncidents'
  | 'incidentsToFollow'
  | 'incidentEntries'
  | 'keepResult'
  | 'stepResult'
>;

export interface JournalParts {
  store: IncidentStore;
  ledger: Pick<Ledger, 'recorded'>;
  now(): Date;
  /** Account that runs this console. */
  who: string;
  changed(incident: Incident): void;
  fault?: FaultPoint | undefined;
}

/** Why a move was not made. `unknown`: there is no such incident; `node-busy`: its node is in another open one. */
export type Refusal = MoveRefusal | 'unknown' | 'node-busy';

/** Every move of every incident, each on the disk with its event in the ledger before it is believed. */
export class IncidentJournal {
  readonly #parts: JournalParts;
  #opening: Promise<unknown> = Promise.resolve();

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /**
   * Opens an incident; asking twice with the same id opens one.
   * @returns it, or why not
   */
  open(fresh: Omit<Incident, 'number'>): Promise<Incident | Refusal> {
    const opening = this.#opening.then(() => this.#open(fresh));
    this.#opening = opening.catch(() => undefined);
    return opening;
  }

  async #open(fresh: Omit<Incident, 'number'>): Promise<Incident | Refusal> {
    const { store, ledger, who } = this.#parts;
    const known = await store.incident({ id: fresh.id });
    if (known !== null) return known;
    const entry = { at: fresh.openedAt, who, kind: 'opened', step: null, text: fresh.seen } as const;
    // Incidents are opened one after the other and never removed, so that the store counts the same number.
    const number = await this.#nextNumber();
    const opened = await ledger.recorded('openIncident', { incident: fresh, entry }, [
      openedEvent({ ...fresh, number }),
    ]);
    if (opened === null) return (await store.incident({ id: fresh.id })) ?? 'node-busy';
    this.#parts.changed(opened);
    return opened;
  }

  /**
   * Makes a move. Made again after a crash or by a second click it changes nothing.
   * @param ifNot what to do when the ledger cannot be written: what has happened already is written down all the same
   */
  async move(id: string, move: Move, ifNot: IfUnrecorded = 'refuse'): Promise<Incident | Refusal> {
    const { store, ledger, fault } = this.#parts;
    for (let tried = 0; tried < TRIES; tried += 1) {
      const before = await store.incident({ id });
      if (before === null) return 'unknown';
      const moved = applyMove(before, move, this.#parts.now().toISOString(), this.#parts.who);
      if (!moved.ok) return moved.why;
      if (moved.entry === null) return before;
      const { incident, entry } = moved;
      const point = 'step' in move ? `${move.kind} ${move.step}` : move.kind;
      await fault?.(`before ${point}`);
      const input = { incident, after: before.revision, entry };
      const written = await ledger.recorded(
        'writeIncident',
        input,
        [movedEvent(incident, entry, move)],
        ifNot,
      );
      await fault?.(`after ${point}`);
      if (written) {
        this.#parts.changed(incident);
        return incident;
      }
      if (move.kind === 'reopen') {
        const now = await store.incident({ id });
        if (now?.revision === before.revision) return 'node-busy';
      }
    }
    throw new Error('An incident changed again and again while it was written');
  }

  async #nextNumber(): Promise<number> {
    const [open, closed] = await Promise.all([
      this.#parts.store.openIncidents(),
      this.#parts.store.closedIncidents({ before: null, limit: 1 }),
    ]);
    return Math.max(0, open[0]?.number ?? 0, closed[0]?.number ?? 0) + 1;
  }
}

const whereOf = ({ node, name }: Pick<Incident, 'node' | 'name'>) => (node === null ? null : { node, name });

function openedEvent(incident: Incident): EventDraft {
  const { id, number, kind: about, name, seen, since } = incident;
  return {
    kind: 'incident-opened',
    where: whereOf(incident),
    what: { incident: id, number, about, name, seen, since },
  };
}

function movedEvent(incident: Incident, entry: Omit<IncidentEntry, 'entry'>, move: Move): EventDraft {
  const { id, number, steps } = incident;
  const { step, kind: did, text: note } = entry;
  const proof = did === 'done' ? (steps.find((one) => one.step === step)?.proof ?? null) : null;
  // Nobody just then asked for what an engine found out.
  const scheduled = move.kind === 'end';
  return {
    kind: 'incident-moved',
    where: whereOf(incident),
    what: { incident: id, number, step, did, proof, note },
    scheduled,
  };
}
