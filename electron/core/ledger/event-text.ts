import { LEDGER_EVENT_LIMIT, LEDGER_FORMAT, type LedgerEvent, ledgerEvent } from '#shared/domain/ledger.ts';

/** The place of the number, which only the one writer of the ledger can know. No key sorts between `kind` and `salt`. */
const NUMBER = '"number":0';

/**
 * The canonical texts (RFC 8785) of events without their numbers: for each event two lines, what comes before the number
 * and what comes after it. Canonical JSON has no line feed in it.
 * @throws ZodError when an event is not of its form, RangeError when one is too long
 */
export function eventLines(events: readonly LedgerEvent[]): string {
  const lines: string[] = [];
  for (const event of events) {
    const { at, kind, salt, what, where, who } = ledgerEvent.parse(event);
    // The keys are in the order of RFC 8785 here, and in all that was parsed.
    const text = JSON.stringify({ at, format: LEDGER_FORMAT, kind, number: 0, salt, what, where, who });
    if (text.length > LEDGER_EVENT_LIMIT) throw new RangeError(`An event of kind ${event.kind} is too long`);
    // The first one is the event's own: what is before it has a fixed form.
    const place = text.indexOf(NUMBER) + NUMBER.length - 1;
    lines.push(text.slice(0, place), text.slice(place + 1));
  }
  return lines.join('\n');
}
