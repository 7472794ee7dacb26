import { hostname } from 'node:os';
import { withoutPurpose } from '#core/dependencies/inventory/direct.ts';
import type { DependencyPurpose } from '#shared/domain/dependencies/purpose.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { compared, environmentsOf } from './dependencies-audit.ts';
import { readIgnores } from './dependencies-ignores.ts';
import { readPurposes } from './dependencies-purposes.ts';
import { EXIT, type ExitCode, usage } from './failure.ts';
import { hasRecords } from './has-records.ts';
import type { Terminal } from './terminal.ts';

export interface PackagesExportOptions {
  node?: string | undefined;
  requirements?: string | undefined;
  advisories?: string | undefined;
  /** File with what was accepted. */
  ignore?: string | undefined;
  /** File with what direct dependencies are there for. */
  purposes?: string | undefined;
  format: string;
}

/**
 * `swarmkeep dependencies export`: one document on standard output.
 * @throws CommandFailure
 */
export async function exportPackages(
  place: Place,
  paths: readonly string[],
  options: PackagesExportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { format } = options;
  if (format !== 'cyclonedx' && format !== 'sarif') throw usage('--format is cyclonedx or sarif.');
  const ways = [paths.length > 0, options.node, options.requirements].filter(Boolean);
  if (ways.length > 1) throw usage('Give paths, --node or --requirements: one of them.');
  const ignores = options.ignore === undefined ? [] : readIgnores(options.ignore);
  const environments = await environmentsOf(place, paths, { ...options, json: false }, terminal);
  const report = await compared(place, environments, ignores, options.advisories, terminal);
  const about = {
    subject: options.node ?? options.requirements ?? hostname(),
    environments,
    report,
    version: place.version,
    createdAt: new Date().toISOString(),
  };
  if (format === 'sarif') {
    const { packagesSarif } = await import('#core/console/export/packages-sarif.ts');
    terminal.out.write(packagesSarif(about));
  } else {
    const { cyclonedx } = await import('#core/dependencies/sbom/cyclonedx.ts');
    const purposes =
      options.purposes === undefined ? await keptPurposes(place, terminal) : readPurposes(options.purposes);
    terminal.out.write(cyclonedx({ ...about, purposes }));
    const open = options.purposes === undefined ? [] : withoutPurpose(environments, purposes);
    if (open.length > 0)
      terminal.error.write(`Without purpose or risk: ${open.slice(0, 64).map(visible).join(', ')}\n`);
  }
  return environments.every(({ unreadable }) => unreadable === null) ? EXIT.fine : EXIT.couldNot;
}

/** What the operator wrote down on the console's page. */
async function keptPurposes(place: Place, terminal: Terminal): Promise<DependencyPurpose[]> {
  if (!hasRecords(place.dataFolder)) return [];
  const { openConsole } = await import('./open-console.ts');
  const open = await openConsole({ ...place, terminal });
  try {
    const direct = await open.client.dependencies.direct({ node: null });
    return direct.flatMap(({ told }) => (told === null ? [] : [told]));
  } finally {
    await open.close();
  }
}
