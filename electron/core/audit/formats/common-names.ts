import type { AuditRecord, LogSource } from '#shared/domain/audit/event.ts';
import type { FieldSet } from './field-set.ts';
import type { ParseContext } from './format.ts';
import { createRecord, LOG_SOURCES } from './record.ts';
import { severityOfNumber, severityOfWord } from './severity.ts';
import { timeOfValue } from './times.ts';

const TIME_NAMES = [
  '@timestamp',
  'timestamp',
  'time',
  'ts',
  't',
  'datetime',
  'asctime',
  'date',
  'UtcTime',
  'eventTime',
  'created',
];
const MESSAGE_NAMES = ['message', 'msg', 'MESSAGE', 'log', 'event', 'text'];
const LEVEL_NAMES = ['level', 'severity', 'levelname', 'lvl', 'loglevel', 'log.level', 'priority'];

const first = (fields: FieldSet, names: readonly string[]): string | undefined =>
  names.find((name) => fields.text(name) !== undefined);

/** What a record with Sigma's own field names is about. */
function sourceByFields(fields: FieldSet): LogSource {
  if (fields.has('CommandLine') && fields.has('Image')) return LOG_SOURCES.processCreation;
  if (fields.has('DestinationIp') || fields.has('DestinationHostname')) return LOG_SOURCES.networkConnection;
  if (fields.has('TargetFilename')) return LOG_SOURCES.fileEvent;
  return LOG_SOURCES.unknown;
}

/**
 * Makes a record of fields whose names say which are the time, the message and the level, as loggers commonly call them.
 * @param line stands for the message when no field is one
 */
export function recordOfNames(
  fields: FieldSet,
  line: string,
  context: ParseContext,
  logsource: LogSource = sourceByFields(fields),
): AuditRecord {
  const timeName = first(fields, TIME_NAMES);
  const time = timeName === undefined ? undefined : fields.get(timeName);
  const messageName = first(fields, MESSAGE_NAMES);
  const levelName = first(fields, LEVEL_NAMES);
  const level = levelName === undefined ? undefined : fields.get(levelName);
  return createRecord({
    at: timeOfValue(time, context),
    timeText: time === undefined ? null : String(time),
    logsource,
    severity:
      typeof level === 'number' ? severityOfNumber(level) : level ? severityOfWord(String(level)) : null,
    message: messageName === undefined ? line : (fields.text(messageName) ?? line),
    fields,
  });
}
