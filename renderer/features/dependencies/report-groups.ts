import type { DependencyFinding, DependencyReport, Upgrade } from '#shared/domain/dependencies/finding.ts';
import { WORST_SEVERITY_FIRST } from '#shared/domain/dependencies/worst-severity-first.ts';

/** A finding with the name of the node that it is on. */
export interface PlacedFinding {
  node: string;
  nodeName: string;
  finding: DependencyFinding;
  /** The upgrade that ends it; null when there is none, or it is not pip's to do. */
  upgrade: Upgrade | null;
}

/** What a node's report is, with its node. */
export interface PlacedReport {
  node: string;
  nodeName: string;
  report: DependencyReport;
}

/** Groups in the order in which a person should go through them. */
export const GROUPS = ['malware', 'upgrade', 'waiting', 'unclear', 'accepted'] as const;
export type Group = (typeof GROUPS)[number];

export const GROUP_WORDS: Readonly<Record<Group, { title: string; note: string }>> = {
  malware: { title: 'Malware', note: 'Take the node off the network first, then the package away.' },
  upgrade: { title: 'Upgrade first', note: 'A repaired version is there. The worst come first.' },
  waiting: {
    title: 'No repair yet',
    note: 'Nothing to upgrade to: do without it, or accept it for a while.',
  },
  unclear: { title: 'Nobody can say', note: 'Versions say nothing here, so these are never called fine.' },
  accepted: { title: 'Accepted for now', note: 'They come back when their time is over.' },
};

/** @returns all findings of reports by what a person can do about them, over all nodes the worst first; equals keep their order */
export function groupsOf(reports: readonly PlacedReport[]): Record<Group, PlacedFinding[]> {
  const groups: Record<Group, PlacedFinding[]> = {
    malware: [],
    upgrade: [],
    waiting: [],
    unclear: [],
    accepted: [],
  };
  for (const { node, nodeName, report } of reports) {
    const upgrades = new Map<string, Upgrade>();
    for (const entry of report.upgrades) {
      const key = keyOf(entry.environment, entry.package, entry.from);
      // A copy within another package goes by the same name, and has no command.
      if (!upgrades.has(key) || entry.command !== null) upgrades.set(key, entry);
    }
    for (const finding of report.findings) {
      const upgrade = upgrades.get(keyOf(finding.environment, finding.package, finding.version)) ?? null;
      const isCopy = finding.vendoredBy !== null && upgrade !== null;
      groups[groupOf(finding)].push({
        node,
        nodeName,
        finding,
        upgrade: isCopy ? { ...upgrade, command: null } : upgrade,
      });
    }
  }
  for (const group of GROUPS) groups[group].sort((a, b) => rankOf(a) - rankOf(b));
  return groups;
}

const rankOf = ({ finding }: PlacedFinding): number => WORST_SEVERITY_FIRST.indexOf(finding.severity);

function keyOf(environment: string, name: string, version: string | null): string {
  return `${environment}\0${name}\0${version ?? ''}`;
}

function groupOf(finding: DependencyFinding): Group {
  if (finding.ignored !== null) return 'accepted';
  if (finding.kind === 'malware') return 'malware';
  if (finding.kind !== 'vulnerability') return 'unclear';
  return finding.fixed.length > 0 ? 'upgrade' : 'waiting';
}

/** @returns those in which the words stand: package, id, summary, environment, or who asks for it */
export function searched(found: readonly PlacedFinding[], words: string): PlacedFinding[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return [...found];
  return found.filter(({ finding, nodeName }) =>
    [
      finding.package,
      finding.summary,
      finding.environment,
      nodeName,
      ...finding.ids,
      ...finding.requiredBy,
      finding.vendoredBy ?? '',
    ].some((text) => text.toLowerCase().includes(wanted)),
  );
}
