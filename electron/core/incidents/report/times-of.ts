import type { Incident, IncidentStep } from '#shared/domain/incident/incident.ts';

/** How long a part of an incident took. */
export interface PartTime {
  part: 'detect' | 'contain' | 'recover';
  from: string;
  /** Null while it is not over. */
  to: string | null;
  /** Milliseconds; null while it is not over. */
  tookMs: number | null;
  /** Whether the console saw the end of it itself; null while it is not over. */
  proven: boolean | null;
}

/** Steps that put an end to what goes on, of which one is enough; the first to be done counts. */
const CONTAINING = new Set(['isolate', 'rotate']);
const RECOVERING = new Set(['release', 'rejoin']);

/**
 * The three times that an incident is measured by (NIST SP 800-61r3, section 3, on metrics): from the first sign to when it was
 * noticed, from there to when it was contained, and to when everything was as it should be. Nothing is guessed: what is not over has no end.
 * @returns in this order; a clock that went back gives no negative time
 */
export function timesOf(incident: Incident): PartTime[] {
  const { since, openedAt, closedAt, steps } = incident;
  const done = steps.filter(
    (step) =>
      step.state === 'done' && step.endedAt !== null && Date.parse(step.endedAt) >= Date.parse(openedAt),
  );
  const contained = ended(
    done.filter(({ action, phase }) => CONTAINING.has(action) && phase === 'contain'),
  ).at(0);
  const recovered = ended(done.filter(({ action }) => RECOVERING.has(action))).at(-1);
  const end = recovered?.endedAt ?? closedAt;
  return [
    part('detect', since, openedAt, true),
    part('contain', openedAt, contained?.endedAt ?? null, contained?.proof === 'proven'),
    part('recover', openedAt, end, recovered?.proof === 'proven'),
  ];
}

/** Oldest end first. */
const ended = (steps: readonly IncidentStep[]): IncidentStep[] =>
  [...steps].sort((one, other) => Date.parse(one.endedAt ?? '') - Date.parse(other.endedAt ?? ''));

function part(name: PartTime['part'], from: string, to: string | null, proven: boolean): PartTime {
  if (to === null) return { part: name, from, to, tookMs: null, proven: null };
  return { part: name, from, to, tookMs: Math.max(0, Date.parse(to) - Date.parse(from)), proven };
}

/** @returns `2 d 3 h`, `5 min 12 s`, `0 s`: the two largest units that count */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const units = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const first = units.findIndex(([length]) => seconds >= length);
  if (first < 0) return '0 s';
  let left = seconds;
  const words = units.slice(first, first + 2).map(([length, name]) => {
    const count = Math.floor(left / length);
    left -= count * length;
    return count === 0 ? '' : `${count} ${name}`;
  });
  return words.filter(Boolean).join(' ');
}
