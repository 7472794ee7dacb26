import { invocationOf } from '#core/facts/profile/command.ts';
import { isWithin } from '#core/facts/profile/paths.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import { type Agent, processesOf } from './agent.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, labelOf, notSeen, sourceOf, unitOf } from './knowledge.ts';
import type { Part } from './part.ts';
import { pathPart } from './tree-access.ts';

const headlineOf = (input: CheckInput) => `The agent on ${input.nodeName} can change the program that it is.`;

/** Pairs of BindPaths= and BindReadOnlyPaths=: what is shown, and where (systemd.exec(5)). */
function boundPairs(properties: Readonly<Record<string, string>>): { from: string; to: string }[] {
  return `${properties.BindPaths ?? ''} ${properties.BindReadOnlyPaths ?? ''}`
    .split(/\s+/)
    .flatMap((word) => {
      const [from = '', to = from] = word.replace(/^[-+]+/, '').split(/(?<!\\):/);
      return from.startsWith('/') && to !== from ? [{ from, to }] : [];
    });
}

/**
 * What the running program sees in place of the files that are judged: another root, or folders that its unit puts over the
 * code. What lies behind those decides then.
 * @param steps how a place is taken away from the agent
 */
export function shiftedParts(
  input: CheckInput,
  agent: Agent,
  steps: (path: string, at: string) => FixStep[],
): Part[] {
  const unit = unitOf(input, agent.instance);
  if (unit === null || unit === 'unseen') return [];
  const { source, virtualEnvironment, sitePackages } = agent.instance;
  const code = [source, virtualEnvironment, sitePackages].filter((path) => path !== null);
  const parts = boundPairs(unit.properties)
    .filter(({ to }) => code.some((path) => isWithin(path, to) || isWithin(to, path)))
    .map(({ from, to }) => {
      const part = pathPart(input, agent, from, {
        headline: headlineOf(input),
        steps: (at) => steps(from, at),
      });
      return { ...part, what: `${part.what}, which the unit shows as ${to}` };
    });
  for (const name of ['RootDirectory', 'RootImage']) {
    const root = unit.properties[name] ?? '';
    if (root === '' || root === '/') continue;
    const what = `${labelOf(input, agent.instance)}${unit.name}: ${name}=${root}`;
    parts.push(
      notSeen(input, what, 'mycoSwarm sees other files than were looked at', sourceOf(input, 'units'), null),
    );
  }
  return parts;
}

/**
 * The folder in which `python -m` is started: Python loads what lies there before its own library (python(1), "-m"; sys.path),
 * apart from the options -I and -P and from PYTHONSAFEPATH=.
 */
export function startFolderParts(
  input: CheckInput,
  agent: Agent,
  steps: (path: string, at: string) => FixStep[],
): Part[] {
  const folders = processesOf(input, agent.instance).flatMap((process) => {
    const module = process.argv.indexOf('-m');
    const options = process.argv.slice(1, Math.max(module, 1));
    const isSafe =
      module < 0 ||
      options.some((word) => /^-[a-zA-Z]*[IP]/.test(word)) ||
      process.environment?.some((entry) => entry.name === 'PYTHONSAFEPATH' && !entry.empty) === true;
    return isSafe || invocationOf(process.argv) === null ? [] : [process.workingDirectory];
  });
  const label = labelOf(input, agent.instance);
  return [...new Set(folders)].map((folder): Part => {
    const what = `${label}the folder where python -m is started`;
    if (folder === null)
      return notSeen(
        input,
        what,
        'the folder in which it was started could not be read',
        sourceOf(input, 'processes'),
        AS_ADMINISTRATOR,
      );
    const part = pathPart(input, agent, folder, {
      headline: `The agent on ${input.nodeName} can put code where mycoSwarm is started, and Python loads it.`,
      steps: (at) => steps(folder, at),
    });
    return { ...part, what: `${part.what}, where python -m is started` };
  });
}
