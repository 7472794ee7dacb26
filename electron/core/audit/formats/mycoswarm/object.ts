import type { AuditRecord, FieldValue } from '#shared/domain/audit/event.ts';
import { FieldSet } from '../field-set.ts';
import type { ParseContext } from '../format.ts';
import { putObject } from '../json.ts';
import { createRecord, LOG_SOURCES } from '../record.ts';
import type { Understood } from '../services/understand.ts';
import { timeOfValue } from '../times.ts';

const IP = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]{2,39}(?:%\w{1,15})?)$/;

/** What `shell.log`, `network.log` and `tool.log` call things, in the order of trust, and the name that rules know. */
const NAMES: readonly (readonly [string, readonly string[]])[] = [
  ['CommandLine', ['CommandLine', 'command', 'cmd', 'argv', 'command_line']],
  ['CurrentDirectory', ['CurrentDirectory', 'cwd', 'workdir', 'working_directory', 'pwd']],
  ['ExitCode', ['ExitCode', 'exit', 'exit_code', 'returncode', 'return_code', 'code', 'rc']],
  [
    'Destination',
    ['DestinationIp', 'DestinationHostname', 'dest', 'destination', 'dst', 'host', 'remote', 'ip'],
  ],
  ['DestinationPort', ['DestinationPort', 'port', 'dport', 'dest_port']],
  ['tool', ['tool', 'tool_name', 'task_type', 'name']],
  ['User', ['User', 'user', 'owner', 'uid']],
];

type Found = Partial<Record<string, FieldValue>>;

function findNames(fields: FieldSet, object: Record<string, unknown> | null): Found {
  const found: Found = {};
  for (const [meaning, names] of NAMES) {
    const name = names.find((each) => fields.text(each) !== undefined);
    if (name === undefined) continue;
    const list = object?.[name];
    found[meaning] = Array.isArray(list)
      ? list.map(String).join(' ').slice(0, 65_536)
      : (fields.get(name) ?? null);
  }
  return found;
}

/** The rest of a call as Sigma's own category, so that rules for every Linux see what mycoSwarm logs too. */
function asLinux(found: Found): AuditRecord | null {
  const fields = new FieldSet();
  const text = (name: string): string | null => (found[name] === undefined ? null : String(found[name]));
  const command = text('CommandLine');
  const destination = text('Destination');
  if (command === null && destination === null) return null;
  if (command !== null) {
    fields.put('CommandLine', command);
    fields.put('Image', command.trimStart().split(/\s/, 1)[0] ?? '');
    fields.putNew('CurrentDirectory', found.CurrentDirectory);
  } else if (destination !== null) {
    const url =
      /^[a-z][a-z0-9+.-]{0,31}:\/\/(?:[^/@\s]{0,256}@)?(\[[^\]]{1,64}\]|[^/:\s]{1,256})(?::(\d{1,5}))?/i.exec(
        destination,
      );
    const pair = /^([^\s:]{1,256}|\[[^\]]{1,64}\]):(\d{1,5})$/.exec(destination);
    const host = (url?.[1] ?? pair?.[1] ?? destination).replace(/^\[|\]$/g, '');
    fields.put(IP.test(host) ? 'DestinationIp' : 'DestinationHostname', host);
    const port = url?.[2] ?? pair?.[2] ?? found.DestinationPort;
    if (port !== undefined && port !== null && /^\d{1,5}$/.test(String(port)))
      fields.put('DestinationPort', Number(port));
    fields.put('Initiated', 'true');
  }
  fields.putNew('ExitCode', found.ExitCode);
  // What mycoSwarm logs is what its agents did, whatever their account is called.
  fields.put('swarmkeep.agent', true);
  fields.putNew('User', found.User);
  return createRecord({
    logsource: command !== null ? LOG_SOURCES.processCreation : LOG_SOURCES.networkConnection,
    message: command ?? `connection to ${destination}`,
    fields,
    derived: true,
  });
}

/**
 * Tells what named values of mycoSwarm's logs are: a line of `access.log` (`path`, `operation`, `allowed`), of `shell.log` (a command),
 * `network.log` (a destination), `tool.log` (a tool), or a task.
 * @param fields holds the values already; names that rules know are added
 * @param object the values as they were nested, or null
 */
export function understandNames(
  fields: FieldSet,
  object: Record<string, unknown> | null,
  message: string,
): Understood {
  const isAccess = fields.has('path') && fields.has('operation') && fields.has('allowed');
  if (isAccess) {
    fields.putNew('TargetFilename', fields.get('path'));
    fields.putNew('User', fields.get('owner'));
    fields.putNew('action', 'access');
    const severity = fields.get('allowed') === false ? 'warning' : null;
    const said = `${fields.text('operation') ?? 'access'} ${fields.text('path') ?? ''}`;
    return { logsource: LOG_SOURCES.toolCall, severity, message: said };
  }
  const found = findNames(fields, object);
  for (const name of ['CommandLine', 'CurrentDirectory', 'ExitCode', 'tool'])
    fields.putNew(name, found[name]);
  const linux = asLinux(found);
  const isCall = linux !== null || found.tool !== undefined;
  const said = fields.text('message') ?? fields.text('msg');
  return {
    logsource: isCall
      ? LOG_SOURCES.toolCall
      : fields.has('task_id')
        ? LOG_SOURCES.task
        : LOG_SOURCES.mycoswarm,
    severity: null,
    message: said ?? linux?.message ?? message,
    derived: linux === null ? [] : [linux],
  };
}

/** Reads a JSON object that mycoSwarm logged; see understandNames. */
export function readMycoswarmObject(
  fields: FieldSet,
  object: Record<string, unknown>,
  _context: ParseContext,
  line: string,
): Understood {
  putObject(fields, object);
  return understandNames(fields, object, line);
}

/** The time that a JSON object of mycoSwarm names, as it stands there and in milliseconds. */
export function timeOfFields(
  fields: FieldSet,
  context: ParseContext,
): { at: number | null; timeText: string | null } {
  const name = ['timestamp', 'time', 'ts', 'at'].find((each) => fields.text(each) !== undefined);
  const value = name === undefined ? undefined : fields.get(name);
  return { at: timeOfValue(value, context), timeText: value === undefined ? null : String(value) };
}
