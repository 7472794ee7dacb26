import { dirname } from 'node:path';
import { readPath } from '#core/dependencies/inventory/read-path.ts';
import { verifyRecords } from '#core/dependencies/inventory/verify-records.ts';
import { hostFor } from '#core/hosts/host-for.ts';
import type { Environment } from '#shared/domain/dependencies/inventory.ts';
import type { RecordCheck } from '#shared/domain/dependencies/record-check.ts';
import { recordVerdict } from '#shared/domain/dependencies/record-verdict.ts';
import type { NodeAddress } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import type { Place } from './check-command.ts';
import { environmentsOfNode, nodeChosen } from './dependencies-node.ts';
import { couldNot, EXIT, type ExitCode, usage } from './failure.ts';
import { asJson } from './report.ts';
import { progressLine, type Terminal } from './terminal.ts';

export interface PackagesVerifyOptions {
  node?: string | undefined;
  json: boolean;
}

/** Environments whose files pip recorded; packages of the system are dpkg's to verify. */
const isRecorded = ({ kind }: Environment) =>
  kind === 'virtual-environment' || kind === 'user' || kind === 'system';

async function meant(place: Place, paths: readonly string[], node: string | undefined, terminal: Terminal) {
  if (paths.length > 0 && node !== undefined) throw usage('Give paths or --node: one of them.');
  if (paths.length === 0) {
    const chosen = await nodeChosen(place, node, terminal);
    const address: NodeAddress = chosen?.address ?? { kind: 'local' };
    return { address, environments: await environmentsOfNode(place, node, terminal) };
  }
  const environments = paths.flatMap((path) => {
    const read = readPath(path);
    if (!read.ok) throw couldNot(visible(read.reason));
    return read.environments;
  });
  return { address: { kind: 'local' } as const, environments };
}

/**
 * `swarmkeep dependencies verify`: files of environments against their RECORDs.
 * @throws CommandFailure
 */
export async function verifyPackages(
  place: Place,
  paths: readonly string[],
  options: PackagesVerifyOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { address, environments } = await meant(place, paths, options.node, terminal);
  const recorded = environments.filter(isRecorded).filter(({ packages }) => packages.length > 0);
  if (recorded.length === 0) throw couldNot('There is no environment whose files somebody recorded.');
  const host = hostFor(address, { dataFolder: place.dataFolder });
  if (host.kind === 'recorded') throw couldNot('A recording has no files to be hashed.');
  const progress = progressLine(terminal.error);
  const checks: RecordCheck[] = [];
  try {
    for (const environment of recorded) {
      const isOwn = environment.kind === 'virtual-environment' && environment.interpreter !== null;
      const result = await verifyRecords(host, {
        sitePackages: environment.id,
        root: isOwn ? dirname(dirname(environment.interpreter ?? '')) : null,
        sudo: true,
        onProgress: () => progress.show(`Hashing files in ${visible(environment.id)} …`),
      });
      if (!result.ok) throw couldNot(result.error.message, result.error.next);
      checks.push(result.check);
    }
  } finally {
    progress.clear();
    await host.close();
  }
  terminal.out.write(options.json ? asJson(checks) : checks.map(linesOf).join('\n'));
  const verdicts = checks.map(recordVerdict);
  if (verdicts.includes('changed')) return EXIT.found;
  return verdicts.includes('unknown') ? EXIT.couldNot : EXIT.fine;
}

function linesOf(check: RecordCheck): string {
  const { changed, missing, added, omitted, unverifiable, withoutRecord, unread } = check;
  const head = `${visible(check.environment)}: ${counted(check.intact, 'file')} as recorded, ${changed.length} changed, ${missing.length} missing, ${added.length} added`;
  return `${[
    head,
    ...changed.map((file) => `  changed  ${visible(file.path)} (${visible(file.package)})`),
    ...missing.map((file) => `  missing  ${visible(file.path)} (${visible(file.package)})`),
    ...added.map(
      (file) =>
        `  added    ${visible(file.path)}${file.runsAtStart ? ', which Python runs at every start' : ''}`,
    ),
    ...(omitted > 0 ? [`  and ${omitted} more`] : []),
    ...(unverifiable > 0 ? [`  ${counted(unverifiable, 'file')} recorded without a hash`] : []),
    ...(withoutRecord.length > 0
      ? [
          `  nobody recorded the files of ${withoutRecord.slice(0, 12).map(visible).join(', ')}${withoutRecord.length > 12 ? ' and more' : ''}`,
        ]
      : []),
    ...(unread === null ? [] : [`  not all could be said: ${visible(unread)}`]),
  ].join('\n')}\n`;
}
