const MINUTE = 60_000;

/**
 * Instants of a scenario are told from its own "now", so that the same pictures come out on every day.
 * @param now the scenario's present, milliseconds since the epoch
 */
export function clockFrom(now: number) {
  const at = (minutesAgo: number): string => new Date(now - minutesAgo * MINUTE).toISOString();
  return {
    now: at(0),
    at,
    hoursAgo: (hours: number): string => at(hours * 60),
    daysAgo: (days: number): string => at(days * 1_440),
    inDays: (days: number): string => at(-days * 1_440),
  };
}
export type ScenarioClock = ReturnType<typeof clockFrom>;
