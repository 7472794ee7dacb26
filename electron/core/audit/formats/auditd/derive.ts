import type { AuditRecord, LogSource } from '#shared/domain/audit/event.ts';
import { FieldSet } from '../field-set.ts';
import { createRecord, LOG_SOURCES } from '../record.ts';
import type { AuditGroup, AuditSyscall } from './group.ts';
import { absolutePath } from './path.ts';
import { isDaemon, type ProcessName, type ProcessNames } from './process-names.ts';

/** errno(3): ways to say that the file is simply not there, as every search along PATH meets them. */
const NOT_THERE: ReadonlySet<number> = new Set([-2, -20]);
/** open(2): O_ACCMODE, O_CREAT, O_TRUNC. */
const ACCESS_MODE = 0o3;
const CREATE_OR_TRUNCATE = 0o100 | 0o1000;
/** Folders that every program reads all the time, so that reading there says nothing; what a process keeps to itself is no such thing. */
const READ_ALWAYS =
  /^\/(?:usr|lib|lib32|lib64|sys|dev)\/|^\/proc\/(?!\d+\/(?:environ|mem)$)|^\/etc\/ld\.so\.|\.pyc$/;

const RENAMES = new Set(['rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat']);
const ATTRIBUTES = new Set([
  'chmod',
  'fchmodat',
  'fchmodat2',
  'chown',
  'lchown',
  'fchownat',
  'setxattr',
  'lsetxattr',
]);

/** The account in Sigma's word: its name when auditd wrote it or when it is root, else the number. */
function userOf(call: AuditSyscall): string | undefined {
  return call.user ?? (call.uid === 0 ? 'root' : call.uid === undefined ? undefined : String(call.uid));
}

function putProcess(fields: FieldSet, group: AuditGroup, call: AuditSyscall, processes: ProcessNames): void {
  const put = (name: string, value: string | number | undefined): void => fields.putNew(name, value);
  put('User', userOf(call));
  put('ProcessId', call.pid);
  put('ParentProcessId', call.ppid);
  const parent = call.ppid === undefined ? undefined : processes.get(call.ppid);
  put('ParentImage', parent?.image);
  put('ParentCommandLine', parent?.command);
  put('CurrentDirectory', group.cwd);
  put('LogonId', call.auid);
  put('TerminalSessionId', call.ses);
  put('uid', call.uid);
  put('euid', call.euid);
  put('comm', call.comm);
  put('tty', call.tty);
  put('key', call.key);
  put('SYSCALL', call.name);
  put('success', call.success ? 'yes' : 'no');
  put('exit', call.exit);
}

interface Made {
  logsource: LogSource;
  message: string;
  fields: FieldSet;
}

function processCreation(group: AuditGroup, call: AuditSyscall): Made | null {
  if (!call.success && (call.exit === undefined || NOT_THERE.has(call.exit))) return null;
  const fields = new FieldSet();
  // A program that could not be started leaves the caller's name in `exe`; what was asked for is the first path.
  const asked = group.paths[0];
  const image = call.success
    ? call.exe
    : asked === undefined
      ? undefined
      : absolutePath(asked.name, group.cwd);
  fields.putNew('Image', image);
  const command = group.command ?? group.proctitle;
  fields.putNew('CommandLine', command);
  return {
    logsource: LOG_SOURCES.processCreation,
    message: command ?? image ?? 'a program was started',
    fields,
  };
}

/** Sockets that rule over containers: whoever may talk to one may do anything on the machine. */
const CONTAINER_SOCKET = /\/(?:docker|podman|containerd|crio|buildkitd)\.sock$/;

function networkConnection(group: AuditGroup, call: AuditSyscall, command: string | undefined): Made | null {
  const fields = new FieldSet();
  if (group.socket !== undefined && CONTAINER_SOCKET.test(group.socket)) {
    fields.putNew('Image', call.exe);
    fields.putNew('CommandLine', command);
    fields.put('DestinationSocket', group.socket);
    const message = `${call.exe ?? 'a program'} connects to ${group.socket}`;
    return { logsource: LOG_SOURCES.networkConnection, message, fields };
  }
  if (group.address === undefined) return null;
  fields.putNew('Image', call.exe);
  fields.putNew('CommandLine', command);
  fields.put('Initiated', 'true');
  fields.put('DestinationIp', group.address.ip);
  fields.put('DestinationPort', group.address.port);
  return {
    logsource: LOG_SOURCES.networkConnection,
    message: `${call.exe ?? 'a program'} connects to ${group.address.ip} port ${group.address.port}`,
    fields,
  };
}

/** errno(3): EPERM and EACCES, the ways to be refused by permissions. */
const KEPT_OUT: ReadonlySet<number> = new Set([-1, -13]);

/** Whether permissions refused a call. What an agent could not read says as much of it as what it could. */
function wasKeptOut(call: AuditSyscall): boolean {
  return !call.success && call.exit !== undefined && KEPT_OUT.has(call.exit);
}

/** What was done to a file, or null when that cannot be told or says nothing. */
function operationOn(kind: string, call: AuditSyscall): string | null {
  if (kind === 'CREATE') return RENAMES.has(call.name) ? 'rename' : 'create';
  if (kind === 'DELETE') return RENAMES.has(call.name) ? null : 'delete';
  if (kind !== 'NORMAL' && kind !== 'UNKNOWN') return null;
  if (call.name === 'truncate' || call.name === 'creat') return 'write';
  if (ATTRIBUTES.has(call.name)) return 'attributes';
  const flags = call.name === 'open' ? call.a1 : call.name === 'openat' ? call.a2 : undefined;
  if (flags === undefined || !/^[0-9a-f]{1,16}$/.test(flags)) return null;
  const bits = Number.parseInt(flags.slice(-8), 16);
  return (bits & ACCESS_MODE) !== 0 || (bits & CREATE_OR_TRUNCATE) !== 0 ? 'write' : 'read';
}

function fileEvents(group: AuditGroup, call: AuditSyscall, command: string | undefined): Made[] {
  const made: Made[] = [];
  for (const { name, kind } of group.paths) {
    const operation = operationOn(kind, call);
    // Of what was refused only reading is told: a change that did not happen is none.
    if (operation === null || (!call.success && operation !== 'read')) continue;
    const path = absolutePath(name, isAtFolder(call) ? undefined : group.cwd);
    if (operation === 'read' && READ_ALWAYS.test(path)) continue;
    const fields = new FieldSet();
    fields.putNew('Image', call.exe);
    fields.putNew('CommandLine', command);
    fields.put('TargetFilename', path);
    fields.put('Operation', operation);
    made.push({
      logsource: operation === 'read' ? LOG_SOURCES.fileAccess : LOG_SOURCES.fileEvent,
      message: `${call.exe ?? 'a program'}: ${operation} ${path}${call.success ? '' : ', refused'}`,
      fields,
    });
  }
  return made;
}

/** Whether a name is relative to an open folder that the record does not name (openat(2) with another than AT_FDCWD). */
function isAtFolder(call: AuditSyscall): boolean {
  return call.name.includes('at') && call.name.startsWith('open') && call.name !== 'open'
    ? call.a0 !== undefined && !/^f{8,16}9c$|^f*ffffff9c$/.test(call.a0)
    : false;
}

function isConnect(call: AuditSyscall): boolean {
  if (call.name === 'socketcall') return call.a0 === '3';
  return call.name === 'connect' || call.name === 'sendto';
}

/** @returns what the caller was started as, when that was seen and it is not a later process with its id */
function startOf(processes: ProcessNames, call: AuditSyscall): ProcessName | undefined {
  const known = call.pid === undefined ? undefined : processes.get(call.pid);
  return known?.parent === call.ppid || call.ppid === 1 ? known : undefined;
}

/**
 * The command line of a program that is running. The kernel reads the title of a task once and keeps it (`audit_log_proctitle` in
 * kernel/auditsc.c): where it was first asked for between fork and execve, PROCTITLE goes on naming what the parent was.
 */
function runningCommand(group: AuditGroup, call: AuditSyscall, processes: ProcessNames): string | undefined {
  const started = startOf(processes, call);
  return started?.command !== undefined && started.image === call.exe ? started.command : group.proctitle;
}

/**
 * Puts together what the records of one happening say: a `process_creation` of a started program, a `network_connection` of a
 * connection or a datagram, a `file_event` of a file that was changed and a `file_access` of one that was read outside of the
 * system's own folders. Names of fields are those of Sigma's taxonomy (sysmon for Linux).
 * @returns no record when there is nothing of the kind, or the SYSCALL record is missing
 */
export function deriveRecords(group: AuditGroup, processes: ProcessNames): AuditRecord[] {
  const call = group.syscall;
  if (call === undefined) return [];
  let made: (Made | null)[];
  const isStart = call.name === 'execve' || call.name === 'execveat';
  const command = group.command ?? group.proctitle;
  const isAgents =
    (isStart && isDaemon(command)) ||
    startOf(processes, call)?.isAgents === true ||
    (isStart && call.ppid !== undefined && processes.get(call.ppid)?.isAgents === true);
  if (isStart) made = [processCreation(group, call)];
  else if (isConnect(call)) made = [networkConnection(group, call, runningCommand(group, call, processes))];
  else
    made =
      call.success || wasKeptOut(call) ? fileEvents(group, call, runningCommand(group, call, processes)) : [];
  const records: AuditRecord[] = [];
  for (const each of made) {
    if (each === null) continue;
    putProcess(each.fields, group, call, processes);
    if (isAgents) each.fields.put('swarmkeep.agent', true);
    const { logsource, message, fields } = each;
    const { at, timeText, id } = group;
    records.push(createRecord({ at, timeText, logsource, message, fields, group: id, derived: true }));
  }
  if (isStart && call.success && call.pid !== undefined)
    processes.set(call.pid, { image: call.exe, command, isAgents, parent: call.ppid });
  return records;
}
