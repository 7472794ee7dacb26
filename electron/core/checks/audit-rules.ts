/** The three things that must be recorded, with the system calls that count (audit.rules(7), syscalls(2)). */
export const RECORDED: readonly { name: string; calls: readonly string[] }[] = [
  { name: 'programs that it starts', calls: ['execve', 'execveat'] },
  { name: 'connections that it makes', calls: ['connect'] },
  { name: 'files that it opens', calls: ['open', 'openat'] },
];

export type CallWidth = 'b64' | 'b32';

/**
 * The system calls of a kind that exist on a machine: newer architectures have no `open` of their own (syscalls(2)), and
 * auditctl refuses a rule with a name that it does not know.
 * @param architecture name of `uname -m`, or undefined when it is not known
 */
export function callsOf(
  kind: (typeof RECORDED)[number],
  width: CallWidth,
  architecture: string | undefined,
): readonly string[] {
  const isNew = width === 'b64' && /^(aarch64|riscv64|loongarch64)/.test(architecture ?? '');
  return isNew ? kind.calls.filter((call) => call !== 'open') : kind.calls;
}

interface SyscallRule {
  action: 'always' | 'never';
  widths: readonly CallWidth[];
  /** Null: every system call. */
  calls: ReadonlySet<string> | null;
  /** Conditions besides the architecture, as `field operator value`. */
  fields: readonly { field: string; operator: string; value: string }[];
}

const MAX_RULES = 4_096;

/** Reads one line of `auditctl -l` or of a rules file; null for what is no rule about system calls (auditctl(8)). */
function parseRule(line: string): SyscallRule | null {
  const words = line.trim().split(/\s+/);
  const at = words.findIndex((word) => word === '-a' || word === '-A');
  const list = (words[at + 1] ?? '').split(',');
  if (at < 0 || !list.includes('exit')) return null;
  const action = list.includes('always') ? 'always' : list.includes('never') ? 'never' : null;
  if (action === null) return null;
  let widths: readonly CallWidth[] = ['b64'];
  let calls: Set<string> | null = null;
  const fields: { field: string; operator: string; value: string }[] = [];
  for (const [index, word] of words.entries()) {
    const value = words[index + 1] ?? '';
    if (word === '-S') {
      calls ??= new Set();
      for (const call of value.split(',')) calls.add(call);
    } else if (word === '-F') {
      const match = /^([a-z0-9_]+)(!=|>=|<=|&=|=|<|>|&)(.*)$/.exec(value);
      if (match === null) return null;
      const [, field = '', operator = '', operand = ''] = match;
      if (field === 'arch')
        widths = operator === '=' && (operand === 'b32' || operand === 'b64') ? [operand] : [];
      else if (field !== 'key') fields.push({ field, operator, value: operand });
    }
  }
  if (calls?.has('all')) calls = null;
  return { action, widths, calls, fields };
}

/** Whether a condition surely holds for every call of the agent: true, surely never: false, sometimes: null. */
function holds(condition: SyscallRule['fields'][number], uid: number, name: string): boolean | null {
  const { field, operator, value } = condition;
  if (!['uid', 'euid', 'suid', 'fsuid'].includes(field)) return null;
  const number = value === name ? uid : /^[0-9]+$/.test(value) ? Number(value) : null;
  if (number === null) return value === 'root' && operator === '=' ? uid === 0 : null;
  if (operator === '=') return uid === number;
  if (operator === '!=') return uid !== number;
  if (operator === '>=') return uid >= number;
  if (operator === '<=') return uid <= number;
  if (operator === '>') return uid > number;
  if (operator === '<') return uid < number;
  return null;
}

/**
 * Whether the rules record every call of a kind by an account: the first rule of the exit list that matches decides
 * (auditctl(8)). A rule with a condition that only sometimes holds (success, path, auid) is not enough to record all, and
 * as `never` it is enough to lose some.
 */
export function recordsAll(
  rules: readonly string[],
  call: string,
  width: CallWidth,
  uid: number,
  name: string,
): boolean {
  for (const line of rules.slice(0, MAX_RULES)) {
    const rule = parseRule(line);
    if (rule === null || !rule.widths.includes(width)) continue;
    if (rule.calls !== null && !rule.calls.has(call)) continue;
    const answers = rule.fields.map((condition) => holds(condition, uid, name));
    if (answers.includes(false)) continue;
    if (rule.action === 'never') return false;
    if (!answers.includes(null)) return true;
  }
  return false;
}

/** Whether rules on the list for io_uring record what an account does through it (auditctl(8), kernel 5.16). */
export function recordsIoUring(rules: readonly string[], uid: number): boolean {
  return rules.slice(0, MAX_RULES).some((line) => {
    const words = line.trim().split(/\s+/);
    const list = (words[words.indexOf('-a') + 1] ?? '').split(',');
    if (!list.includes('io_uring') || !list.includes('always')) return false;
    const conditions = words
      .flatMap((word, index) => (word === '-F' ? [words[index + 1] ?? ''] : []))
      .filter((condition) => !condition.startsWith('key='));
    const calls = words.flatMap((word, index) => (word === '-S' ? (words[index + 1] ?? '').split(',') : []));
    const coversCalls = calls.includes('all') || (calls.includes('openat') && calls.includes('connect'));
    return coversCalls && conditions.every((condition) => condition === `uid=${uid}`);
  });
}
