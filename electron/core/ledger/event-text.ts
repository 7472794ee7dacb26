import { instant } from '#shared/domain/bounds.ts';
import {
  LEDGER_EVENT_LIMIT,
  LEDGER_FORMAT,
  LEDGER_WHAT,
  type LedgerEvent,
  type LedgerKind,
  type LedgerWhere,
  type LedgerWho,
  ledgerSalt,
  ledgerWhere,
  ledgerWho,
} from '#shared/domain/ledger.ts';
import { type PlainWriter, plainWriterOf } from './plain-writer.ts';

/** By kind, made when the first event of it comes. */
const plainWriters = new Map<LedgerKind, PlainWriter>();

/** Most events of a batch are of the same kind, instant, account and node: each is checked and written once. */
let writtenBefore: { at: string; kind: LedgerKind; text: string } | null = null;
const writtenWho = new WeakMap<LedgerWho, string>();
let writtenWhere: { node: string; name: string; text: string } | null = null;

/**
 * The canonical texts (RFC 8785) of events without their numbers, which only the one writer of the ledger can know: for each
 * event two lines, what comes before the number and what comes after it. Canonical JSON has no line feed in it. Keys are
 * written in the order of the RFC here, and all that was parsed has them in that order.
 * @throws ZodError when an event is not of its form, RangeError when its kind is not known or it is too long
 */
export function eventLines(events: readonly LedgerEvent[]): string {
  const lines: string[] = [];
  for (const { at, kind, salt, what, where, who } of events) {
    const before = textBefore(at, kind);
    const salted = salt === undefined ? '' : `"salt":${JSON.stringify(ledgerSalt.parse(salt))},`;
    const said = textOfWhat(kind, what);
    const there = textOfWhere(where);
    const after = `,${salted}"what":${said},"where":${there},"who":${textOfWho(who)}}`;
    if (before.length + after.length > LEDGER_EVENT_LIMIT) {
      throw new RangeError(`An event of kind ${kind} is too long`);
    }
    lines.push(before, after);
  }
  return lines.join('\n');
}

function textOfWhat(kind: LedgerKind, what: unknown): string {
  let writer = plainWriters.get(kind);
  if (writer === undefined) {
    writer = plainWriterOf(LEDGER_WHAT[kind]);
    plainWriters.set(kind, writer);
  }
  return writer(what) ?? JSON.stringify(LEDGER_WHAT[kind].parse(what));
}

function textBefore(at: string, kind: LedgerKind): string {
  if (writtenBefore?.at !== at || writtenBefore.kind !== kind) {
    if (!Object.hasOwn(LEDGER_WHAT, kind)) throw new RangeError('There is no such kind of event');
    const text = `{"at":${JSON.stringify(instant.parse(at))},"format":${LEDGER_FORMAT},"kind":"${kind}","number":`;
    writtenBefore = { at, kind, text };
  }
  return writtenBefore.text;
}

function textOfWhere(where: LedgerWhere): string {
  if (where === null) return 'null';
  if (writtenWhere?.node !== where.node || writtenWhere.name !== where.name) {
    writtenWhere = { node: where.node, name: where.name, text: JSON.stringify(ledgerWhere.parse(where)) };
  }
  return writtenWhere.text;
}

function textOfWho(who: LedgerWho): string {
  const known = writtenWho.get(who);
  if (known !== undefined) return known;
  const text = JSON.stringify(ledgerWho.parse(who));
  writtenWho.set(who, text);
  return text;
}
