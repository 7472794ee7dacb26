import { createHash } from 'node:crypto';
import { quote } from '#core/hosts/quote.ts';
import type { Finding, FixStep } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import type { CheckInput } from './check.ts';

/** A step without a command: something that only a person can do, or that happens elsewhere. */
export function byHand(text: string, needsRoot = false): FixStep {
  return { text, command: null, needsRoot };
}

/**
 * Builds a command from constant text and values of the node: every value becomes exactly one word of POSIX sh, and one
 * that cannot be quoted safely, or that the command would take for an option, leaves the step without a command, saying
 * why.
 */
function commandOf(
  strings: readonly string[],
  values: readonly (string | number)[],
): { command: string } | { why: string } {
  let command = strings[0] ?? '';
  for (const [index, value] of values.entries()) {
    const quoted = quote(String(value));
    if (!quoted.ok) return { why: `${visible(String(value))}: ${quoted.reason}` };
    // A word of its own before `--` that begins with a dash is an option of the command (XBD 12.2, guideline 10).
    const startsWord = /\s$/.test(strings[index] ?? '');
    const isGuarded = strings.slice(0, index + 1).some((text) => / -- /.test(text));
    if (startsWord && !isGuarded && /^[-+]/.test(String(value)))
      return { why: `${visible(String(value))}: it would be taken for an option` };
    command += quoted.text + (strings[index + 1] ?? '');
  }
  return { command };
}

type Template = (strings: TemplateStringsArray, ...values: (string | number)[]) => FixStep;

/**
 * A step as administrator: `asRoot(input, 'Give it to root')\`chown root:root -- ${path}\``. The command starts with
 * `sudo` unless the node was looked at as root itself.
 */
export function asRoot(input: CheckInput, text: string): Template {
  return (strings, ...values) => {
    const built = commandOf(strings, values);
    if ('why' in built) {
      return byHand(
        `${text}. No command is shown, because the name cannot be written safely: ${built.why}.`,
        true,
      );
    }
    const prefix = input.facts.privilege === 'root' ? '' : 'sudo ';
    return { text: `${text}.`, command: prefix + built.command, needsRoot: true };
  };
}

/** A step that an ordinary account can take. */
export function asUser(text: string): Template {
  return (strings, ...values) => {
    const built = commandOf(strings, values);
    if ('why' in built) {
      return byHand(`${text}. No command is shown, because the name cannot be written safely: ${built.why}.`);
    }
    return { text: `${text}.`, command: built.command, needsRoot: false };
  };
}

/**
 * A step with the exact commands that take it back on this node, in order. Without one of them, because a name cannot be
 * written safely, the step stays without a way back: half of one would leave the node in between.
 */
export function undoneBy(step: FixStep, back: readonly FixStep[]): FixStep {
  const commands = back.flatMap(({ command }) => command ?? []);
  if (step.command === null || commands.length === 0 || commands.length < back.length) return step;
  return { ...step, undo: commands.join(' && ') };
}

/** Beside a file that is written over lies what was there before. No program that reads a folder of settings takes a name like this. */
const keptName = (path: string) => `${path}.swarmkeep-before`;

/**
 * A line of POSIX sh that is constant but for its two paths, run as a whole as administrator: sudo that fails at a password fails before
 * anything of it is done, and is never taken for an answer. A link at either path is followed by nothing.
 */
function asOne(prefix: string, path: string, kept: string, script: string): string {
  const noLink =
    'for at in "$1" "$2"; do if test -L "$at"; then echo "$at is a link: nothing was changed." >&2; exit 1; fi; done';
  return `${prefix}sh -c '${noLink}; ${script}' sh ${path} ${kept}`;
}

/**
 * Keeps what is at a path beside it, whole, before it is written over: once, and not what the same step has written before.
 * @returns a command of POSIX sh that holds whether or not something is there, and fails when something is a link
 */
function keepCommand(prefix: string, path: string, kept: string, contents: string): string {
  const hash = createHash('sha256').update(contents).digest('hex');
  const isOurs = `sha256sum < "$1" | grep -q ${hash}`;
  return asOne(
    prefix,
    path,
    kept,
    `if test -e "$1" && ! test -e "$2" && ! ${isOurs}; then cp -a -- "$1" "$2"; fi`,
  );
}

/** Brings back what was at a path before `writeFileStep` wrote there, or takes the file away where nothing was. */
export function takeFileBack(input: CheckInput, path: string): FixStep {
  const [at, kept] = [quote(path), quote(keptName(path))];
  if (!at.ok || !kept.ok) return asRoot(input, 'Back')`rm -- ${path}`;
  const prefix = input.facts.privilege === 'root' ? '' : 'sudo ';
  const script = 'if test -e "$2"; then mv -- "$2" "$1"; else rm -- "$1"; fi';
  return { text: 'Back.', command: asOne(prefix, at.text, kept.text, script), needsRoot: true };
}

/**
 * Writes a file of a few lines as administrator: `printf '%s\n' … | sudo tee FILE`, then its owner and mode, whatever the
 * umask is. What was there before is kept beside it, and comes back by the undo of the step. The step carries the file as well, to be
 * read.
 * @param lines each becomes one line; one that cannot be quoted leaves the step without a command
 * @param more.mode four octal digits
 * @param more.back what has to be done after the file is as it was again, to take the step back
 */
export function writeFileStep(
  input: CheckInput,
  text: string,
  path: string,
  lines: readonly string[],
  more: { mode?: string; back?: readonly FixStep[] } = {},
): FixStep {
  const words = lines.map(quote);
  const target = quote(path);
  const kept = quote(keptName(path));
  const refused = [...words, target, kept].find((word) => !word.ok);
  if (refused !== undefined && !refused.ok) {
    return byHand(
      `${text}. No command is shown, because a name cannot be written safely: ${refused.reason}.`,
      true,
    );
  }
  const texts = words.map((word) => (word.ok ? word.text : ''));
  const prefix = input.facts.privilege === 'root' ? '' : 'sudo ';
  const at = target.ok ? target.text : '';
  const mode = more.mode ?? '0644';
  const owner = 'root:root';
  const contents = lines.map((line) => `${line}\n`).join('');
  const step: FixStep = {
    text: `${text}.`,
    command: [
      keepCommand(prefix, at, kept.ok ? kept.text : '', contents),
      `printf '%s\\n' ${texts.join(' ')} | ${prefix}tee -- ${at}`,
      `${prefix}chown ${owner} -- ${at}`,
      `${prefix}chmod ${mode} -- ${at}`,
    ].join(' && '),
    needsRoot: true,
    file: { path, contents, owner, mode },
  };
  return undoneBy(step, [takeFileBack(input, path), ...(more.back ?? [])]);
}

/**
 * A drop-in for a systemd unit, then loading it and restarting the unit (systemd.unit(5)).
 * @param unit name such as `mycoswarm.service`
 * @param name of the drop-in without suffix, one per purpose so that two fixes never overwrite each other
 * @param lines of the section `[Service]`
 */
export function dropInSteps(
  input: CheckInput,
  text: string,
  unit: string,
  name: string,
  lines: readonly string[],
): FixStep[] {
  const folder = `/etc/systemd/system/${unit}.d`;
  const shown = visible(unit);
  return [
    asRoot(input, `Make a folder for your own settings of ${shown}`)`install -d -m 0755 -- ${folder}`,
    writeFileStep(input, text, `${folder}/${name}.conf`, ['[Service]', ...lines], {
      back: dropInBack(input, unit, name).slice(1),
    }),
    asRoot(input, 'Let systemd read it')`systemctl daemon-reload`,
    asRoot(input, `Restart ${shown}; tasks that are running are lost`)`systemctl restart -- ${unit}`,
  ];
}

/**
 * The way back, in words and with the exact commands: no command of its own, for whoever copies all commands must not undo
 * what they just did.
 * @param steps what brings it back, in order; when one of them cannot be shown the answer is empty
 */
export function wayBack(text: string, steps: readonly FixStep[]): FixStep[] {
  const commands = steps.flatMap((step) => step.command ?? []);
  if (commands.length === 0 || commands.length < steps.length) return [];
  const needsRoot = steps.some((step) => step.needsRoot);
  return [{ ...byHand(`${text}.`, needsRoot), undo: commands.join(' && ') }];
}

/** What takes a drop-in of `dropInSteps` away again. */
export function dropInBack(input: CheckInput, unit: string, name: string): FixStep[] {
  return [
    takeFileBack(input, `/etc/systemd/system/${unit}.d/${name}.conf`),
    asRoot(input, 'Back')`systemctl daemon-reload`,
    asRoot(input, 'Back')`systemctl restart -- ${unit}`,
  ];
}

/**
 * Puts every restart after the steps that make what it needs: drop-ins and folders first, then one reload and one restart of
 * each unit, then the words about the way back.
 */
export function restartsLast(finding: Finding): Finding {
  const kinds: readonly RegExp[] = [
    /^(sudo )?systemctl daemon-reload$/,
    /^(sudo )?systemctl restart -- \S+$/,
  ];
  const isRestart = ({ command }: FixStep) => command !== null && kinds.some((kind) => kind.test(command));
  const once = new Map(finding.fix.filter(isRestart).map((step) => [step.command, step]));
  const restarts = kinds.flatMap((kind) =>
    [...once.values()].filter((step) => kind.test(step.command ?? '')),
  );
  const last = finding.fix.filter(
    (step) => step.command === null && /^(Only if|The way back)/.test(step.text),
  );
  const others = finding.fix.filter((step) => !isRestart(step) && !last.includes(step));
  return { ...finding, fix: [...others, ...restarts, ...last] };
}

/** A word of a unit file: quoted, and without specifiers (systemd.syntax(7), systemd.unit(5) "Specifiers"). */
export function unitWord(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
  // A path may hold a line feed, and what follows one would be a line of the unit of its own.
  const oneLine = escaped.replace(
    /\p{Cc}|\u2028|\u2029/gu,
    (character) => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`,
  );
  return `"${oneLine}"`;
}

/** Ends the steps of a finding with a look at the node; a finding without steps stays as it is. */
export function endWithLook(finding: Finding): Finding {
  if (finding.fix.length === 0) return finding;
  const last = byHand('Look at this node again: this finding becomes fine only when that is seen there.');
  return { ...finding, fix: [...finding.fix.slice(0, 31), last] };
}

/** A word of `ExecStart=`: as in other lines, and without variables (systemd.service(5), "Command lines"). */
export function execWord(text: string): string {
  if (/^[A-Za-z0-9_./:@+,=-]+$/.test(text)) return text;
  return unitWord(text).replaceAll('$', () => '$$');
}
