const forms = new Map<string, Intl.DateTimeFormat | null>();

/** @returns what writes the offset of a zone; null for a name that the tz database has not */
function formOf(zone: string): Intl.DateTimeFormat | null {
  const known = forms.get(zone);
  if (known !== undefined) return known;
  let form: Intl.DateTimeFormat | null = null;
  try {
    form = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    // A node may call itself anything.
  }
  if (forms.size < 256) forms.set(zone, form);
  return form;
}

/**
 * How far a time zone is from UTC at an instant.
 * @param zone as the node says it: a name of the tz database (`Europe/Berlin`), or anything
 * @param at milliseconds since 1970 UTC
 * @returns minutes east of UTC; null when there is no such zone
 */
export function utcOffsetOf(zone: string, at: number): number | null {
  const name = formOf(zone.slice(0, 64))
    ?.formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const read = /^GMT(?:([+-])(\d{2}):(\d{2})(?::\d{2})?)?$/.exec(name ?? '');
  if (read === null) return null;
  const minutes = Number(read[2] ?? 0) * 60 + Number(read[3] ?? 0);
  // Never minus zero.
  return read[1] === '-' && minutes !== 0 ? -minutes : minutes;
}
