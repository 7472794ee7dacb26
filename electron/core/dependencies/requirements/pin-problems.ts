import { parse } from 'smol-toml';
import { z } from 'zod';
import type { PythonFacts } from '#shared/domain/facts/software.ts';
import type { Severity } from '#shared/domain/finding.ts';
import { parseRequirement } from './requirement.ts';
import { parseRequirementsFile } from './requirements-file.ts';

/** Something that lets an install differ from the last one, or run what nobody chose. */
export interface PinProblem {
  /** As written. */
  text: string;
  seen: string;
  severity: Severity;
  place: string;
}

type RequirementFile = PythonFacts['requirementFiles'][number];

const stringList = z.array(z.string()).catch([]);
const pyproject = z.looseObject({
  project: z
    .looseObject({
      dependencies: stringList.optional(),
      'optional-dependencies': z.record(z.string(), stringList).catch({}).optional(),
    })
    .optional(),
  'build-system': z.looseObject({ requires: stringList.optional() }).optional(),
});

function ofRequirement(text: string, place: string): PinProblem[] {
  const requirement = parseRequirement(text);
  if (requirement === null) return [{ text, seen: 'could not be understood', severity: 'low', place }];
  if (requirement.url !== null)
    return [{ text, seen: 'from an address, outside the index', severity: 'medium', place }];
  if (requirement.pinned !== null) return [];
  return [
    {
      text,
      seen: requirement.specifiers === '' ? 'any version' : 'a range, not one version',
      severity: 'medium',
      place,
    },
  ];
}

function ofRequirements(file: RequirementFile): PinProblem[] {
  const read = parseRequirementsFile(file.text);
  const place = file.path;
  const anyHash = read.lines.some((line) => line.hashes > 0);
  return [
    ...read.lines.flatMap((line) => ofRequirement(line.text, place)),
    ...read.lines
      .filter((line) => line.requirement.pinned !== null && line.hashes === 0)
      .map((line) => ({
        text: line.text,
        seen: anyHash ? 'no hash, while others have one' : 'an exact version without a hash',
        severity: 'low' as const,
        place,
      })),
    ...read.extraIndexes.map((text) => ({
      text,
      seen: 'a second index: the same name there can win',
      severity: 'high' as const,
      place,
    })),
    ...read.indexes.map((text) => ({ text, seen: 'an index of its own', severity: 'low' as const, place })),
    ...read.sourceOnly.map((text) => ({
      text,
      seen: 'built from source: its set-up code runs at install',
      severity: 'medium' as const,
      place,
    })),
    ...read.unread.map((text) => ({
      text,
      seen: 'could not be understood',
      severity: 'low' as const,
      place,
    })),
  ];
}

function ofPyproject(file: RequirementFile): PinProblem[] {
  const place = file.path;
  try {
    const read = pyproject.parse(parse(file.text));
    const texts = [
      ...(read.project?.dependencies ?? []),
      ...Object.values(read.project?.['optional-dependencies'] ?? {}).flat(),
      ...(read['build-system']?.requires ?? []),
    ];
    return texts.flatMap((text) => ofRequirement(text, place));
  } catch {
    return [{ text: place, seen: 'is no TOML that could be read', severity: 'low', place }];
  }
}

const INSTALLER_RISKS: readonly { pattern: RegExp; seen: string; severity: Severity }[] = [
  {
    pattern: /\b(curl|wget)\b[^|;&]*\|\s*(sudo\s+)?(-\S+\s+)*(ba|da|z|k)?sh\b/,
    seen: 'runs whatever a server sends at that moment',
    severity: 'high',
  },
  { pattern: /--break-system-packages\b/, seen: 'writes into the Python of the system', severity: 'medium' },
  { pattern: /--extra-index-url\b/, seen: 'a second index: the same name there can win', severity: 'high' },
  { pattern: /--trusted-host\b/, seen: 'takes packages without checking who sends them', severity: 'high' },
  {
    pattern: /--no-binary\b/,
    seen: 'built from source: its set-up code runs at install',
    severity: 'medium',
  },
];

function ofInstaller(file: RequirementFile): PinProblem[] {
  return file.text.split('\n', 20_000).flatMap((whole) => {
    const line = whole.slice(0, 2_000).trim();
    if (line.startsWith('#')) return [];
    return INSTALLER_RISKS.filter((risk) => risk.pattern.test(line)).map((risk) => ({
      text: line,
      seen: risk.seen,
      severity: risk.severity,
      place: file.path,
    }));
  });
}

/** All that floats or runs unseen in one file. */
export function problemsOfFile(file: RequirementFile): PinProblem[] {
  if (file.kind === 'requirements' || file.kind === 'constraints') return ofRequirements(file);
  if (file.kind === 'pyproject') return ofPyproject(file);
  if (file.kind === 'installer') return ofInstaller(file);
  if (file.kind === 'setup')
    return [
      {
        text: file.path,
        seen: 'code that runs when it is installed from source',
        severity: 'low',
        place: file.path,
      },
    ];
  return [];
}

type Distribution = PythonFacts['environments'][number]['distributions'][number];

/** What an installed distribution asks for without one version (Requires-Dist of its metadata), and how it came. */
export function problemsOfDistribution(distribution: Distribution): PinProblem[] {
  const place = distribution.metadataPath;
  const name = `${distribution.name} ${distribution.version}`;
  return [
    ...(distribution.directUrl !== null && !distribution.editable
      ? [
          {
            text: `${name} from ${distribution.directUrl}`,
            seen: 'from an address, outside the index',
            severity: 'medium' as const,
            place,
          },
        ]
      : []),
    ...(distribution.editable
      ? [{ text: name, seen: 'installed as a link to its source', severity: 'low' as const, place }]
      : []),
  ];
}
