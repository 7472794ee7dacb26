import type { UnitFact } from '#shared/domain/facts/files.ts';

/** Where systemd makes the folders that a unit asks for by name (systemd.exec(5), "Sandboxing" and its table of folders). */
const FOLDERS_BY_NAME = [
  ['StateDirectory', '/var/lib', '.local/state'],
  ['CacheDirectory', '/var/cache', '.cache'],
  ['LogsDirectory', '/var/log', '.local/state/log'],
  ['RuntimeDirectory', '/run', null],
] as const;

const wordsOf = (text: string | undefined) =>
  (text ?? '')
    .split(/\s+/)
    .map((word) => word.replace(/^"|"$/g, '').replace(/^[-+]+/, ''))
    .filter((word) => word !== '');

/**
 * Places that the settings of a unit make writable, whatever `ProtectSystem=` says. A bind mount counts twice: for the
 * place where it appears, and for what lies behind it.
 * @param home of the account, for units of its own manager; null when it is not known
 * @returns paths as the unit has them
 */
export function placesOf(unit: UnitFact, home: string | null): string[] {
  const bound = wordsOf(unit.properties.BindPaths).flatMap((word) => {
    const [from = '', to = ''] = word.split(/(?<!\\):/);
    return to === '' ? [from] : [from, to];
  });
  const named = FOLDERS_BY_NAME.flatMap(([property, base, ofUser]) =>
    wordsOf(unit.properties[property]).map((word) => {
      const [name = ''] = word.split(':');
      return unit.userUnit && ofUser !== null ? `${home ?? '~'}/${ofUser}/${name}` : `${base}/${name}`;
    }),
  );
  return [...new Set([...wordsOf(unit.properties.ReadWritePaths), ...bound, ...named])];
}
