import type { DependencyFinding, Upgrade } from '#shared/domain/dependencies/finding.ts';
import type { Environment, InventoryItem } from '#shared/domain/dependencies/inventory.ts';
import { WORST_SEVERITY_FIRST } from '#shared/domain/dependencies/worst-severity-first.ts';
import { counted } from '#shared/domain/words.ts';
import type { CompiledAdvisory, CompiledPackage } from '../advisories/compiled.ts';
import { groupByAlias, idsOf } from './group.ts';
import { affects, type VersionKeys, versionKeys } from './match.ts';
import { bestRepair, repairsAbove, wholeRepairs } from './repair.ts';
import { upgradeCommand } from './upgrade-command.ts';

/** Bound of the contract; nobody reads as many. */
const MOST_FIXED = 1_024;

/** What is found about one package, before what was decided about it. */
export interface PackageVerdict {
  findings: Omit<DependencyFinding, 'ignored' | 'reopened'>[];
  upgrade: Upgrade | null;
}

const NO_COMPARISON = {
  editable: 'It is installed from a working copy, whose version says nothing about its code',
  vcs: 'It was installed from version control, and its version says nothing about its code',
} as const;

function worst(group: readonly CompiledAdvisory[]): CompiledAdvisory | undefined {
  return group.toSorted(
    (a, b) =>
      (b.score ?? -1) - (a.score ?? -1) ||
      WORST_SEVERITY_FIRST.indexOf(a.severity) - WORST_SEVERITY_FIRST.indexOf(b.severity),
  )[0];
}

/** Of several severities the highest; `unrated` only when nothing else is there. */
function highest(group: readonly CompiledAdvisory[]): Pick<DependencyFinding, 'severity' | 'score'> {
  const order = ['critical', 'high', 'medium', 'low', 'none'] as const;
  const severity = order.find((word) => group.some((advisory) => advisory.severity === word)) ?? 'unrated';
  const scores = group.map(({ score }) => score).filter((score) => score !== null);
  return { severity, score: scores.length === 0 ? null : Math.max(...scores) };
}

/** How often a package is named at all, for what cannot be compared; that one of them is about malware is worth knowing. */
function namedBy(known: CompiledPackage | null): string {
  if (known === null) return 'no advisory names the package';
  const malware = known.advisories.filter((advisory) => advisory.malware).length;
  const all = counted(known.advisories.length, 'advisory names', 'advisories name');
  return `${all} the package${malware === 0 ? '' : `, ${malware} of them as malware`}`;
}

/**
 * Compares one installed package with what is known of it.
 * @param known null when no advisory names it, or there is no data
 */
export function judgePackage(
  environment: Environment,
  item: InventoryItem,
  known: CompiledPackage | null,
): PackageVerdict {
  const common = {
    environment: environment.id,
    ecosystem: item.ecosystem,
    package: item.name,
    version: item.version,
    mayBeBackported: item.from === 'distribution' || environment.kind === 'distribution-packages',
    from: item.from,
    vendoredBy: item.vendoredBy,
    requiredBy: item.requiredBy,
  };
  const cannotSay = (kind: DependencyFinding['kind'], summary: string, ids: string[] = []) => ({
    ...common,
    kind,
    ids,
    severity: 'unrated' as const,
    score: null,
    summary: summary.slice(0, 4_096),
    fixed: [],
  });
  const named = namedBy(known);
  if (item.from === 'editable' || item.from === 'vcs')
    return {
      findings: [cannotSay('not-comparable', `${NO_COMPARISON[item.from]}; ${named}.`)],
      upgrade: null,
    };
  if (item.version === null && item.asked !== null)
    return {
      findings: [cannotSay('not-comparable', `${item.asked} is asked for, and no one version: ${named}.`)],
      upgrade: null,
    };
  if (item.version === null)
    return {
      findings: [
        cannotSay('unreadable', `Its metadata does not tell its version: ${item.broken ?? 'it is missing'}.`),
      ],
      upgrade: null,
    };
  const version = versionKeys(item.ecosystem, item.version);
  if (version === null)
    return {
      findings: [
        cannotSay('unparsable', `"${item.version}" cannot be put in order with other versions; ${named}.`),
      ],
      upgrade: null,
    };
  // What is broken is compared as far as it can be, and is never fine: its version may come from the name of a folder.
  const broken =
    item.broken === null ? [] : [cannotSay('unreadable', `It cannot be relied on: ${item.broken}.`)];
  if (known === null) return { findings: broken, upgrade: null };
  const verdict = judgeVersion(environment, item, item.version, known, version, common, cannotSay);
  return { ...verdict, findings: [...verdict.findings, ...broken] };
}

type Common = Pick<
  DependencyFinding,
  | 'environment'
  | 'ecosystem'
  | 'package'
  | 'version'
  | 'mayBeBackported'
  | 'from'
  | 'vendoredBy'
  | 'requiredBy'
>;

function judgeVersion(
  environment: Environment,
  item: InventoryItem,
  written: string,
  known: CompiledPackage,
  version: VersionKeys,
  common: Common,
  cannotSay: (kind: 'not-comparable', summary: string, ids: string[]) => PackageVerdict['findings'][number],
): PackageVerdict {
  const matches = known.advisories.filter(affects(known, version));
  const groups = groupByAlias(matches);
  const findings: PackageVerdict['findings'] = groups.map((group) => {
    // Of an advisory that affects the version, all that it says of the package counts: repairs may stand in another part of it.
    const ids = new Set(group.map(({ id }) => id));
    const whole = known.advisories.filter(({ id }) => ids.has(id));
    const fixed = wholeRepairs(known, whole, repairsAbove(item.ecosystem, whole, version));
    return {
      ...common,
      kind: group.some(({ malware }) => malware) ? 'malware' : 'vulnerability',
      ids: idsOf(group),
      ...highest(group),
      summary: worst(group)?.summary ?? '',
      fixed: fixed.slice(0, MOST_FIXED).map((repair) => repair.version),
    };
  });
  const told = new Set(findings.flatMap(({ ids }) => ids));
  const unclear = known.advisories.filter(
    ({ id, aliases, unclear }) => unclear !== undefined && ![id, ...aliases].some((name) => told.has(name)),
  );
  for (const group of groupByAlias(unclear))
    findings.push(cannotSay('not-comparable', `It may be affected: ${group[0]?.unclear}.`, idsOf(group)));
  const best =
    matches.length === 0
      ? null
      : bestRepair(known, groups, repairsAbove(item.ecosystem, known.advisories, version));
  const upgrade =
    best === null
      ? null
      : {
          environment: environment.id,
          package: item.name,
          from: written,
          to: best.version,
          ends: best.ends,
          command: upgradeCommand(environment, item, best.version),
        };
  return { findings, upgrade };
}
