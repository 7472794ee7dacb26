import type { EntryKind, Incident, IncidentEntry } from '#shared/domain/incident/incident.ts';

/** Why a move is not made; nothing was changed then. */
export type MoveRefusal =
  | 'closed'
  | 'open'
  | 'no-step'
  | 'under-way'
  | 'settled'
  | 'needs'
  | 'other-run'
  | 'steps-left'
  | 'held'
  | 'no-words'
  | 'full'
  /** Only the console itself can say that it is done. */
  | 'seen-only'
  /** Only a decision with consent leads past the gate. */
  | 'gate'
  | 'no-follow-up'
  | 'false-alarm';

/** What a move led to. `entry` is null when it changed nothing, because it was made before. */
export type Moved =
  | { ok: true; incident: Incident; entry: Omit<IncidentEntry, 'entry'> | null }
  | { ok: false; why: MoveRefusal };

export const refuse = (why: MoveRefusal): Moved => ({ ok: false, why });

/** @returns that nothing was changed, because it was so already */
export const same = (incident: Incident): Moved => ({ ok: true, incident, entry: null });

/** @returns the incident one revision later, with the line about it */
export function made(
  incident: Incident,
  at: string,
  who: string,
  kind: EntryKind,
  step: string | null,
  text: string,
): Moved {
  return {
    ok: true,
    incident: { ...incident, revision: incident.revision + 1, touchedAt: at },
    entry: { at, who, kind, step, text: text.slice(0, 2_048) },
  };
}
