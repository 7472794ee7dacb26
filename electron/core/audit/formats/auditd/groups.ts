import type { AuditRecord } from '#shared/domain/audit/event.ts';
import { type FieldSet, RECORD_LIMITS } from '../field-set.ts';
import { deriveRecords } from './derive.ts';
import { type AuditGroup, type AuditSyscall, auditdState, MAX_GROUPS, MAX_PATHS } from './group.ts';
import type { AuditHeader } from './header.ts';
import { ProcessNames } from './process-names.ts';
import { decodeSocketAddress } from './socket-address.ts';
import { isArgument } from './values.ts';

/** System calls of which something is put together. The records of all others pass through and nothing waits for them. */
const CALLS = new Set([
  ...['execve', 'execveat', 'connect', 'sendto', 'socketcall'],
  ...[
    'open',
    'openat',
    'openat2',
    'creat',
    'truncate',
    'unlink',
    'unlinkat',
    'rename',
    'renameat',
    'renameat2',
  ],
  ...['link', 'linkat', 'symlink', 'symlinkat', 'mkdir', 'mkdirat', 'mknod', 'mknodat', 'rmdir'],
  ...['chmod', 'fchmodat', 'fchmodat2', 'chown', 'lchown', 'fchownat', 'setxattr', 'lsetxattr'],
]);

const number = (fields: FieldSet, name: string): number | undefined => {
  const value = fields.get(name);
  return typeof value === 'number' ? value : undefined;
};

function syscallOf(fields: FieldSet): AuditSyscall {
  const text = (name: string): string | undefined => fields.text(name);
  return {
    name: text('SYSCALL') ?? '',
    success: text('success') === 'yes',
    exit: number(fields, 'exit'),
    pid: number(fields, 'pid'),
    ppid: number(fields, 'ppid'),
    uid: number(fields, 'uid'),
    euid: number(fields, 'euid'),
    auid: number(fields, 'auid'),
    ses: number(fields, 'ses'),
    user: text('UID'),
    exe: text('exe'),
    comm: text('comm'),
    key: text('key'),
    tty: text('tty'),
    a0: text('a0'),
    a1: text('a1'),
    a2: text('a2'),
  };
}

/** The arguments of an EXECVE record in their order: `a0 a1 a2`, and `a1[0] a1[1]` for one that was cut into pieces. */
function argumentsOf(fields: FieldSet): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(fields.finish())) {
    if (!isArgument(name) || name.endsWith('_len')) continue;
    const text = Array.isArray(value) ? value.join(' ') : String(value ?? '');
    const isPiece = name.endsWith(']') && !name.endsWith('[0]');
    parts.push(isPiece || parts.length === 0 ? text : ` ${text}`);
  }
  return parts.join('').slice(0, RECORD_LIMITS.value);
}

/** Collects what belongs to one happening, and puts it together when it is complete. */
export class AuditGroups {
  readonly #open = new Map<string, AuditGroup>();
  readonly #processes = new ProcessNames();
  #hasClosing = false;

  /** @param state what `state` gave earlier; anything that does not look like it is ignored */
  constructor(state: unknown) {
    const read = auditdState.safeParse(state);
    if (!read.success) return;
    this.#hasClosing = read.data.hasClosing;
    for (const group of read.data.groups) this.#open.set(group.id, group);
  }

  /** Takes a record in. @returns what it completed */
  add(header: AuditHeader, fields: FieldSet): AuditRecord[] {
    const done: AuditRecord[] = [];
    const { type } = header;
    if (type === 'SYSCALL') {
      this.#closeOlder(header, done);
      if (CALLS.has(fields.text('SYSCALL') ?? '')) {
        const { id, at, timeText } = header;
        this.#open.set(id, { id, at, timeText, syscall: syscallOf(fields), paths: [] });
      }
      return done;
    }
    const group = this.#open.get(header.id);
    if (type === 'PROCTITLE' || type === 'EOE') this.#hasClosing = true;
    if (group === undefined) return done;
    this.#take(group, type, fields);
    if (type === 'PROCTITLE' || type === 'EOE') this.#close(group, done);
    return done;
  }

  /** @returns what waited for more, put together as it is */
  flush(): AuditRecord[] {
    const done: AuditRecord[] = [];
    for (const group of this.#open.values()) this.#close(group, done);
    return done;
  }

  /** @returns plain JSON of what waits; null when nothing does */
  state(): unknown {
    return this.#open.size === 0 ? null : { groups: [...this.#open.values()], hasClosing: this.#hasClosing };
  }

  #take(group: AuditGroup, type: string, fields: FieldSet): void {
    if (type === 'EXECVE') {
      const text = argumentsOf(fields);
      const joined = group.command === undefined ? text : `${group.command}${glue(fields)}${text}`;
      group.command = joined.slice(0, RECORD_LIMITS.value);
    } else if (type === 'CWD') group.cwd = fields.text('cwd');
    else if (type === 'PROCTITLE') group.proctitle = fields.text('CommandLine');
    else if (type === 'PATH' && group.paths.length < MAX_PATHS) {
      const name = fields.text('name');
      if (name !== undefined)
        group.paths.push({ name, kind: (fields.text('nametype') ?? 'UNKNOWN').slice(0, 32) });
    } else if (type === 'SOCKADDR') {
      const address = decodeSocketAddress(fields.text('saddr') ?? '');
      if (address?.family === 'inet' || address?.family === 'inet6')
        group.address = { ip: address.ip, port: address.port };
      else if (address?.family === 'unix') group.socket = address.path;
    }
  }

  /** Closes happenings that cannot get any more: too many are open, they are 2 s older, or this log has nothing that closes one. */
  #closeOlder(header: AuditHeader, done: AuditRecord[]): void {
    for (const group of this.#open.values()) {
      const isOver = !this.#hasClosing || this.#open.size >= MAX_GROUPS || header.at - group.at >= 2_000;
      if (isOver && group.id !== header.id) this.#close(group, done);
      else break;
    }
  }

  #close(group: AuditGroup, done: AuditRecord[]): void {
    this.#open.delete(group.id);
    done.push(...deriveRecords(group, this.#processes));
  }
}

/** What stands between the arguments of two EXECVE records: nothing when the second goes on with a piece of one argument. */
function glue(fields: FieldSet): string {
  const first = Object.keys(fields.finish()).find((name) => isArgument(name) && !name.endsWith('_len'));
  return first?.endsWith(']') && !first.endsWith('[0]') ? '' : ' ';
}
