/** What a process of mycoSwarm does. */
export type ServiceRole = 'daemon' | 'dashboard';

const INTERPRETER = /^(?:python|pypy)[0-9.]*$/;
const PROGRAM = /^mycoswarm$/i;
/** Options of python(1) that take their value as the next word. */
const OPTIONS_WITH_VALUE = new Set(['-W', '-X', '--check-hash-based-pycs']);

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Name of a folder above; `/` for what lies in the root. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at <= 0 ? '/' : path.slice(0, at);
}

/** The program that a command line runs, and the words after it. */
interface Invocation {
  /** Path of the console script or interpreter as it was typed. */
  program: string;
  words: readonly string[];
}

/**
 * Reads `mycoswarm …`, `python …/bin/mycoswarm …` and `python -m mycoswarm…`. Wrappers (sudo, sh -c, timeout), editors and
 * searches that only mention the name are none of these.
 */
export function invocationOf(argv: readonly string[]): Invocation | null {
  const first = argv[0] ?? '';
  if (PROGRAM.test(baseName(first))) return { program: first, words: argv.slice(1) };
  if (!INTERPRETER.test(baseName(first))) return null;
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '-m') {
      const module = argv[at + 1] ?? '';
      if (!/^mycoswarm(?:\.|$)/.test(module)) return null;
      const rest = argv.slice(at + 2);
      const named = /^mycoswarm\.(daemon|dashboard)$/.exec(module)?.[1];
      return { program: first, words: named ? [named, ...rest] : rest };
    }
    if (word === '-c' || word === '-') return null;
    if (OPTIONS_WITH_VALUE.has(word)) at += 1;
    else if (!word.startsWith('-')) {
      return PROGRAM.test(baseName(word)) ? { program: word, words: argv.slice(at + 1) } : null;
    }
  }
  return null;
}

/**
 * @param argv argument vector of a process or of an ExecStart line
 * @param executable resolved program, to tell a real interpreter from a shell that was renamed
 */
export function roleOfCommand(argv: readonly string[], executable: string | null = null): ServiceRole | null {
  if (executable !== null && /\/(?:ba|da|z|fi)?sh$/.test(executable)) return null;
  const words = invocationOf(argv)?.words ?? [];
  const command = words.find((word) => !word.startsWith('-'));
  return command === 'daemon' || command === 'dashboard' ? command : null;
}

/** @returns the value of `--port N` or `--port=N`, or null */
export function portOfCommand(argv: readonly string[]): number | null {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const text = word === '--port' || word === '-p' ? argv[at + 1] : /^--port=(.*)$/.exec(word)?.[1];
    if (text !== undefined && /^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  }
  return null;
}

/** Words of every command of an Exec property; the last one may be cut short. */
function commandsOf(property: string): string[][] {
  return [...property.matchAll(/argv\[\]=(.*?)(?: ; (?:ignore_errors|flags)=|$)/gs)].map((match) =>
    (match[1] ?? '').split(/\s/).filter((word) => word.length > 0),
  );
}

/**
 * The argument vector of the first command in the property ExecStart of `systemctl show`
 * (`{ path=… ; argv[]=… ; ignore_errors=… }`, systemd.service(5)). systemd joins the words by spaces, so words with spaces
 * come apart; the words that matter here have none.
 */
export function argvOfExecStart(property: string): string[] {
  return commandsOf(property)[0] ?? [];
}

/**
 * Every absolute path that the commands of an Exec property name: programs, and words of all their arguments, also behind
 * `--option=` and inside quotes of a shell.
 * @param property value as in `argvOfExecStart`; several commands stand one after the other
 * @returns paths without doubles
 */
export function pathsOfExec(property: string): string[] {
  const programs = [...property.matchAll(/\{ path=(\/.*?) ; argv\[\]=/gs)].map((match) => match[1] ?? '');
  const words = commandsOf(property)
    .flat()
    .map((word) => word.replace(/^(?:--?[\w-]+=|\w+=)?["'(]*/, '').replace(/["'();,&|]+$/, ''));
  return [...new Set([...programs, ...words].filter((word) => word.startsWith('/')))];
}
