import { z } from 'zod';
import { isUsualIndex } from './lock-file.ts';
import { type PinProblem, pinProblem, problemsOfRequirement } from './pin-problem.ts';
import { parseRequirement } from './requirement.ts';
import { withoutCredentials } from './requirements-file.ts';
import { readToml } from './toml.ts';

/**
 * What stands in the place of a list or table of another shape than it should have: it is no requirement, so that it is told as one
 * that could not be read. Nothing may be hidden by what merely breaks the reading.
 */
const UNREADABLE = '(a list or table that could not be read)';
const strings = z
  .array(z.string())
  .optional()
  .catch(() => [UNREADABLE]);
const text = z.string().optional().catch(undefined);
const table = z
  .record(z.string(), z.unknown())
  .optional()
  .catch(() => ({ [UNREADABLE]: null }));
const groups = z
  .record(
    z.string(),
    z.array(z.unknown()).catch(() => [UNREADABLE]),
  )
  .optional()
  .catch(() => ({ [UNREADABLE]: [UNREADABLE] }));
const sources = z
  .array(z.looseObject({ name: text, url: text, default: z.boolean().optional().catch(undefined) }))
  .optional()
  .catch(() => [{ url: UNREADABLE }]);

/** What we read of pyproject.toml (PEP 621, 517, 735, and the tables of Poetry, uv and PDM). */
const pyproject = z.looseObject({
  project: z
    .looseObject({
      name: text,
      dependencies: strings,
      'optional-dependencies': groups,
      dynamic: z.array(z.unknown()).optional().catch(undefined),
    })
    .optional()
    .catch(() => ({ dependencies: [UNREADABLE] })),
  'build-system': z
    .looseObject({ requires: strings, 'build-backend': text, 'backend-path': strings })
    .optional()
    .catch(() => ({ requires: [UNREADABLE] })),
  'dependency-groups': groups,
  tool: z
    .looseObject({
      poetry: z
        .looseObject({
          dependencies: table,
          'dev-dependencies': table,
          group: z
            .record(z.string(), z.looseObject({ dependencies: table }))
            .optional()
            .catch(() => ({ [UNREADABLE]: { dependencies: { [UNREADABLE]: null } } })),
          source: sources,
        })
        .optional()
        .catch(() => ({ dependencies: { [UNREADABLE]: null } })),
      uv: z
        .looseObject({
          index: sources,
          'extra-index-url': strings,
          'index-url': text,
          'find-links': strings,
          'dev-dependencies': strings,
          sources: table,
        })
        .optional()
        .catch(() => ({ 'dev-dependencies': [UNREADABLE] })),
      pdm: z
        .looseObject({ source: sources, 'dev-dependencies': groups })
        .optional()
        .catch(() => ({ source: [{ url: UNREADABLE }] })),
    })
    .optional()
    .catch(() => ({ uv: { 'dev-dependencies': [UNREADABLE] } })),
});
type Pyproject = z.infer<typeof pyproject>;

/** Entries of one table beyond this count are not looked at. */
const MOST = 4_096;

/** Poetry's own form: a bare version is exact (poetry docs, "Exact requirements"); `^`, `~` and `*` are ranges. */
function ofPoetry(name: string, value: unknown, place: string): PinProblem[] {
  if (name.toLowerCase() === 'python') return [];
  if (Array.isArray(value)) return value.slice(0, 64).flatMap((entry) => ofPoetry(name, entry, place));
  const entry = z
    .looseObject({ version: text, git: text, url: text, path: text })
    .safeParse(typeof value === 'string' ? { version: value } : value);
  if (!entry.success) return [pinProblem('unread', name, place)];
  const { version, git, url, path } = entry.data;
  const address = git ?? url;
  if (address !== undefined)
    return [pinProblem('address', `${name} @ ${withoutCredentials(address)}`, place)];
  if (path !== undefined) return [];
  if (version === undefined) return [pinProblem('unread', name, place)];
  if (/^\s*={0,3}\s*v?[0-9][^*,<>~^|]*$/.test(version)) return [];
  return [
    pinProblem(
      'range',
      `${name} ${version}`,
      place,
      null,
      version.trim() === '*' ? 'any version' : undefined,
    ),
  ];
}

function indexProblems(read: Pyproject, place: string): PinProblem[] {
  const { poetry, uv, pdm } = read.tool ?? {};
  const named = [...(poetry?.source ?? []), ...(uv?.index ?? []), ...(pdm?.source ?? [])];
  return [
    ...[...(uv?.['extra-index-url'] ?? []), ...(uv?.['find-links'] ?? [])].map((url) =>
      pinProblem('second-index', withoutCredentials(url), place),
    ),
    ...(uv?.['index-url'] !== undefined && !isUsualIndex(uv['index-url'])
      ? [pinProblem('own-index', withoutCredentials(uv['index-url']), place)]
      : []),
    ...named.flatMap(({ url, default: only }) =>
      url === undefined || isUsualIndex(url)
        ? []
        : [pinProblem(only === true ? 'own-index' : 'second-index', withoutCredentials(url), place)],
    ),
    ...entriesOf(uv?.sources).flatMap(([name, value]) => {
      const one = z.looseObject({ git: text, url: text }).safeParse(value);
      const address = one.success ? (one.data.git ?? one.data.url) : undefined;
      return address === undefined
        ? []
        : [pinProblem('address', `${name} @ ${withoutCredentials(address)}`, place)];
    }),
  ];
}

/** Entries of a table; of one that has a list, each member of it. */
function entriesOf(read: Readonly<Record<string, unknown>> | undefined): [name: string, value: unknown][] {
  return Object.entries(read ?? {}).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.slice(0, 64).map((one): [string, unknown] => [name, one])
      : [[name, value] as [string, unknown]],
  );
}

/** Requirements that a pyproject.toml declares for running (PEP 621), as written; none when it cannot be read. */
export function declaredRequirements(content: string): string[] {
  const read = pyproject.safeParse(readToml(content));
  return read.success ? (read.data.project?.dependencies ?? []).slice(0, MOST) : [];
}

/** All that floats, comes from elsewhere or runs at install in a pyproject.toml. */
export function problemsOfPyproject(content: string, place: string): PinProblem[] {
  const read = pyproject.safeParse(readToml(content));
  if (!read.success) return [pinProblem('unread', place, place, null, 'is no TOML that could be read')];
  const { project, tool, 'build-system': build, 'dependency-groups': named } = read.data;
  const texts = [
    ...(project?.dependencies ?? []),
    ...Object.values(project?.['optional-dependencies'] ?? {}).flat(),
    ...(build?.requires ?? []),
    ...Object.values(named ?? {}).flat(),
    ...(tool?.uv?.['dev-dependencies'] ?? []),
    ...Object.values(tool?.pdm?.['dev-dependencies'] ?? {}).flat(),
  ].filter((entry) => typeof entry === 'string');
  const poetry = [
    ...Object.entries(tool?.poetry?.dependencies ?? {}),
    ...Object.entries(tool?.poetry?.['dev-dependencies'] ?? {}),
    ...Object.values(tool?.poetry?.group ?? {}).flatMap((group) => Object.entries(group.dependencies ?? {})),
  ];
  const dynamic = (project?.dynamic ?? []).filter(
    (name) => name === 'dependencies' || name === 'optional-dependencies',
  );
  return [
    ...texts
      .slice(0, MOST)
      .flatMap((requirement) =>
        problemsOfRequirement(parseRequirement(requirement), withoutCredentials(requirement), place),
      ),
    ...poetry.slice(0, MOST).flatMap(([name, value]) => ofPoetry(name, value, place)),
    ...(texts.length > MOST || poetry.length > MOST
      ? [pinProblem('unread', place, place, null, `has more than ${MOST} requirements`)]
      : []),
    ...dynamic.map((name) =>
      pinProblem('not-followed', `dynamic: ${name}`, place, null, 'is worked out when it is built'),
    ),
    ...indexProblems(read.data, place),
    ...((build?.['backend-path']?.length ?? 0) > 0
      ? [pinProblem('install-code', `build-backend ${build?.['build-backend'] ?? ''}`, place)]
      : []),
  ];
}
