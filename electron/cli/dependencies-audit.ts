import { AdvisoryDataError } from '#core/dependencies/advisories/data-error.ts';
import { withStoredAdvisories } from '#core/dependencies/advisories/stored-source.ts';
import { auditDependencies } from '#core/dependencies/verdicts/audit.ts';
import { dependencyVerdict } from '#shared/domain/dependencies/dependency-verdict.ts';
import type { DependencyIgnore, DependencyReport } from '#shared/domain/dependencies/finding.ts';
import type { Environment } from '#shared/domain/dependencies/inventory.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { dependencyDocument, dependencyTable } from './dependencies-report.ts';
import { couldNot, EXIT, type ExitCode, usage } from './failure.ts';
import { asJson } from './report.ts';
import { painter, progressLine, type Terminal, wantsColour } from './terminal.ts';

export interface DependencyAuditOptions {
  node?: string | undefined;
  inventory?: string | undefined;
  requirements?: string | undefined;
  /** Requirements as a person types them. */
  names?: readonly string[] | undefined;
  advisories?: string | undefined;
  /** File with what was accepted. */
  ignore?: string | undefined;
  /** Ask the pip-audit of whoever runs this, too. */
  pipAudit?: boolean;
  json: boolean;
}

/**
 * `swarmkeep dependencies audit`: compares what is installed with what is known.
 * @param paths environments of this computer, each read as files
 * @returns 1 when something is known to be vulnerable or malware, else 2 when not all could be said, else 0
 * @throws CommandFailure
 */
export async function auditCommand(
  place: Place,
  paths: readonly string[],
  options: DependencyAuditOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { node, inventory, requirements, names } = options;
  const ways = [paths.length > 0, node, inventory, requirements, names].filter(Boolean);
  if (ways.length > 1)
    throw usage('Give paths, --node, --inventory, --requirements or --names: one of them.');
  // What is not asked for is not loaded: with it, the command would take a tenth longer.
  const ignores =
    options.ignore === undefined
      ? []
      : (await import('./dependencies-ignores.ts')).readIgnores(options.ignore);
  const environments = await environmentsOf(place, paths, options, terminal);
  const report = await compared(place, environments, ignores, options.advisories, terminal);
  const paint = painter(wantsColour(terminal.out, terminal.environment));
  const beside = options.pipAudit === true ? await import('./dependencies-peer.ts') : null;
  const peer = beside === null ? null : await beside.askPeer(environments, report, terminal);
  if (options.json)
    terminal.out.write(
      asJson({ ...dependencyDocument(report), ...(peer === null ? {} : { pipAudit: peer }) }),
    );
  else {
    terminal.out.write(dependencyTable(report, paint));
    if (beside !== null && peer !== null) terminal.out.write(beside.peerWords(peer, paint));
  }
  const verdict = dependencyVerdict(report);
  // What only the other one knows is known; and one that was asked and did not answer leaves something unsaid.
  if (peer !== null && verdict !== 'found') {
    if ('unanswered' in peer) return EXIT.couldNot;
    if (peer.onlyThere.length > 0) return EXIT.found;
  }
  return verdict === 'found' ? EXIT.found : verdict === 'clean' ? EXIT.fine : EXIT.couldNot;
}

/**
 * What is meant by paths or options: environments of this computer or of a node, or files before they are installed.
 * @throws CommandFailure when it cannot be read
 */
export async function environmentsOf(
  place: Place,
  paths: readonly string[],
  options: DependencyAuditOptions,
  terminal: Terminal,
): Promise<Environment[]> {
  if (options.inventory !== undefined) {
    const { readInventory } = await import('./dependencies-inventory.ts');
    return [readInventory(options.inventory)];
  }
  if (options.requirements !== undefined) {
    const { readRequirements } = await import('#core/dependencies/inventory/read-requirements.ts');
    const read = readRequirements(options.requirements);
    if (!read.ok) throw couldNot(visible(read.reason));
    return [read.environment];
  }
  if (options.names !== undefined) {
    const { inventoryOfWords } = await import('#core/dependencies/inventory/read-requirements.ts');
    const meant = inventoryOfWords(options.names);
    if (meant === null) throw usage('Give names such as "httpx==0.27.0" or "rich>=13".');
    return [meant];
  }
  if (paths.length > 0) {
    const { readPath } = await import('#core/dependencies/inventory/read-path.ts');
    return paths.flatMap((path) => {
      const read = readPath(path);
      if (!read.ok) throw couldNot(visible(read.reason));
      return read.environments;
    });
  }
  const { environmentsOfNode } = await import('./dependencies-node.ts');
  return environmentsOfNode(place, options.node, terminal);
}

/**
 * Environments against the advisories of this console, or a set that is read for once.
 * @throws CommandFailure when that set cannot be read
 */
export async function compared(
  place: Place,
  environments: readonly Environment[],
  ignores: readonly DependencyIgnore[],
  advisories: string | undefined,
  terminal: Terminal,
): Promise<DependencyReport> {
  const now = new Date();
  if (advisories === undefined)
    return withStoredAdvisories(place.dataFolder, now, (source) =>
      auditDependencies(environments, source, ignores, now),
    );
  const { readAdvisorySource } = await import('#core/dependencies/advisories/read-source.ts');
  const wanted = new Set(
    environments.flatMap(({ packages }) =>
      packages.map(
        ({ ecosystem, name }) => `${ecosystem} ${ecosystem === 'PyPI' ? normalizedName(name) : name}`,
      ),
    ),
  );
  const progress = progressLine(terminal.error);
  try {
    const source = await readAdvisorySource(
      advisories,
      (ecosystem, name) => wanted.has(`${ecosystem} ${name}`),
      now,
      {
        onProgress: (read) => progress.show(`Reading advisories: ${read}`),
      },
    );
    return auditDependencies(environments, source, ignores, now);
  } catch (error) {
    if (error instanceof AdvisoryDataError) throw couldNot(visible(error.message), error.next);
    throw error;
  } finally {
    progress.clear();
  }
}
