import type { DependencyFinding } from '#shared/domain/dependencies/finding.ts';
import type { Environment } from '#shared/domain/dependencies/inventory.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { isPep440 } from '../versions/version-key.ts';
import type { PeerAnswer, PeerWeakness } from './pip-audit-answer.ts';

/** Where two programs that know the same packages differ. */
export interface PeerComparison {
  /** Weaknesses that both name, under at least one name in common. */
  agreed: number;
  onlyHere: { package: string; version: string | null; ids: string[] }[];
  onlyThere: PeerWeakness[];
  /** Packages that the other one was not asked about, or did not answer, each with the reason. */
  notCompared: { package: string; why: string }[];
}

/** What is asked of the other program: lines for one environment, and what is left out of them. */
export interface PeerQuestion {
  lines: string[];
  leftOut: { package: string; why: string }[];
}

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/**
 * Requirements that name exactly what is installed (PEP 440, "Version matching"; PEP 508).
 * @returns each name once; pip-audit refuses a file that names one twice
 */
export function questionAbout({ packages }: Environment): PeerQuestion {
  const lines = new Map<string, string>();
  const leftOut: PeerQuestion['leftOut'] = [];
  for (const { ecosystem, name, version, from } of packages) {
    const key = normalizedName(name);
    const why =
      ecosystem !== 'PyPI'
        ? 'it is no Python package'
        : from === 'editable' || from === 'vcs' || from === 'vendored'
          ? 'its version does not say what its code is'
          : version === null || !isPep440(version) || !NAME.test(name)
            ? 'its name or version is not in the form that requirements have'
            : lines.has(key)
              ? 'it is there twice'
              : null;
    if (why === null) lines.set(key, `${key}==${version?.trim()}`);
    else leftOut.push({ package: name, why });
  }
  return { lines: [...lines.values()], leftOut };
}

/**
 * Puts our findings of one environment beside the answer of the other program.
 * @param findings of that environment; what was accepted counts, for it is known
 */
export function compareAnswers(
  findings: readonly DependencyFinding[],
  question: PeerQuestion,
  answer: PeerAnswer,
): PeerComparison {
  const known = findings.filter(({ kind }) => kind === 'vulnerability' || kind === 'malware');
  const looked = new Set(answer.looked.map(normalizedName));
  const skipped = new Set(answer.skipped.map((entry) => normalizedName(entry.package)));
  const silent = question.lines.flatMap((line) => {
    const name = line.slice(0, line.indexOf('=='));
    return looked.has(name) || skipped.has(name) ? [] : [{ package: name, why: 'it said nothing about it' }];
  });
  const same = (ours: DependencyFinding, theirs: PeerWeakness): boolean =>
    normalizedName(ours.package) === normalizedName(theirs.package) &&
    ours.ids.some((id) => theirs.ids.includes(id));
  const onlyThere = answer.weaknesses.filter((theirs) => !known.some((ours) => same(ours, theirs)));
  // A copy within another package, or one that it was not asked about, is no difference.
  const asked = known.filter((ours) => ours.vendoredBy === null && looked.has(normalizedName(ours.package)));
  const onlyHere = asked.filter((ours) => !answer.weaknesses.some((theirs) => same(ours, theirs)));
  return {
    agreed: asked.length - onlyHere.length,
    onlyHere: onlyHere.map(({ package: name, version, ids }) => ({ package: name, version, ids })),
    onlyThere,
    notCompared: [...question.leftOut, ...answer.skipped, ...silent],
  };
}
