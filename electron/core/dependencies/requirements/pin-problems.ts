import { posix } from 'node:path';
import type { PythonFacts } from '#shared/domain/facts/software.ts';
import { problemsOfInstaller } from './installer-problems.ts';
import { isUsualIndex, readLock } from './lock-file.ts';
import { problemsOfLock } from './lock-problems.ts';
import { type PinProblem, pinProblem, problemsOfRequirement } from './pin-problem.ts';
import { problemsOfPyproject } from './pyproject-problems.ts';
import { parseRequirementsFile } from './requirements-file.ts';
import { problemsOfSetup } from './setup-problems.ts';

/** A file that declares, locks or installs requirements. */
export type RequirementFile = Pick<PythonFacts['requirementFiles'][number], 'path' | 'kind' | 'text' | 'cut'>;

function problemsOfRequirements(file: RequirementFile, known: ReadonlySet<string>): PinProblem[] {
  const read = parseRequirementsFile(file.text);
  const place = file.path;
  const anyHash = read.lines.some((line) => line.hashes.length > 0);
  // A constraint chooses no package, so that one without a hash is no gap.
  const wantsHash = file.kind === 'requirements';
  return [
    ...read.lines.flatMap(({ requirement, text, line, editable }) =>
      editable
        ? [pinProblem('editable', text, place, line)]
        : problemsOfRequirement(requirement, text, place, line),
    ),
    ...read.lines
      .filter(({ requirement, hashes }) => wantsHash && requirement.pinned !== null && hashes.length === 0)
      .map(({ text, line }) =>
        pinProblem('no-hash', text, place, line, anyHash ? 'no hash, while others have one' : undefined),
      ),
    ...read.extraIndexes.map(({ text, line }) => pinProblem('second-index', text, place, line)),
    ...read.indexes
      .filter(({ address }) => !isUsualIndex(address))
      .map(({ text, line }) => pinProblem('own-index', text, place, line)),
    ...read.trustedHosts.map(({ text, line }) => pinProblem('unverified-host', text, place, line)),
    ...read.sourceOnly.map(({ text, line }) => pinProblem('source-only', text, place, line)),
    ...read.includes
      .filter(({ text }) => !known.has(posix.resolve(posix.dirname(place), text)))
      .map(({ text, line }) => pinProblem('not-followed', text, place, line)),
    ...read.unread.map(({ text, line }) => pinProblem('unread', text, place, line)),
  ];
}

/**
 * All that floats or runs unseen in one file.
 * @param known paths of all files that were read, so that what a file takes in is known to be judged too
 */
export function problemsOfFile(file: RequirementFile, known: ReadonlySet<string> = new Set()): PinProblem[] {
  const { kind, text, path } = file;
  if (kind === 'requirements' || kind === 'constraints') return problemsOfRequirements(file, known);
  if (kind === 'pyproject') return problemsOfPyproject(text, path);
  if (kind === 'installer') return problemsOfInstaller(text, path);
  if (kind === 'setup') return problemsOfSetup(text, path);
  const lock = readLock(file);
  const why = file.cut ? 'is too long to be read' : 'is no lock that could be read';
  return lock === null ? [pinProblem('unread', path, path, null, why)] : problemsOfLock(lock);
}

type Distribution = PythonFacts['environments'][number]['distributions'][number];

/** How an installed distribution came, where that is not the index (direct_url.json, PEP 610). */
export function problemsOfDistribution(distribution: Distribution): PinProblem[] {
  const place = distribution.metadataPath;
  const name = `${distribution.name} ${distribution.version}`;
  if (distribution.editable) return [pinProblem('editable', name, place)];
  return distribution.directUrl === null
    ? []
    : [pinProblem('address', `${name} from ${distribution.directUrl}`, place)];
}
