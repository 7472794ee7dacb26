import type { FixStep } from '#shared/domain/finding.ts';
import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
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
