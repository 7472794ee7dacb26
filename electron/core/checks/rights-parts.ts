import type { FixStep } from '#shared/domain/finding.ts';
import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
import { pathsWithRights } from './exec-commands.ts';
import { filesByPath, unitOf } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, byHand } from './steps.ts';
import { judgedPath, pathPart } from './tree-access.ts';

function takeAway(input: CheckInput, path: string, at: string, unit: string): FixStep[] {
  const look = byHand(`Read ${path} before it runs again: the agent may have changed it already.`);
  if (at === path) {
    return [
      look,
      asRoot(input, 'Give it to the administrator')`chown root:root -- ${path}`,
      asRoot(input, 'Let nobody else write it')`chmod go-w -- ${path}`,
    ];
  }
  return [
    look,
    byHand(
      `The agent can replace everything in ${at}. Copy the program to a folder of the administrator, such as /usr/local/libexec, and name it there in the unit.`,
      true,
    ),
    asRoot(input, 'Open the unit, to name the new place')`systemctl edit --full -- ${unit}`,
  ];
}

/**
 * Whether the agent can change what systemd runs with the rights of the administrator for its unit: whoever can is the
 * administrator at the next start, stop or reload.
 */
export function rightsParts(input: CheckInput, agent: Agent): Part[] {
  const unit = unitOf(input, agent.instance);
  if (unit === null || unit === 'unseen' || agent.uid === 0) return [];
  const headline = `The administrator runs a program for mycoSwarm on ${input.nodeName} that the agent can change.`;
  return pathsWithRights(unit).flatMap((path): Part[] => {
    const judged = judgedPath(input, path);
    const steps = (at: string) => takeAway(input, path, at, unit.name);
    const part = pathPart(input, agent, judged, { headline, steps });
    const isFolder = judged === path && filesByPath(input).get(path)?.kind === 'directory';
    // A folder among the words is mostly one to work in; what decides how mycoSwarm starts is judged elsewhere.
    if (part.status === 'fix' && isFolder) return [];
    const what = `${part.what}, run as administrator for ${unit.name}`;
    return [{ ...part, what, ...(part.status === 'fix' ? { severity: 'critical' as const } : {}) }];
  });
}
