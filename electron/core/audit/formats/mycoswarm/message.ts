import type { EventSeverity, LogSource } from '#shared/domain/audit/event.ts';
import { type FieldSet, RECORD_LIMITS } from '../field-set.ts';
import type { ParseContext } from '../format.ts';
import { readJsonObject } from '../json.ts';
import { bareValue } from '../key-values.ts';
import { LOG_SOURCES } from '../record.ts';
import type { Understood } from '../services/understand.ts';
import { severityOfWord } from '../severity.ts';
import { readMycoswarmObject } from './object.ts';
import { SENTENCES, type Sentence } from './sentences.ts';

/** `HH:MM:SS | LEVEL | ` (mycoswarm/daemon.py: `%(asctime)s | %(levelname)-5s | %(message)s`). */
const PREFIX = /^(\d\d):(\d\d):(\d\d) \| ([A-Z]{1,16}) *\| /;
/** The same anywhere later in a line: somebody writes what looks like a line into a line. */
const SECOND_PREFIX = /.\d\d:\d\d:\d\d \| [A-Z]{4,8} *\| /s;
/** What uvicorn says of a request, when it says anything. */
const REQUEST =
  /^(?:INFO: +)?(\[?[\d.a-fA-F:]{2,45}\]?):(\d{1,5}) - "([A-Z]{1,10}) (\S{0,4096}) HTTP\/[\d.]{1,3}" (\d{3})\b/;

const BY_BEGINNING: ReadonlyMap<string, readonly Sentence[]> = (() => {
  const map = new Map<string, Sentence[]>();
  for (const sentence of SENTENCES) {
    const word = sentence.begins.split(' ', 1)[0] ?? '';
    map.set(word, [...(map.get(word) ?? []), sentence]);
  }
  return map;
})();

/** The clock and the level that a line of the daemon begins with. */
export interface MycoswarmPrefix {
  hour: number;
  minute: number;
  second: number;
  level: string;
  end: number;
}

/** Reads the beginning of a daemon's line; null when there is none. */
export function readPrefix(line: string): MycoswarmPrefix | null {
  if (line.charCodeAt(2) !== 58) return null;
  const match = PREFIX.exec(line);
  if (match === null) return null;
  const [all, hour, minute, second, level = ''] = match;
  return { hour: Number(hour), minute: Number(minute), second: Number(second), level, end: all.length };
}

/** The text without the picture, the variation selectors and the blanks that the daemon puts first. */
function withoutPicture(text: string): string {
  let at = 0;
  while (at < 16 && at < text.length) {
    const code = text.charCodeAt(at);
    if (code > 32 && code < 0x2000) break;
    at += 1;
  }
  return at === 0 ? text : text.slice(at);
}

function putRequest(fields: FieldSet, text: string): LogSource | null {
  const match = REQUEST.exec(text);
  if (match === null) return null;
  const [, ip = '', port, method = '', path = '', status] = match;
  fields.put('SourceIp', ip.replace(/^\[|\]$/g, ''));
  fields.put('SourcePort', Number(port));
  fields.put('cs-method', method);
  fields.put('cs-uri-stem', path);
  fields.put('sc-status', Number(status));
  const isRefused = status === '401' || status === '403';
  fields.put('action', isRefused ? 'refused' : 'request');
  return isRefused ? LOG_SOURCES.swarmAuth : LOG_SOURCES.mycoswarm;
}

/** Puts in what a sentence of the daemon says. @returns what it is about */
function putSentence(fields: FieldSet, text: string): LogSource {
  const word = /^\S{1,24}/.exec(text)?.[0] ?? '';
  let began = false;
  for (const each of BY_BEGINNING.get(word) ?? []) {
    if (!text.startsWith(each.begins)) continue;
    began ||= each.begins.length > 8 || each.begins === 'task ';
    const match = each.whole.exec(text);
    if (match === null) continue;
    fields.put('action', each.action);
    for (const [index, name] of each.names.entries()) {
      const value = match[index + 1] ?? '';
      if (name === 'net_isolated') fields.put(name, value === 'True');
      else
        fields.put(
          name,
          ['seconds', 'timeout', 'DestinationPort', 'port', 'failures'].includes(name)
            ? bareValue(value)
            : value,
        );
    }
    return each.logsource;
  }
  // A sentence that stops in the middle: a line feed in a name makes the rest of it a line that nobody wrote.
  if (began) fields.put('forged', 'unfinished');
  return putRequest(fields, text) ?? LOG_SOURCES.mycoswarm;
}

/**
 * Reads one line that mycoSwarm wrote: a sentence of the daemon behind its clock and level, a request of uvicorn, or a JSON object of
 * one of its logs. `forged` is set where the line shows that somebody else may have written it.
 */
export function putMycoswarm(fields: FieldSet, line: string, context: ParseContext): Understood {
  const object = line.charCodeAt(0) === 123 ? readJsonObject(line) : null;
  if (object !== null) return readMycoswarmObject(fields, object, context, line);
  const prefix = readPrefix(line);
  const body = prefix === null ? line : line.slice(prefix.end);
  const head = body.length > RECORD_LIMITS.message ? body.slice(0, RECORD_LIMITS.message) : body;
  let severity: EventSeverity | null = null;
  if (prefix !== null) {
    fields.put('level', prefix.level);
    severity = severityOfWord(prefix.level);
  }
  const logsource = putSentence(fields, withoutPicture(head));
  if (head.includes(' | ') && SECOND_PREFIX.test(head)) fields.put('forged', 'line-within-line');
  if (severity === null && /^Traceback \(most recent|^[A-Z]\w{1,64}(?:Error|Exception): /.test(head))
    severity = 'error';
  return { logsource, severity, message: body };
}
