/** Everything that was read of one process, as it came. */
export interface ProcessTable {
  status?: Buffer;
  stat?: Buffer;
  cgroup?: Buffer;
  apparmor?: Buffer;
  argv: Buffer[];
  environmentReadable: boolean;
  names: Buffer[];
  empty: Set<string>;
  values: Buffer[];
  executable?: Buffer;
  workingDirectory?: Buffer;
  /** Kind of namespace → inode number. */
  namespaces?: Record<string, string>;
}

const SECTION = /^@begin:1$/;
const ENTRY = /^([1-9][0-9]{0,9})\/([a-z]+)(?:\/([a-z_]{1,32}))?:/;
const MAX_PROCESSES = 65_536;
const MAX_WORDS = 256;
const MAX_VARIABLES = 1_024;

function addFile(table: ProcessTable, name: string, value: Buffer): void {
  if (name === 'cmdline') {
    if (table.argv.length < MAX_WORDS) table.argv.push(value);
  } else if (name === 'status') table.status = value;
  else if (name === 'stat') table.stat = value;
  else if (name === 'cgroup') table.cgroup = value;
  else if (name === 'attr') table.apparmor = value;
}

function addLink(table: ProcessTable, name: string, kind: string | undefined, target: Buffer): void {
  if (name === 'exe') table.executable = target;
  else if (name === 'cwd') table.workingDirectory = target;
  else if (name === 'ns' && kind) {
    const inode = /^[a-z_]{1,32}:\[([0-9]{1,20})\]$/.exec(target.toString('latin1'))?.[1];
    if (!inode) return;
    table.namespaces ??= {};
    table.namespaces[kind] = inode;
  }
}

function addEntry(
  table: ProcessTable,
  section: string,
  name: string,
  kind: string | undefined,
  value: Buffer,
): void {
  if (section === 'files') addFile(table, name, value);
  else if (section === 'links') addLink(table, name, kind, value);
  else if (section === 'readable') table.environmentReadable = true;
  else if (section === 'names' && table.names.length < MAX_VARIABLES) table.names.push(value);
  else if (section === 'empty' && table.empty.size < MAX_VARIABLES) table.empty.add(value.toString('latin1'));
  else if (section === 'values' && table.values.length < MAX_VARIABLES) table.values.push(value);
}

/**
 * Sorts the output of the processes script by process. Each item ends with NUL and begins with `PID/file:`, printed by
 * grep or find and not by the process; sections are announced by `@begin`.
 */
export function readTables(bytes: Buffer): Map<number, ProcessTable> {
  const tables = new Map<number, ProcessTable>();
  let section = '';
  let announced = false;
  let from = 0;
  for (let end = bytes.indexOf(0, from); end >= 0; end = bytes.indexOf(0, from)) {
    const item = bytes.subarray(from, end);
    from = end + 1;
    const head = item.toString('latin1', 0, Math.min(item.length, 96));
    if (announced) {
      section = head;
      announced = false;
      continue;
    }
    if (SECTION.test(head)) {
      announced = true;
      continue;
    }
    const match = ENTRY.exec(head);
    if (!match) continue;
    const pid = Number(match[1]);
    let table = tables.get(pid);
    if (!table) {
      if (tables.size >= MAX_PROCESSES) continue;
      table = { argv: [], environmentReadable: false, names: [], empty: new Set(), values: [] };
      tables.set(pid, table);
    }
    addEntry(table, section, match[2] ?? '', match[3], item.subarray(match[0].length));
  }
  return tables;
}
