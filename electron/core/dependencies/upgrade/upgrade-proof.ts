import { pep440Key } from '#core/dependencies/versions/version-key.ts';
import type { DependencyReport } from '#shared/domain/dependencies/finding.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import type { PythonFacts } from '#shared/domain/facts/software.ts';
import type { PlanProof } from '#shared/domain/plan.ts';

type PackageProof = Extract<PlanProof, { kind: 'package' }>;

/**
 * Whether facts that were collected anew show the package in its version, once, and the advisories have nothing against it any more.
 * @param python null when it was not seen
 * @param report null when nobody compared
 */
export function packageHolds(
  { environment, package: name, version, clean }: PackageProof,
  python: PythonFacts | null,
  report: DependencyReport | null,
): { holds: boolean; words: string } {
  const found = (python?.environments ?? [])
    .filter((one) => one.sitePackages === environment)
    .flatMap(({ distributions }) => distributions)
    .filter((one) => normalizedName(one.name) === normalizedName(name));
  const [only] = found;
  if (python === null || only === undefined || found.length > 1)
    return { holds: false, words: `${name} was not seen once in ${environment}.` };
  if (pep440Key(only.version) !== pep440Key(version))
    return { holds: false, words: `${name} is ${only.version} and not ${version}.` };
  if (report === null) return { holds: false, words: `${name} ${only.version} could not be compared again.` };
  const left = report.findings.filter(
    (one) =>
      one.environment === environment &&
      normalizedName(one.package) === normalizedName(name) &&
      one.ignored === null &&
      (one.kind === 'vulnerability' || one.kind === 'malware'),
  );
  const ids = left.flatMap((one) => one.ids.slice(0, 1)).join(', ');
  if (clean && left.length > 0)
    return { holds: false, words: `${name} ${only.version} is there, and ${ids} is known of it.` };
  return {
    holds: true,
    words: `${name} ${only.version} is there${ids === '' ? ', and nothing is known against it' : `; ${ids} stays`}.`,
  };
}
