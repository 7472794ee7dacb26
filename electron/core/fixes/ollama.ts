import { agentOf } from '#core/checks/agent.ts';
import { seen } from '#core/checks/knowledge.ts';
import { senderOf } from '#core/checks/outbound-sender.ts';
import { rulesOf } from '#core/checks/packet-rules.ts';
import { relayPart } from '#core/checks/relay-parts.ts';
import { relaysOf } from '#core/checks/relays.ts';
import { OLLAMA_ADDRESS_DROP_IN, OLLAMA_ADDRESS_LINES } from '#core/checks/service-bindings.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import type { Needed } from './at-path.ts';
import { dropInFolder, dropInNeeds, dropInPath, dropInText } from './drop-in.ts';
import type { FixInput } from './fix.ts';
import { afterUndo, makeDirectory, restartUnit, writeFile } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

/** What each drop-in of the model server is called, and the lines of its section `[Service]`. */
const DROP_INS = {
  network: {
    name: '60-swarmkeep-network',
    title: 'Let Ollama talk to this machine and the home network only',
    lines: [
      'IPAddressDeny=any',
      'IPAddressAllow=localhost',
      'IPAddressAllow=10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 fe80::/10 fc00::/7',
    ],
  },
  address: {
    name: OLLAMA_ADDRESS_DROP_IN,
    title: 'Let Ollama answer on this machine only',
    lines: OLLAMA_ADDRESS_LINES,
  },
} as const;
export type OllamaDropIn = keyof typeof DROP_INS;

const RESTART_SECONDS = 5;

/**
 * The unit of the system that the model server runs in, where it could carry data out for an agent and nothing keeps it at
 * home; null where there is none, or the operator declared it as meant.
 */
export function ollamaRelayUnit(input: Known): string | null {
  const rules = rulesOf(input);
  if (!rules.ok) return null;
  const open = input.facts.profile.instances.flatMap((instance) => {
    const agent = agentOf(input, instance);
    const sender = senderOf(input, agent);
    if (sender === null) return [];
    const relays = relaysOf(input, agent);
    return relays
      .filter(({ kind, isHere }) => kind === 'ollama' && isHere)
      .filter(
        (relay) =>
          relayPart(input, rules.rules, { name: agent.name, sender }, relay, relays).status === 'fix',
      )
      .flatMap(({ unit }) => unit ?? []);
  });
  const units = seen(input, 'units')?.units ?? [];
  return units.find((unit) => open.includes(unit.name) && !unit.userUnit)?.name ?? null;
}

/** What drop-ins of the model server have to know. */
export function ollamaNeeds(unit: string, which: readonly OllamaDropIn[]): Needed[] {
  return dropInNeeds(
    unit,
    which.map((one) => DROP_INS[one].name),
  );
}

/** Puts drop-ins around the model server and starts it again. */
export function ollamaSteps(input: FixInput, unit: string, which: readonly OllamaDropIn[]): PlanStep[] {
  const writes = which.flatMap((one) =>
    writeFile(input, DROP_INS[one].title, {
      path: dropInPath(unit, DROP_INS[one].name),
      text: dropInText(DROP_INS[one].lines),
    }),
  );
  if (writes.length === 0) return [];
  return [
    afterUndo(input, { rereadUnits: true, units: [{ unit, action: 'restart' }] }),
    ...makeDirectory(input, `Make a folder for your own settings of ${unit}`, { path: dropInFolder(unit) }),
    ...writes,
    restartUnit(input, unit, RESTART_SECONDS, 'it then keeps to these settings; models are loaded anew'),
  ];
}
