import { folderOf } from './command.ts';
import type { Candidate } from './find-candidates.ts';
import type { Knowledge } from './knowledge.ts';
import { absoluteFrom, isWithin } from './paths.ts';

/** Where the code of an installation lies. */
export interface CodePlaces {
  virtualEnvironment: string | null;
  sitePackages: string | null;
  source: string | null;
  version: string | null;
  /** Installed by `pip install --user`. */
  pipUser: boolean;
}

/** Folders of programs that belong to the system, so that what lies above them is no virtual environment. */
const SYSTEM_PREFIXES = new Set(['/', '/usr', '/usr/local']);

/** The folder with `bin/` that a program lies in, unless it is the system's or a user's own `~/.local`. */
function prefixOf(program: string | null): string | null {
  if (!program || !folderOf(program).endsWith('/bin')) return null;
  const prefix = folderOf(folderOf(program));
  return SYSTEM_PREFIXES.has(prefix) || prefix.endsWith('/.local') ? null : prefix;
}

function virtualEnvironmentOf(candidate: Candidate, knowledge: Knowledge): string | null {
  const { daemon, unit } = candidate;
  const interpreter = absoluteFrom(daemon?.workingDirectory ?? null, daemon?.argv[0] ?? '');
  const variable = daemon?.environment?.find((entry) => entry.name === 'VIRTUAL_ENV')?.value ?? null;
  const prefixes = [prefixOf(candidate.program), prefixOf(interpreter)];
  const known = [...prefixes, variable].find(
    (prefix) => prefix !== null && knowledge.hints.virtualEnvironments.includes(prefix),
  );
  if (known) return known;
  // A closed home shows no pyvenv.cfg. A daemon whose interpreter and script lie side by side runs in an environment.
  const [ofProgram, ofInterpreter] = prefixes;
  const beside =
    ofProgram !== null && ofProgram !== undefined && (ofProgram === ofInterpreter || unit !== null);
  return beside ? ofProgram : null;
}

/** @returns where code was found; nulls for what was not */
export function locateCode(candidate: Candidate, home: string | null, knowledge: Knowledge): CodePlaces {
  const { hints } = knowledge;
  const virtualEnvironment = virtualEnvironmentOf(candidate, knowledge);
  const distribution = hints.distributions.find((entry) => {
    if (virtualEnvironment) return isWithin(entry.sitePackages, virtualEnvironment);
    if (home !== null && isWithin(entry.sitePackages, `${home}/.local`)) return true;
    return isWithin(entry.sitePackages, '/usr');
  });
  const startedIn = [
    candidate.daemon?.workingDirectory ?? null,
    candidate.unit?.properties.WorkingDirectory?.replace(/^[!-]+/, '') ?? null,
    virtualEnvironment && folderOf(virtualEnvironment),
  ];
  const trees = hints.sources.map((source) => source.path);
  const atHome = trees.filter((path) => home !== null && home.length > 1 && isWithin(path, home));
  const source =
    distribution?.editableSource ??
    startedIn.find((path) => path !== null && trees.includes(path)) ??
    (atHome.length === 1 ? atHome[0] : undefined);
  return {
    virtualEnvironment,
    sitePackages: distribution?.sitePackages ?? null,
    source: source ?? null,
    version: distribution?.version ?? null,
    pipUser:
      !virtualEnvironment && distribution !== undefined && distribution.sitePackages.includes('/.local/'),
  };
}
