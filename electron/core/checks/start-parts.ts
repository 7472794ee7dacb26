import { environmentFilesOf } from '#core/facts/subjects/units/parse.ts';
import { EXEC_PROPERTIES } from '#core/facts/subjects/units/properties.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import type { Agent } from './agent.ts';
import { processesOf } from './agent.ts';
import type { CheckInput } from './check.ts';
import { pathsOfCommands } from './exec-commands.ts';
import { filesByPath, labelOf, notSeen, sourceOf, unitOf } from './knowledge.ts';
import type { Part } from './part.ts';
import { rightsParts } from './rights-parts.ts';
import { byHand } from './steps.ts';
import { judgedPath, pathPart } from './tree-access.ts';

/** Properties are kept up to this length; what comes after is not known. */
const KEPT_LENGTH = 8_192;
/** Variables by which a place decides what code a program loads (python(1), ld.so(8)). */
const LOADING = new Set([
  'PYTHONPATH',
  'PYTHONHOME',
  'PYTHONSTARTUP',
  'PYTHONUSERBASE',
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'LD_AUDIT',
]);

type Steps = (path: string, at: string) => FixStep[];

/** Files that decide what is started: unit, drop-ins, files of variables, and everything that its commands name. */
export function startPaths(input: CheckInput, agent: Agent): string[] {
  const unit = unitOf(input, agent.instance);
  const files = filesByPath(input);
  const paths = new Set<string>();
  if (unit !== null && unit !== 'unseen') {
    if (unit.path !== null) paths.add(unit.path);
    for (const path of [...unit.dropIns, ...environmentFilesOf(unit)]) paths.add(path);
    for (const path of pathsOfCommands(unit)) paths.add(path);
  }
  for (const process of processesOf(input, agent.instance)) {
    if (process.executable !== null && files.has(process.executable)) paths.add(process.executable);
  }
  return [...paths].toSorted();
}

/** Variables of the service by which places decide what code is loaded; a value is null when it is not kept. */
function loadingVariables(input: CheckInput, agent: Agent): { name: string; value: string | null }[] {
  const running = processesOf(input, agent.instance).flatMap((process) => process.environment ?? []);
  const unit = unitOf(input, agent.instance);
  const named = unit === null || unit === 'unseen' ? [] : unit.environmentNames;
  const found = new Map<string, { name: string; value: string | null }>();
  for (const { name, value, empty } of running) {
    if (LOADING.has(name) && !empty) found.set(`${name}=${value}`, { name, value });
  }
  for (const { name } of named) {
    const isKnown = running.some((variable) => variable.name === name);
    if (LOADING.has(name) && !isKnown) found.set(name, { name, value: null });
  }
  return [...found.values()];
}

function variableParts(input: CheckInput, agent: Agent, headline: string, steps: Steps): Part[] {
  const label = labelOf(input, agent.instance);
  const source = sourceOf(input, 'processes');
  return loadingVariables(input, agent).flatMap(({ name, value }): Part[] => {
    if (value === null) {
      return [
        {
          what: `${label}${name}`,
          seen: 'is set for the service; its value was not seen, and it decides what code is loaded',
          status: 'review',
          severity: 'medium',
          source,
          headline: `${name} decides what code mycoSwarm on ${input.nodeName} loads, and where it points is not known.`,
          steps: [byHand(`See that ${name} names only places that belong to the administrator.`, true)],
        },
      ];
    }
    const separator = name === 'LD_PRELOAD' ? /[\s:]+/ : /:/;
    return value.split(separator).map((place) => {
      if (!place.startsWith('/'))
        return notSeen(input, `${label}${name}=${value}`, 'is not wholly of absolute places', source, null);
      const part = pathPart(input, agent, judgedPath(input, place), {
        headline,
        steps: (at) => steps(place, at),
      });
      return { ...part, what: `${label}${name}: ${part.what}` };
    });
  });
}

/**
 * Whether the agent can change what decides how it is started: unit and drop-ins, files of variables, programs, scripts and
 * other files that its commands name, and places from which variables let it load code.
 * @param steps how a place is taken away from the agent
 */
export function startParts(input: CheckInput, agent: Agent, steps: Steps): Part[] {
  const headline = `The agent on ${input.nodeName} can change how it is started.`;
  const files = filesByPath(input);
  const { workspace, configurationFolder, home } = agent.instance;
  const own = new Set([workspace, configurationFolder, home]);
  const parts = startPaths(input, agent).flatMap((path): Part[] => {
    const judged = judgedPath(input, path);
    const part = pathPart(input, agent, judged, { headline, steps: (at) => steps(path, at) });
    // A folder among the arguments is mostly one to work in, not to start from.
    if (part.status === 'fix' && judged === path && files.get(path)?.kind === 'directory')
      return own.has(path) ? [] : [{ ...part, status: 'review', severity: 'low' }];
    return [part];
  });
  const unit = unitOf(input, agent.instance);
  parts.push(...rightsParts(input, agent).filter((part) => part.status === 'fix'));
  const cut =
    unit === null || unit === 'unseen'
      ? []
      : EXEC_PROPERTIES.filter((name) => (unit.properties[name]?.length ?? 0) >= KEPT_LENGTH);
  return [
    ...parts,
    ...cut.map((name) =>
      notSeen(
        input,
        `${labelOf(input, agent.instance)}${name}`,
        'too long to be kept whole',
        sourceOf(input, 'units'),
        null,
      ),
    ),
    ...variableParts(input, agent, headline, steps),
  ];
}
