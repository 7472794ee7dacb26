import { recordOfNames } from './common-names.ts';
import { FieldSet } from './field-set.ts';
import type { LogFormat } from './format.ts';
import { putObject, readJsonObject } from './json.ts';
import { rawRecord } from './record.ts';
import { lineByLine, share } from './stateless.ts';

/** One JSON object a line (jsonlines.org). What is nested becomes `outer.inner`. */
export const jsonLines: LogFormat = {
  id: 'json-lines',
  createParser: () =>
    lineByLine((line, context) => {
      const object = readJsonObject(line);
      if (object === null) return [rawRecord(line)];
      const fields = new FieldSet();
      putObject(fields, object);
      return [recordOfNames(fields, line, context)];
    }),
  recognises: (lines) => 0.8 * share(lines, (line) => readJsonObject(line) !== null),
};
