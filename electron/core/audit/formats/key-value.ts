import { recordOfNames } from './common-names.ts';
import { FieldSet } from './field-set.ts';
import type { LogFormat } from './format.ts';
import { putKeyValues } from './key-values.ts';
import { createRecord, rawRecord } from './record.ts';
import { lineByLine, share } from './stateless.ts';
import { readIsoTime } from './times.ts';

/** `name=value` pairs: logfmt, and variables as a shell writes them. A time may stand before them. */
export const keyValue: LogFormat = {
  id: 'key-value',
  createParser: () =>
    lineByLine((line, context) => {
      const fields = new FieldSet();
      const time = readIsoTime(line, 0, context);
      const { found } = putKeyValues(fields, line, time?.end ?? 0);
      if (found === 0 && time === null) return [rawRecord(line)];
      if (time === null) return [recordOfNames(fields, line, context)];
      const at = time.at;
      return [
        found === 0
          ? createRecord({ at, timeText: line.slice(0, time.end), message: line })
          : { ...recordOfNames(fields, line, context), at, timeText: line.slice(0, time.end) },
      ];
    }),
  recognises: (lines) =>
    0.7 *
    share(lines, (line) => {
      const text = line.slice(0, 4_096);
      const context = { receivedAt: 0, utcOffsetMinutes: 0 };
      const pairs = putKeyValues(new FieldSet(), text, readIsoTime(text, 0, context)?.end ?? 0);
      return pairs.found >= 2 && pairs.share >= 0.6;
    }),
};
