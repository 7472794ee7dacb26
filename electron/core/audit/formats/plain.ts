import { FieldSet } from './field-set.ts';
import type { LogFormat } from './format.ts';
import { createRecord } from './record.ts';
import { severityOfWord } from './severity.ts';
import { lineByLine } from './stateless.ts';
import { readBsdTime, readIsoTime } from './times.ts';

/** Sticky: a level in brackets or bare behind the time, as most programs write it. */
const LEVEL = /[\s\-|:[(]{0,4}([A-Za-z]{4,13})(?=[\s\-|:\])])/y;

/** Any text. A time and a level at the beginning are read; nothing else is. */
export const plain: LogFormat = {
  id: 'plain',
  createParser: () =>
    lineByLine((line, context) => {
      const start = line.charCodeAt(0) === 91 ? 1 : 0;
      const time = readIsoTime(line, start, context) ?? readBsdTime(line, start, context);
      LEVEL.lastIndex = time === null ? 0 : line.charCodeAt(time.end) === 93 ? time.end + 1 : time.end;
      const word = LEVEL.exec(line)?.[1];
      return [
        createRecord({
          at: time?.at ?? null,
          timeText: time === null ? null : line.slice(start, time.end),
          severity: word === undefined ? null : severityOfWord(word),
          message: line,
          // For its mark when the line is longer than a message.
          fields: new FieldSet(),
        }),
      ];
    }),
  recognises: () => 0.01,
};
