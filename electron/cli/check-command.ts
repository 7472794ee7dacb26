import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { lookCommand } from '#core/hosts/command-hint.ts';
import { advisoriesFile } from '#core/store/advisories/schema.ts';
import { wantsAdministrator } from '#shared/domain/administrator-look.ts';
import { CHECK_IDS, type CheckId, checkId } from '#shared/domain/check-id.ts';
import { commandName } from '#shared/domain/command-name.ts';
import type { DependencyReport } from '#shared/domain/dependencies/finding.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { nodeMeant, nodeNamed } from './choose-node.ts';
import { lookDirectly } from './direct-look.ts';
import { couldNot, type ExitCode, usage } from './failure.ts';
import { hasRecords } from './has-records.ts';
import { repairHint } from './repair-hint.ts';
import { asJson, type CheckReport, documentOf, exitCodeOf } from './report.ts';
import { tableOf } from './table.ts';
import { painter, type Terminal, wantsColour } from './terminal.ts';

export interface Place {
  dataFolder: string;
  version: string;
}

export interface CheckOptions {
  node?: string | undefined;
  /** Ids with commas between. */
  only?: string | undefined;
  facts?: string | undefined;
  /** Sees what belongs to other accounts too; the password of sudo is asked for in this terminal. */
  administrator?: boolean | undefined;
  json: boolean;
}

/**
 * `swarmkeep check`: looks, judges, prints.
 * @returns 1 when anything is to be fixed, else 2 when anything could not be seen, else 0
 * @throws CommandFailure
 */
export async function check(place: Place, options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.facts !== undefined && options.node !== undefined) {
    throw usage('Recorded facts are of one node already: give --facts or --node, not both.');
  }
  if (options.facts !== undefined && options.administrator === true)
    throw usage('Recorded facts are what they are: give --facts or --administrator, not both.');
  const only = options.only === undefined ? null : checkIds(options.only);
  const report = await reportOf(place, options, only, terminal);
  if (options.json) terminal.out.write(asJson(documentOf(report)));
  else {
    const paint = painter(wantsColour(terminal.out, terminal.environment));
    const width = terminal.out.isTTY === true ? (terminal.out.columns ?? 80) : null;
    const name = commandName(terminal.environment);
    terminal.out.write(
      tableOf(report, paint, width).replaceAll(
        'swarmkeep dependencies import',
        () => `${name} dependencies import`,
      ),
    );
    if (
      report.node.id !== null &&
      report.node.reachedBy !== 'recorded' &&
      report.findings.some(wantsAdministrator)
    )
      terminal.error.write(`To look as administrator: ${lookCommand(report.node.name)}\n`);
    if (report.node.id !== null && report.node.reachedBy !== 'recorded' && report.counts.fix > 0) {
      const { FIXES } = await import('#core/fixes/all.ts');
      const automatic = new Set(FIXES.map((fix) => fix.check));
      terminal.error.write(repairHint(report.findings, automatic, report.node.name, terminal.environment));
    }
  }
  return exitCodeOf(report.counts);
}

async function reportOf(
  place: Place,
  options: CheckOptions,
  only: readonly CheckId[] | null,
  terminal: Terminal,
): Promise<CheckReport> {
  const administrator = options.administrator === true;
  if (options.facts !== undefined) {
    const address = { kind: 'recorded', sample: false } as const;
    const facts = await lookDirectly(
      { ...place, address, nodeName: 'the recorded node', file: options.facts },
      terminal,
    );
    const { judge } = await import('./judge.ts');
    return judge(
      facts,
      { id: null, name: facts.node.name, reachedBy: 'recorded' },
      only,
      await compared(place, facts),
    );
  }
  if (options.node !== undefined || hasRecords(place.dataFolder)) {
    const [{ openConsole }, { lookThroughConsole }] = await Promise.all([
      import('./open-console.ts'),
      import('./console-look.ts'),
    ]);
    const open = await openConsole({ ...place, terminal, takesOver: administrator });
    try {
      const nodes = await open.client.nodes.list();
      const node = options.node === undefined ? nodeMeant(nodes) : nodeNamed(nodes, options.node, terminal);
      if (node !== null) return await lookThroughConsole(open.client, node, only, terminal, administrator);
    } finally {
      await open.close();
    }
  }
  if (administrator)
    throw couldNot(
      'A look as administrator is made of a node of the list.',
      `Add this computer first: ${commandName(terminal.environment)} node add --local`,
    );
  const nodeName = hostname();
  const looking = lookDirectly({ ...place, address: { kind: 'local' }, nodeName, hardware: false }, terminal);
  // The checks are loaded while the node is being asked, which leaves this side idle.
  const [facts, { judge }] = await Promise.all([looking, import('./judge.ts')]);
  return judge(facts, { id: null, name: nodeName, reachedBy: 'local' }, only, await compared(place, facts));
}

/** The packages of these facts against the advisories of this console, where it has any. */
async function compared(place: Place, facts: Facts): Promise<DependencyReport | null> {
  if (!existsSync(advisoriesFile(place.dataFolder))) return null;
  const { packageReport } = await import('#core/console/package-report.ts');
  return packageReport(place.dataFolder, facts, [], new Date());
}

/**
 * Reads `--only`.
 * @throws CommandFailure (wrong usage) for an id that no check has
 */
export function checkIds(text: string): CheckId[] {
  const ids = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (ids.length === 0) throw usage('--only takes ids of checks with commas between.');
  return ids.map((id) => {
    const parsed = checkId.safeParse(id);
    if (parsed.success) return parsed.data;
    const shown = shortened(visible(id), 64);
    throw usage(`There is no check called ${shown}.`, `There are: ${CHECK_IDS.join(', ')}.`);
  });
}
