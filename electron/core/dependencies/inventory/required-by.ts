import { extrasIn, holds } from '#core/dependencies/requirements/marker.ts';
import { parseRequirement, type Requirement } from '#core/dependencies/requirements/requirement.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';

/** A distribution and what its metadata asks for (Requires-Dist). */
export interface Asking {
  name: string;
  requires: readonly string[];
}

/** No environment of 8,192 distributions has more; a node that lies is cut here. */
const MAX_EDGES = 262_144;
const MAX_PARENTS = 512;
/** Extras of one distribution that are followed; more than anybody asks for in one environment. */
const MAX_EXTRAS = 24;

/** What every node has in common; the version of Python is added where it is known. */
const ENVIRONMENT = {
  os_name: 'posix',
  sys_platform: 'linux',
  platform_system: 'Linux',
  platform_python_implementation: 'CPython',
  implementation_name: 'cpython',
};

function environmentFor(pythonVersion: string | null): Record<string, string> {
  const short = /^3\.\d+/.exec(pythonVersion ?? '')?.[0];
  if (short === undefined) return ENVIRONMENT;
  const whole = /^3\.\d+\.\d+/.exec(pythonVersion ?? '')?.[0];
  return {
    ...ENVIRONMENT,
    python_version: short,
    ...(whole === undefined ? {} : { python_full_version: whole }),
  };
}

/** A requirement, and whether its marker asks for an extra. */
interface Parsed {
  requirement: Requirement;
  ofExtra: boolean;
}

/**
 * Who asks for whom among installed distributions. A requirement of an extra counts once somebody asks for that extra; one whose
 * marker nobody can decide counts.
 * @param asking all distributions of one environment
 * @param pythonVersion of that environment, for markers
 * @returns names of those that ask, as written and sorted, by the normalised name of what is asked for
 */
export function requiredBy(
  asking: readonly Asking[],
  pythonVersion: string | null,
): ReadonlyMap<string, readonly string[]> {
  const environment = environmentFor(pythonVersion);
  const byName = new Map<string, { name: string; parsed: Parsed[] }[]>();
  let edges = 0;
  for (const { name, requires } of asking) {
    const key = normalizedName(name);
    const parsed: Parsed[] = [];
    for (const text of requires) {
      if (edges >= MAX_EDGES) break;
      const requirement = parseRequirement(text);
      if (requirement?.name == null) continue;
      edges += 1;
      const ofExtra = requirement.marker !== null && extrasIn(requirement.marker).length > 0;
      parsed.push({ requirement, ofExtra });
    }
    byName.set(key, [...(byName.get(key) ?? []), { name, parsed }]);
  }
  const parents = new Map<string, Set<string>>();
  // Every distribution is there without extras; what asks for extras of another is followed until nothing new comes.
  const wanted = new Map<string, Set<string>>([...byName.keys()].map((name) => [name, new Set([''])]));
  const waiting: [name: string, extra: string][] = [...byName.keys()].map((name) => [name, '']);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [name, extra] = next;
    for (const { name: written, parsed } of byName.get(name) ?? []) {
      for (const { requirement, ofExtra } of parsed) {
        const target = requirement.name ?? '';
        const known = wanted.get(target);
        // What is no extra's counted when the distribution was met without any.
        if (known === undefined || target === name || (extra !== '' && !ofExtra)) continue;
        if (requirement.marker !== null && holds(requirement.marker, { ...environment, extra }) === false)
          continue;
        const askers = parents.get(target) ?? new Set();
        parents.set(target, askers.add(written));
        for (const one of requirement.extras.slice(0, MAX_EXTRAS)) {
          if (known.size > MAX_EXTRAS || known.has(one)) continue;
          known.add(one);
          waiting.push([target, one]);
        }
      }
    }
  }
  return new Map([...parents].map(([name, known]) => [name, [...known].toSorted().slice(0, MAX_PARENTS)]));
}
