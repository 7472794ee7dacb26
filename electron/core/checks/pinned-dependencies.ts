import { type LockFile, readLock } from '#core/dependencies/requirements/lock-file.ts';
import { extrasIn } from '#core/dependencies/requirements/marker.ts';
import { normalizedVersion } from '#core/dependencies/requirements/name.ts';
import { type PinProblem, problemsOfRequirement } from '#core/dependencies/requirements/pin-problem.ts';
import { problemsOfDistribution, problemsOfFile } from '#core/dependencies/requirements/pin-problems.ts';
import { parseRequirement } from '#core/dependencies/requirements/requirement.ts';
import { isWithin } from '#core/facts/profile/paths.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import type { PythonFacts } from '#shared/domain/facts/software.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import { gapParts, labelOf, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import { asUser, byHand } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

type Environment = PythonFacts['environments'][number];

/** Tools that an environment has by itself, and that locks leave out. */
const TOOLS = new Set(['pip', 'setuptools', 'wheel']);

function environmentOf(input: CheckInput, instance: InstanceProfile): Environment | null {
  const environments = seen(input, 'python')?.environments ?? [];
  return (
    environments.find((entry) => entry.sitePackages === instance.sitePackages) ??
    environments.find((entry) => entry.instance === instance.id) ??
    (instance.virtualEnvironment === null
      ? null
      : (environments.find((entry) => entry.root === instance.virtualEnvironment) ?? null))
  );
}

/** How an environment differs from a lock: installed distributions that the lock does not name in that version. */
function differences(environment: Environment, lock: LockFile): string[] {
  return environment.distributions
    .filter((distribution) => {
      const name = normalizedName(distribution.name);
      if (TOOLS.has(name) || name === 'mycoswarm') return false;
      return !lock.versions.get(name)?.has(normalizedVersion(distribution.version));
    })
    .map((distribution) => `${distribution.name} ${distribution.version}`)
    .toSorted();
}

function lockSteps(instance: InstanceProfile): FixStep[] {
  const folder = instance.source ?? '.';
  return [
    byHand(
      'Make the list on your own computer or as the administrator, never as the agent: whoever writes the list chooses the packages.',
    ),
    asUser(
      'Write down exact versions with hashes for all that mycoSwarm needs',
    )`uv pip compile --generate-hashes -o ${`${folder}/requirements.lock.txt`} ${`${folder}/pyproject.toml`}`,
    byHand('Look at the list before you use it: a version that is installed today can be left as it is.'),
    asUser(
      'Install exactly that, and refuse everything else',
    )`${`${instance.virtualEnvironment ?? '/opt/mycoswarm/venv'}/bin/pip`} install --require-hashes --only-binary=:all: -r ${`${folder}/requirements.lock.txt`}`,
  ];
}

function lockPart(
  input: CheckInput,
  instance: InstanceProfile,
  environment: Environment,
  files: PythonFacts['requirementFiles'],
): { part: Part; matched: boolean } {
  const label = labelOf(input, instance);
  const source = sourceOf(input, 'python');
  const what = `${label}${environment.sitePackages}, ${environment.distributions.length} packages`;
  const locks = files.map(readLock).filter((lock) => lock !== null);
  const full = locks.filter((lock) => lock.withoutHash.length === 0);
  const compared = full
    .map((lock) => ({ lock, differing: differences(environment, lock) }))
    .toSorted((a, b) => a.differing.length - b.differing.length);
  const best = compared[0];
  const broken = environment.distributions.filter((distribution) => distribution.broken).length;
  const names = environment.distributions
    .map((distribution) => normalizedName(distribution.name))
    .filter((name) => !TOOLS.has(name) && name !== 'mycoswarm');
  if (best !== undefined && best.differing.length === 0 && names.length > 0) {
    if (!environment.complete || broken > 0)
      return {
        part: notSeen(
          input,
          what,
          'not every package could be read',
          source,
          'look at this node as administrator',
        ),
        matched: true,
      };
    return {
      part: {
        what: `${what}; ${best.lock.path}`,
        seen: 'exactly what the lock says, with hashes',
        status: 'pass',
        source,
      },
      matched: true,
    };
  }
  const cut = files.filter((file) => file.cut);
  const unread = gapParts(input, 'python');
  const doubt =
    cut.length > 0
      ? `${cut[0]?.path ?? ''} is too long to be read`
      : unread.length > 0
        ? 'not every folder could be read, so a lock may have been missed'
        : null;
  if (doubt !== null && best === undefined)
    return {
      part: notSeen(input, what, doubt, source, unread[0]?.wouldHelp ?? 'look at this node as administrator'),
      matched: false,
    };
  const seenThere =
    best !== undefined
      ? `${best.differing.length} differ from ${best.lock.path}`
      : locks.length > 0
        ? `${locks[0]?.path ?? ''} pins versions without hashes`
        : 'no lock with hashes was found';
  return {
    part: {
      what,
      seen: seenThere,
      status: 'fix',
      severity: 'medium',
      source,
      raw: best === undefined ? null : best.differing.join('\n'),
      headline:
        best !== undefined
          ? `The packages of mycoSwarm on ${input.nodeName} are not those that its lock says.`
          : `The next install on ${input.nodeName} may bring other packages than today's.`,
      steps: lockSteps(instance),
    },
    matched: false,
  };
}

/** Requirements of mycoSwarm itself that float, from its installed metadata. */
function floating(environment: Environment): PinProblem[] {
  const own = environment.distributions.find(
    (distribution) => normalizedName(distribution.name) === 'mycoswarm',
  );
  return (own?.requires ?? []).flatMap((text) => {
    const requirement = parseRequirement(text);
    // What only an extra asks for is not installed unless somebody wants that extra.
    const ofExtra = requirement?.marker != null && extrasIn(requirement.marker).length > 0;
    return requirement === null || ofExtra
      ? []
      : problemsOfRequirement(requirement, text, own?.metadataPath ?? '');
  });
}

/** The environment equals a lock with hashes; everything that floats is shown beside. */
export const pinnedDependencies: Check = {
  id: 'pinned-dependencies',
  run(input) {
    const absent = withoutMycoswarm('pinned-dependencies', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const source = sourceOf(input, 'python');
    const python = seen(input, 'python');
    const hidden = unseenPart(input, 'python');
    const parts: Part[] = hidden === null ? [] : [hidden];
    for (const instance of python === null ? [] : input.facts.profile.instances) {
      const label = labelOf(input, instance);
      const environment = environmentOf(input, instance);
      const files = (python?.requirementFiles ?? []).filter((file) => file.instance === instance.id);
      if (environment === null) {
        parts.push(
          notSeen(
            input,
            `${label}packages of mycoSwarm`,
            'its environment could not be found',
            source,
            'say in Setup where mycoSwarm is installed',
          ),
        );
        continue;
      }
      const known = new Set(files.map(({ path }) => path));
      const { part, matched } = lockPart(input, instance, environment, files);
      parts.push(part);
      const problems = [
        ...floating(environment),
        ...environment.distributions.flatMap(problemsOfDistribution),
        ...files.flatMap((file) => problemsOfFile(file, known)),
      ];
      for (const problem of problems) {
        const where =
          instance.source !== null && isWithin(problem.place, instance.source)
            ? problem.place.slice(instance.source.length + 1)
            : problem.place;
        // Beside a lock that holds, what floats is only shown; without one it is the reason.
        const counts = !matched && part.status === 'fix';
        parts.push({
          what: `${label}${problem.text}`,
          seen: problem.seen,
          status: counts ? 'fix' : 'not-applicable',
          severity: problem.severity === 'high' ? 'medium' : 'low',
          source: where,
          ...(counts ? { headline: part.headline ?? `Packages on ${node} float.` } : {}),
        });
      }
    }
    return conclude('pinned-dependencies', input, parts, {
      pass: `The packages of mycoSwarm on ${node} are exactly those of its lock, with hashes.`,
      detail: { fix: 'Whoever uploads the next version of a package chooses what the next install runs.' },
      wouldChange: {
        pass: 'A package in another version than the lock says would change this.',
        otherwise:
          'An environment installed from a lock with exact versions and hashes would make this fine.',
      },
    });
  },
};
