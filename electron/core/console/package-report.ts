import { withStoredAdvisories } from '#core/dependencies/advisories/stored-source.ts';
import { inventoryOf } from '#core/dependencies/inventory/inventory.ts';
import { auditDependencies } from '#core/dependencies/verdicts/audit.ts';
import type { DependencyIgnore, DependencyReport } from '#shared/domain/dependencies/finding.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';

/**
 * The packages among the facts of a node against the advisories of this console, as they stand now.
 * @param folder the data folder
 * @param now decides how old the data is, and which decisions still hold
 * @returns null when it could not be compared at all; data that is missing, old or damaged is said in the report
 */
export function packageReport(
  folder: string,
  { subjects: { python, ollama } }: Pick<Facts, 'subjects'>,
  ignores: readonly DependencyIgnore[],
  now: Date,
): DependencyReport | null {
  const environments = inventoryOf(
    python.state === 'seen' ? python.value : null,
    ollama.state === 'seen' ? ollama.value : null,
  );
  try {
    return withStoredAdvisories(folder, now, (source) =>
      auditDependencies(environments, source, ignores, now),
    );
  } catch {
    // Data that breaks while it is read supports nothing; the check then says that nobody compared.
    return null;
  }
}
