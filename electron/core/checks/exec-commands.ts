import { baseName, pathsOfExec } from '#core/facts/profile/command.ts';
import { EXEC_PROPERTIES } from '#core/facts/subjects/units/properties.ts';
import type { UnitFact } from '#shared/domain/facts/files.ts';
import { OBEDIENT } from './powers.ts';

/** Absolute paths that the commands of a unit name, of all kinds of commands. */
export function pathsOfCommands(unit: UnitFact): string[] {
  return EXEC_PROPERTIES.flatMap((name) => pathsOfExec(unit.properties[name] ?? ''));
}

const isOn = (value: string) => /^(1|yes|y|true|t|on)$/i.test(value);

/**
 * Kinds of commands of which at least one runs with the rights of the administrator whatever `User=` says: those with the
 * prefix `+`, `!` or `!!`, and all but ExecStart= under `PermissionsStartOnly=` (systemd.service(5), "Command lines").
 */
function kindsWithRights(text: string): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  let startOnly = false;
  let section = '';
  for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    section = /^\s*\[([A-Za-z-]{1,32})\]\s*$/.exec(line)?.[1] ?? section;
    const [, name = '', value = ''] = /^\s*([A-Za-z]{1,64})\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (section !== 'Service') continue;
    if (name === 'PermissionsStartOnly') startOnly = isOn(value);
    if (!name.startsWith('Exec')) continue;
    if (value === '') lines.delete(name);
    else lines.set(name, [...(lines.get(name) ?? []), value]);
  }
  const found = [...lines].map(([name, values]): [string, string[]] => [
    name,
    values.filter((value) => (startOnly && name !== 'ExecStart') || /^[@:|-]*[+!]/.test(value)),
  ]);
  return new Map(found.filter(([, values]) => values.length > 0));
}

/**
 * Files that systemd runs with the rights of the administrator for a unit, though the unit has an account: programs, and
 * what shells and interpreters among them are given to run. A line with specifiers or with several commands cannot be told
 * from its neighbours by its text, and then all commands of its kind count.
 */
export function pathsWithRights(unit: UnitFact): string[] {
  // A user's manager has no more rights than its user.
  if (unit.userUnit) return [];
  const paths = new Set<string>();
  for (const [name, lines] of kindsWithRights(unit.text)) {
    const commands = (unit.properties[name] ?? '').split(/(?<=\})\s*(?=\{)/);
    const isPlain = lines.every((line) => !/%| ; /.test(line));
    const wanted = new Set(lines.flatMap((line) => line.match(/\/\S+/)?.[0] ?? []));
    for (const command of commands) {
      const [program, ...words] = pathsOfExec(command);
      if (program === undefined || (isPlain && !wanted.has(program))) continue;
      paths.add(program);
      if (OBEDIENT.test(baseName(program))) for (const word of words) paths.add(word);
    }
  }
  return [...paths].toSorted();
}
