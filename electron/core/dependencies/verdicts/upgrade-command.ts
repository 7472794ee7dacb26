import { quote } from '#core/hosts/quote.ts';
import type { Environment, InventoryItem } from '#shared/domain/dependencies/inventory.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';

/**
 * What a person would type to upgrade a package in its environment, by argument vector. It is shown and never run from here: an
 * agent may be able to write to the environment.
 * @returns null where pip is not what changes the package: packages of the system, copies within others, programs; and for a name
 * or version that no honest package has, or a path that cannot be written as one word of a shell
 */
export function upgradeCommand(
  environment: Environment,
  { ecosystem, name, from }: InventoryItem,
  version: string,
): string[] | null {
  if (ecosystem !== 'PyPI' || from === 'distribution' || from === 'vendored') return null;
  if (environment.kind === 'distribution-packages' || environment.kind === 'program') return null;
  const normalized = normalizedName(name);
  if (
    !/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(normalized) ||
    !/^[A-Za-z0-9][A-Za-z0-9.!+_-]*$/.test(version)
  )
    return null;
  const interpreter = environment.interpreter ?? 'python3';
  if (!quote(interpreter).ok) return null;
  return [
    interpreter,
    ...['-m', 'pip', 'install'],
    ...(environment.kind === 'user' ? ['--user'] : []),
    `${normalized}==${version}`,
  ];
}
