import type { Finding, FixStep } from '#shared/domain/finding.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { type Agent, agentOf } from './agent.ts';
import type { CheckInput } from './check.ts';
import { boundSteps } from './conclude.ts';
import { seen } from './knowledge.ts';
import { asRoot, byHand } from './steps.ts';

/** How to make a new secret without it ever being on a command line, on every node at once. */
export function rotationSteps(input: CheckInput, agent: Agent, path: string): FixStep[] {
  return [
    asRoot(
      input,
      'Make a new secret beside the old one',
    )`sh -c ${`umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d " \\n" > "$1" && chown "$2": "$1"`} sh ${`${path}.new`} ${agent.login}`,
    byHand(
      'Carry the new file to every other node over SSH, beside the old one there. Never send it over plain HTTP or by chat.',
    ),
    asRoot(input, 'Put it in place')`mv -- ${`${path}.new`} ${path}`,
    agent.instance.unit === null
      ? byHand('Restart mycoSwarm: it reads the secret once, at its start.')
      : asRoot(
          input,
          'Restart mycoSwarm: it reads the secret once, at its start',
        )`systemctl restart -- ${agent.instance.unit}`,
    byHand(
      'Do the last two steps on every node within the same minute; nodes with different secrets refuse each other.',
    ),
  ];
}

/**
 * The same for every installation whose secret was found, to be shown also while nothing is wrong with it: after a breach
 * somewhere else it has to be changed here too.
 */
export function rotationByHand(input: CheckInput): NonNullable<Finding['anyTime']> {
  const tokens = seen(input, 'mycoswarm')?.tokens.filter((token) => token.exists) ?? [];
  const { instances } = input.facts.profile;
  return instances.flatMap((instance) => {
    const token = tokens.find((entry) => entry.instance === instance.id);
    if (token === undefined) return [];
    const of = instances.length > 1 ? ` of ${instance.id}` : '';
    return [
      {
        heading: shortened(visible(`Changing the secret${of} by hand`), 256),
        steps: boundSteps(rotationSteps(input, agentOf(input, instance), token.path)),
      },
    ];
  });
}
