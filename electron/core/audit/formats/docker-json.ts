import { FieldSet } from './field-set.ts';
import type { LogFormat } from './format.ts';
import { putObject, readJsonObject } from './json.ts';
import { putKeyValues } from './key-values.ts';
import { putMycoswarm, readPrefix } from './mycoswarm/message.ts';
import { createRecord, LOG_SOURCES, rawRecord } from './record.ts';
import { severityOfWord } from './severity.ts';
import { lineByLine, share } from './stateless.ts';
import { timeOfValue } from './times.ts';

const isDocker = (object: Record<string, unknown> | null): object is { log: string; time: string } =>
  object !== null && typeof object.log === 'string' && typeof object.time === 'string';

/**
 * What Docker's `json-file` driver writes: `{"log":"…\n","stream":"stdout","time":"…"}`. What is inside is read as the daemon's own text,
 * as JSON or as logfmt. A line of more than 16 KiB comes in pieces; a piece that goes on is marked `partial`.
 */
export const dockerJson: LogFormat = {
  id: 'docker-json',
  createParser: () =>
    lineByLine((line, context) => {
      const object = readJsonObject(line);
      if (!isDocker(object)) return [rawRecord(line)];
      const fields = new FieldSet();
      const { log, time, ...rest } = object as { log: string; time: string } & Record<string, unknown>;
      putObject(fields, rest);
      const isWhole = log.endsWith('\n');
      if (!isWhole) fields.put('partial', true);
      const text = isWhole ? log.slice(0, log.endsWith('\r\n') ? -2 : -1) : log;
      const at = timeOfValue(time, context);
      if (readPrefix(text) !== null) {
        const { logsource, severity, message } = putMycoswarm(fields, text, context);
        return [createRecord({ at, timeText: time, logsource, severity, message, fields })];
      }
      const inner = readJsonObject(text);
      if (inner !== null) putObject(fields, inner);
      else if (putKeyValues(new FieldSet(), text.slice(0, 4_096)).share > 0.6) putKeyValues(fields, text);
      const level = fields.text('level') ?? fields.text('severity') ?? '';
      const message = fields.text('message') ?? fields.text('msg') ?? text;
      return [
        createRecord({
          at,
          timeText: time,
          logsource: LOG_SOURCES.unknown,
          severity: severityOfWord(level),
          message,
          fields,
        }),
      ];
    }),
  recognises: (lines) => share(lines, (line) => isDocker(readJsonObject(line.slice(0, 131_072)))),
};
