import type { FixStep } from '#shared/domain/finding.ts';
import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, isMissing, labelOf, notSeen, seen, sourceOf } from './knowledge.ts';
import type { Part } from './part.ts';
import { pathPart } from './tree-access.ts';

const environmentOf = (input: CheckInput, { instance }: Agent) =>
  seen(input, 'python')?.environments.find(
    ({ instance: id, kind }) => id === instance.id && kind === 'virtual-environment',
  );

/**
 * Whether the virtual environment of an agent loads packages of the system, and of the account, besides its own
 * (pyvenv.cfg, `include-system-site-packages`): null when the file could not be read, undefined when nobody looked.
 */
export function includesSystemPackages(input: CheckInput, agent: Agent): boolean | null | undefined {
  return environmentOf(input, agent)?.includesSystemPackages;
}

/** Folders of packages of the system, as they were found; without any the one that every Debian has. */
function systemFolders(input: CheckInput): string[] {
  const found = (seen(input, 'python')?.environments ?? [])
    .filter(({ instance, kind }) => instance === null && kind !== 'virtual-environment' && kind !== 'user')
    .map(({ sitePackages }) => sitePackages);
  return found.length > 0 ? found : ['/usr/lib/python3/dist-packages'];
}

/**
 * Packages of the system that the agent runs as well, where its virtual environment says so: whoever can change these changes
 * the program.
 */
export function systemPackageParts(
  input: CheckInput,
  agent: Agent,
  steps: (path: string, at: string) => FixStep[],
): Part[] {
  const environment = environmentOf(input, agent);
  const includes = environment?.includesSystemPackages;
  if (environment === undefined || includes === undefined || includes === false) return [];
  if (includes === null)
    return [
      notSeen(
        input,
        `${labelOf(input, agent.instance)}${environment.root}/pyvenv.cfg`,
        'it could not be read, so whether packages of the system are loaded too is not known',
        sourceOf(input, 'python'),
        AS_ADMINISTRATOR,
      ),
    ];
  return systemFolders(input)
    .filter((path) => !isMissing(input, path))
    .map((path) => {
      const part = pathPart(input, agent, path, {
        headline: `The agent on ${input.nodeName} can change packages of the system, which it runs.`,
        steps: (at) => steps(path, at),
      });
      return { ...part, what: `${part.what}, loaded by ${environment.root} too` };
    });
}
