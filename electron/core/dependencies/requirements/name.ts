/** What a distribution may be called (PEP 508, "Names"). */
const NAME = /^(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9._-]{0,254}[A-Za-z0-9])$/;

/** @returns whether a distribution may be called that; at most 256 characters */
export function isDistributionName(name: string): boolean {
  return NAME.test(name);
}

/** Version without what PEP 440 ignores in comparisons that occur in lock files: case, a leading v; a local label stays. */
export function normalizedVersion(version: string): string {
  return version.trim().toLowerCase().replace(/^v/, '');
}
