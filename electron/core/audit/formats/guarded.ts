import type { AuditRecord } from '#shared/domain/audit/event.ts';
import { FieldSet } from './field-set.ts';
import type { LineParser, LogFormat } from './format.ts';
import { createRecord } from './record.ts';

/** The field that says why a line was not read as its format would have it. */
export const FAULT_FIELD = 'swarmkeep.fault';
const LONGEST_FAULT = 256;

/**
 * A format whose parsers never throw, whatever a mistake in them does. Whoever stores lines tries a batch again when that fails, so
 * one line that makes a parser throw would hold up its source for ever: it becomes a raw record that says the fault, what waited in
 * the parser is given out, and a new one goes on with the next line.
 */
export function guarded(format: LogFormat): LogFormat {
  return {
    id: format.id,
    createParser: (state) => guardedParser(format, state),
    recognises: (lines) => {
      try {
        return format.recognises(lines);
      } catch {
        return 0;
      }
    },
  };
}

function guardedParser(format: LogFormat, state: unknown): LineParser {
  let parser = begin(format, state);
  return {
    parse(line, context) {
      try {
        return parser.parse(line, context);
      } catch (error) {
        const waited = flushed(parser, context);
        parser = format.createParser();
        return [...waited, notRead(format, line, error)];
      }
    },
    flush(context) {
      try {
        return parser.flush(context);
      } catch (error) {
        parser = format.createParser();
        return [notRead(format, '', error)];
      }
    },
    state() {
      try {
        return parser.state();
      } catch {
        return null;
      }
    },
  };
}

/** What is kept of an earlier run may be what makes it throw. */
function begin(format: LogFormat, state: unknown): LineParser {
  try {
    return format.createParser(state);
  } catch {
    return format.createParser();
  }
}

function flushed(parser: LineParser, context: Parameters<LineParser['flush']>[0]): AuditRecord[] {
  try {
    return parser.flush(context);
  } catch (error) {
    return [notRead({ id: 'plain' }, '', error)];
  }
}

function notRead({ id }: Pick<LogFormat, 'id'>, line: string, error: unknown): AuditRecord {
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const text = line === '' ? 'Lines that waited for more could not be read; each is kept as it was.' : line;
  return faultRecord(text, `Swarmkeep could not read this as ${id}. ${why}`);
}

/** @returns a line as searchable text that says why there is no more of it */
export function faultRecord(line: string, why: string): AuditRecord {
  const fields = new FieldSet();
  fields.put(FAULT_FIELD, why.slice(0, LONGEST_FAULT));
  return createRecord({ message: line, fields });
}
