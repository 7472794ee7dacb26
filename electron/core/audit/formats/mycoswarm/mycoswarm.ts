import type { AuditRecord } from '#shared/domain/audit/event.ts';
import { FieldSet } from '../field-set.ts';
import type { LineParser, LogFormat, ParseContext } from '../format.ts';
import { readJsonObject } from '../json.ts';
import { putKeyValues } from '../key-values.ts';
import { createRecord } from '../record.ts';
import type { Understood } from '../services/understand.ts';
import { severityOfWord } from '../severity.ts';
import { share } from '../stateless.ts';
import { clockTime, readIsoTime } from '../times.ts';
import { putMycoswarm, readPrefix } from './message.ts';
import { timeOfFields, understandNames } from './object.ts';

/** A clock that goes back by more than this within one log was not read by the daemon, which writes its lines as they happen. */
const BACK_SECONDS = 30;
const HALF_DAY = 43_200;

function records(
  understood: Understood,
  fields: FieldSet,
  at: number | null,
  timeText: string | null,
): AuditRecord[] {
  const { logsource, severity, message, derived = [] } = understood;
  const own = createRecord({ at, timeText, logsource, severity, message, fields });
  return [own, ...derived.map((record) => ({ ...record, at, timeText: own.timeText }))];
}

/** `2026-02-12T10:00:00Z [LEVEL] name=value …`: how a tool writes shell.log, network.log and tool.log as text. */
function parseTimed(line: string, context: ParseContext): AuditRecord[] | null {
  const time = readIsoTime(line, line.charCodeAt(0) === 91 ? 1 : 0, context);
  if (time === null) return null;
  const fields = new FieldSet();
  const start = line.charCodeAt(time.end) === 93 ? time.end + 1 : time.end;
  putKeyValues(fields, line, start);
  const rest = line.slice(start).trimStart();
  const level = /^[[|-]? ?([A-Z]{4,8})\b/.exec(rest)?.[1];
  const understood = understandNames(fields, null, rest);
  const severity = understood.severity ?? (level === undefined ? null : severityOfWord(level));
  return records({ ...understood, severity }, fields, time.at, line.slice(0, time.end));
}

function createMycoswarmParser(): LineParser {
  let last: number | null = null;
  return {
    parse(line, context) {
      const prefix = readPrefix(line);
      if (prefix === null) {
        const timed = parseTimed(line, context);
        if (timed !== null) return timed;
      }
      const fields = new FieldSet();
      const understood = putMycoswarm(fields, line, context);
      if (prefix === null) {
        const { at, timeText } = timeOfFields(fields, context);
        return records(understood, fields, at, timeText);
      }
      const clock = prefix.hour * 3_600 + prefix.minute * 60 + prefix.second;
      const back = last === null ? 0 : last - clock;
      if (back > BACK_SECONDS && back < HALF_DAY) fields.put('forged', 'time-runs-back');
      else last = clock;
      const at = clockTime(prefix.hour, prefix.minute, prefix.second, context);
      return records(understood, fields, at, line.slice(0, 8));
    },
    flush: () => [],
    state: () => null,
  };
}

const LOG_NAMES = [
  ['path', 'operation', 'allowed'],
  ['tool', 'arguments'],
  ['command', 'cwd'],
  ['task_id', 'task_type'],
];

/** Text of the daemon, and the JSON lines of its access, shell, network and tool logs. */
export const mycoswarm: LogFormat = {
  id: 'mycoswarm',
  createParser: createMycoswarmParser,
  recognises: (lines) => {
    const own = share(lines, (line) => {
      if (readPrefix(line) !== null) return true;
      const object = readJsonObject(line.slice(0, 65_536));
      return object !== null && LOG_NAMES.some((names) => names.every((name) => Object.hasOwn(object, name)));
    });
    // A banner and tracebacks stand between the daemon's lines; a third of them is enough, and nothing else looks like them.
    return own >= 0.3 ? 0.9 + own * 0.1 : own;
  },
};
