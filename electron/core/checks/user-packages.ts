import { isWithin } from '#core/facts/profile/paths.ts';
import { canChange } from './access.ts';
import { type Agent, processesOf } from './agent.ts';
import type { CheckInput } from './check.ts';
import { filesByPath, labelOf, sourceOf, unitOf } from './knowledge.ts';
import type { Part } from './part.ts';
import { accountFirst } from './personal.ts';
import { byHand, dropInSteps } from './steps.ts';
import { includesSystemPackages } from './system-packages.ts';

/** Whether something keeps Python from loading packages of the account (python(1): -s, -I, PYTHONNOUSERSITE). */
function isSwitchedOff(input: CheckInput, agent: Agent): boolean {
  const name = 'PYTHONNOUSERSITE';
  const processes = processesOf(input, agent.instance);
  const unit = unitOf(input, agent.instance);
  if (processes.length === 0)
    return unit !== null && unit !== 'unseen' && unit.environmentNames.some((entry) => entry.name === name);
  return processes.every(
    (process) =>
      process.environment?.some((entry) => entry.name === name && !entry.empty) === true ||
      process.argv.slice(1, 4).some((word) => /^-[a-zA-Z]*[sI][a-zA-Z]*$/.test(word)),
  );
}

/**
 * Outside of a virtual environment Python loads what lies in `~/.local/lib/python3.x/site-packages` before it runs anything
 * (site module, "ENABLE_USER_SITE"): whoever may write the home can put a package there that runs at the next start.
 */
export function userPackageParts(input: CheckInput, agent: Agent): Part[] {
  const { home, virtualEnvironment, sitePackages, unit } = agent.instance;
  // With packages of the system, a virtual environment loads those of the account as well.
  const isAlone = virtualEnvironment !== null && includesSystemPackages(input, agent) !== true;
  if (home === null || isAlone || isSwitchedOff(input, agent)) return [];
  // Packages of the account are the program itself then, and are judged as such.
  if (sitePackages !== null && isWithin(sitePackages, home)) return [];
  const verdict = canChange(agent, home, filesByPath(input));
  if (verdict.can !== 'yes') return [];
  const setting = 'Environment=PYTHONNOUSERSITE=1';
  return [
    {
      what: `${labelOf(input, agent.instance)}${home}/.local/lib: packages of the account, in ${home}`,
      seen: `${verdict.because}, and Python loads what lies there`,
      status: 'fix',
      severity: 'high',
      source: sourceOf(input, 'files'),
      headline: `The agent on ${input.nodeName} can give mycoSwarm packages of its own, which are loaded at the next start.`,
      steps:
        accountFirst(agent) ??
        (unit === null
          ? [
              byHand(
                'Start mycoSwarm with PYTHONNOUSERSITE=1 in its environment, best as a systemd unit.',
                true,
              ),
            ]
          : dropInSteps(input, 'Load packages of the system only', unit, '50-swarmkeep-packages', [setting])),
    },
  ];
}
