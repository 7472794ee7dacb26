import { seen } from '#core/checks/knowledge.ts';
import { judgedDoor, ollamaDoors } from '#core/checks/service-bindings.ts';
import { obstacleAt } from './at-path.ts';
import { targetsFor } from './drop-in.ts';
import type { Fix, FixInput } from './fix.ts';
import { type OllamaDropIn, ollamaNeeds, ollamaRelayUnit, ollamaSteps } from './ollama.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';

type Known = Omit<FixInput, 'states'>;

/** Which drop-ins the model server needs, and its unit of the system; null where it has none. */
function wantedOf(input: Known): { unit: string | null; which: OllamaDropIn[] } {
  const relay = ollamaRelayUnit(input);
  const isOpen = ollamaDoors(input).some((door) =>
    judgedDoor(input, door).some(({ status }) => status === 'fix'),
  );
  const units = seen(input, 'units')?.units ?? [];
  const unit =
    relay ?? units.find(({ name, userUnit }) => name === 'ollama.service' && !userUnit)?.name ?? null;
  return {
    unit,
    which: [...(isOpen ? ['address' as const] : []), ...(relay === null ? [] : ['network' as const])],
  };
}

/** Keeps the model server on this machine and at home. */
export const modelLocalityFix: Fix = {
  check: 'model-locality',
  words: 'Lets Ollama answer on this machine only, and keeps it from fetching and sending for the agent.',
  after: [],
  targets: (input) => {
    const { unit, which } = wantedOf(input);
    return unit === null ? [] : targetsFor(ollamaNeeds(unit, which));
  },
  plan: (input) => {
    const offered = whyNotOffered(input, ['ollama', 'sockets', 'units', 'interfaces']);
    if (offered !== null) return notAutomatic(offered);
    const { unit, which } = wantedOf(input);
    if (which.length === 0)
      return notAutomatic(
        'A model that runs elsewhere was made or fetched by somebody, and whether it is meant only you know. Remove it or declare it, by the steps of the finding.',
      );
    if (unit === null)
      return notAutomatic(
        'Ollama does not run as a unit of the system here, so a program cannot change how it is started. Take the steps of the finding by hand.',
      );
    const blocked = obstacleAt(input, ollamaNeeds(unit, which));
    if (blocked !== null) return notAutomatic(blocked);
    return planned({
      title: 'Keep Ollama at home',
      settings: [
        {
          check: 'model-locality',
          setting: `Settings of ${unit}`,
          from: input.finding.summary,
          to: [
            ...(which.includes('address')
              ? ['answers on this machine only; other machines that use it directly no longer reach it']
              : []),
            ...(which.includes('network')
              ? [
                  'talks to this machine and the home network only; to fetch a model later, undo this for that time',
                ]
              : []),
          ].join('. '),
          takesEffect: 'when Ollama is restarted, which this does',
          recover: 'Undo this change in Activity',
        },
      ],
      steps: ollamaSteps(input, unit, which),
      proofs: [{ kind: 'check', check: 'model-locality' }],
      mayCutOff: false,
    });
  },
};
