import type { AdvisoryDataState } from '#shared/domain/dependencies/advisory.ts';
import type {
  DependencyFinding,
  DependencyIgnore,
  DependencyReport,
  Upgrade,
} from '#shared/domain/dependencies/finding.ts';
import type { Ecosystem, Environment } from '#shared/domain/dependencies/inventory.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { WORST_SEVERITY_FIRST } from '#shared/domain/dependencies/worst-severity-first.ts';
import type { CompiledPackage } from '../advisories/compiled.ts';
import { decided } from './ignores.ts';
import { judgePackage } from './judge-package.ts';

/** Where advisories come from: the data of the console, or a set that was read for once. */
export interface AdvisorySource {
  state: AdvisoryDataState;
  /** @param name as in PEP 503 @returns null when no advisory names it */
  about(ecosystem: Ecosystem, name: string): CompiledPackage | null;
}

const KINDS: readonly DependencyFinding['kind'][] = [
  'malware',
  'vulnerability',
  'unreadable',
  'unparsable',
  'not-comparable',
];

/** What to do first comes first: malware, the worst severity, what can be repaired; what is put aside comes last. */
function urgency(a: DependencyFinding, b: DependencyFinding): number {
  return (
    Number(a.ignored !== null) - Number(b.ignored !== null) ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    WORST_SEVERITY_FIRST.indexOf(a.severity) - WORST_SEVERITY_FIRST.indexOf(b.severity) ||
    Number(b.fixed.length > 0) - Number(a.fixed.length > 0) ||
    (b.score ?? 0) - (a.score ?? 0) ||
    compareText(a.package, b.package) ||
    compareText(a.ids[0] ?? '', b.ids[0] ?? '')
  );
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function unreadable(environment: Environment): DependencyFinding | null {
  if (environment.unreadable === null) return null;
  return {
    environment: environment.id,
    kind: 'unreadable',
    ecosystem: 'PyPI',
    package: '',
    version: null,
    ids: [],
    severity: 'unrated',
    score: null,
    summary: `Not all of it could be read: ${environment.unreadable}`.slice(0, 4_096),
    fixed: [],
    mayBeBackported: false,
    from: 'index',
    vendoredBy: null,
    requiredBy: [],
    ignored: null,
    reopened: null,
  };
}

/**
 * Compares all that is installed with what is known.
 * @param now decides which decisions still hold
 */
export function auditDependencies(
  environments: readonly Environment[],
  source: AdvisorySource,
  ignores: readonly DependencyIgnore[],
  now: Date,
): DependencyReport {
  const findings: DependencyFinding[] = [];
  const upgrades: Upgrade[] = [];
  const looked = new Map<string, CompiledPackage | null>();
  let packages = 0;
  for (const environment of environments) {
    const closed = unreadable(environment);
    if (closed !== null) findings.push(closed);
    for (const item of environment.packages) {
      packages += 1;
      const name = item.ecosystem === 'PyPI' ? normalizedName(item.name) : item.name;
      const key = `${item.ecosystem} ${name}`;
      let known = looked.get(key);
      if (known === undefined) {
        known = source.about(item.ecosystem, name);
        looked.set(key, known);
      }
      const verdict = judgePackage(environment, item, known);
      for (const finding of verdict.findings)
        findings.push({ ...finding, ...decided(finding, ignores, now) });
      if (verdict.upgrade !== null) upgrades.push(verdict.upgrade);
    }
  }
  return { packages, findings: findings.sort(urgency), upgrades, data: source.state };
}
