import type { IncidentKind, IncidentStep } from './incident.ts';
import { type PlaybookStep, STEPS } from './playbook-steps.ts';

/** What to do about one kind of incident, in its order. */
export interface Playbook {
  kind: IncidentKind;
  /** As a heading and a choice: `A destructive command`. */
  title: string;
  /** When it is this one, for who has to choose. */
  when: string;
  /** Who else should be told, and why. */
  tell: readonly string[];
  steps: readonly PlaybookStep[];
}

const OWNERS = 'Whoever uses this swarm: their work may be lost, or known to others.';

/** All playbooks. The order of steps is the order in which they are offered; nobody has to keep to it but where one needs another. */
export const PLAYBOOKS: Readonly<Record<IncidentKind, Playbook>> = {
  'destructive-command': {
    kind: 'destructive-command',
    title: 'A destructive command',
    when: 'An agent removed, overwrote or locked files, or tried to.',
    tell: [OWNERS, 'Whoever keeps the backups: none of them may be overwritten now.'],
    steps: [
      STEPS.confirm(),
      STEPS.isolate(),
      STEPS.preserve(),
      STEPS.workspace({
        title: 'See what was removed and changed on {name}',
        purpose:
          'Every file is compared with how it was before, so that you know what has to come from a backup. Start files and plugins come first.',
      }),
      STEPS.timeline(),
      STEPS.hunt(),
      STEPS.rotate(),
      STEPS.credentials(),
      STEPS.tell(),
      STEPS.rebuild({
        purpose:
          'Install {name} again and bring the files back from a backup that is older than the first sign. Plugins never come back by themselves.',
      }),
      STEPS.rejoin(),
      STEPS.release(),
      STEPS.lessons(),
    ],
  },
  exfiltration: {
    kind: 'exfiltration',
    title: 'Data is leaving',
    when: 'Something was sent, or tried to be sent, to an address that is not yours.',
    tell: [
      OWNERS,
      'Everybody whose data may have left. Where it is personal data of others, the law may give you 72 hours to tell the authority.',
    ],
    steps: [
      STEPS.confirm(),
      STEPS.isolate(),
      STEPS.preserve(),
      STEPS.timeline({
        purpose:
          'Find the first connection to that address, what ran it, and how much was sent. Pin it: this is what others will ask you.',
      }),
      STEPS.hunt({
        title: 'Ask every node for the same destination',
        purpose: 'If another node talks to the same address, it is part of this incident.',
      }),
      STEPS.workspace(),
      STEPS.credentials({
        purpose:
          'Count every key that {name} could read as sent. End each where it was issued, from another computer, and tick it off.',
      }),
      STEPS.rotate(),
      STEPS.tell(),
      STEPS.rebuild(),
      STEPS.rejoin(),
      STEPS.release(),
      STEPS.lessons(),
    ],
  },
  'rogue-node': {
    kind: 'rogue-node',
    title: 'A node that does not belong',
    when: 'Somebody announces itself as a node, asks for tasks, or answers in the name of one.',
    tell: [
      'Who else has devices in this network: it may be theirs, and harmless.',
      'Who runs the router: the device can be put out of the network there.',
    ],
    steps: [
      STEPS.confirm({
        purpose:
          'Ask who has a new device before you call it an attack. Note its address and its name: that is how it is found.',
      }),
      STEPS.isolate(),
      STEPS.rotate({
        phase: 'contain',
        purpose:
          'A stranger that heard the secret keeps what it heard. All nodes of your list get a new one, and from the first moment they reach each other only.',
      }),
      STEPS.preserve(),
      STEPS.hunt({
        title: 'Ask every node who talked to {name}',
        purpose: 'Every node says whether it has or had a connection to that address.',
      }),
      STEPS.timeline(),
      STEPS.clean({
        title: 'Find the device and unplug it',
        button: 'It is unplugged',
        purpose:
          'The list of your router says which cable or which radio it came by. Change the password of the Wi-Fi when it came by that.',
      }),
      STEPS.tell(),
      STEPS.release(),
      STEPS.lessons(),
    ],
  },
  'stolen-secret': {
    kind: 'stolen-secret',
    title: 'A secret is known to others',
    when: 'The swarm token or a key was in a log, a commit, a message, or was used by somebody else.',
    tell: [OWNERS, 'Who issued a key that is not yours alone.'],
    steps: [
      STEPS.confirm({
        purpose:
          'Find out which secret it is and where it was seen. If it was readable to others, it counts as known.',
      }),
      STEPS.rotate({
        phase: 'contain',
        purpose:
          'The stolen secret opens nothing any more from the moment in which all nodes have the new one. This comes before everything else.',
      }),
      STEPS.isolate({
        title: 'Shut {name} off, if it was taken from there',
        purpose:
          'Only when somebody may still be on {name}: a new secret would be read from there again. If it leaked elsewhere, skip this.',
      }),
      STEPS.preserve({ needs: [] }),
      STEPS.timeline({
        title: 'Find out who used it',
        purpose: 'Look for answers that were given to the old secret from addresses that are not your nodes.',
      }),
      STEPS.hunt({ title: 'Look for copies on every node' }),
      STEPS.credentials({ title: 'End every other key that was in the same place' }),
      STEPS.clean({
        title: 'Take it out of where it was found',
        purpose:
          'Remove it from the log, the history or the file in which it stood, and close the way in which it got there.',
      }),
      STEPS.tell(),
      STEPS.release({ needs: ['isolate'] }),
      STEPS.lessons(),
    ],
  },
  'poisoned-dependency': {
    kind: 'poisoned-dependency',
    title: 'A poisoned plugin or package',
    when: 'A plugin, a package or a model does what it should not, or is known to be malicious.',
    tell: [OWNERS, 'Who publishes the package, and who else uses it: a report there protects many.'],
    steps: [
      STEPS.confirm(),
      STEPS.isolate(),
      STEPS.preserve(),
      STEPS.workspace({
        title: 'See what it placed on {name}',
        purpose:
          'A package runs code when it is installed. Look at plugins, start files, keys and timers first, for they stay when the package is gone.',
      }),
      STEPS.hunt({
        title: 'Ask every node for the same file',
        purpose:
          'All nodes are asked for the hash or the path. Every node that has it is part of this incident.',
      }),
      STEPS.timeline(),
      STEPS.clean({
        title: 'Remove and pin',
        button: 'It is removed and pinned',
        purpose:
          'Remove it everywhere, pin the version before, and keep the list of what may be installed: see Dependencies.',
      }),
      STEPS.credentials(),
      STEPS.rotate(),
      STEPS.tell(),
      STEPS.rebuild(),
      STEPS.rejoin(),
      STEPS.release(),
      STEPS.lessons(),
    ],
  },
  'lost-device': {
    kind: 'lost-device',
    title: 'A device is lost',
    when: 'A node was stolen, given away or cannot be found, with all that is on its disk.',
    tell: [OWNERS, 'The police, when it was stolen: an insurer asks for the report.'],
    steps: [
      STEPS.confirm({
        purpose:
          'Look where it should be, and ask who may have moved it. What is certain is only that you do not have it.',
      }),
      STEPS.isolate({
        title: 'Keep {name} out',
        button: 'Keep {name} out',
        purpose:
          '{name} cannot be reached, so its peers shut it out: should it come back to this network, nobody talks to it.',
      }),
      STEPS.rotate({
        phase: 'contain',
        purpose:
          'The secret is on its disk. All other nodes get a new one, and {name} is left out and kept out.',
      }),
      STEPS.credentials({
        purpose:
          'Every key on its disk counts as read, unless the disk is encrypted. End each where it was issued, and tick it off.',
      }),
      STEPS.timeline({
        title: 'Find out when it was seen last',
        purpose: 'The last events of {name} say when it went, and whether anybody was on it before.',
      }),
      STEPS.tell(),
      STEPS.clean({
        title: 'Take {name} off the list of nodes',
        button: 'It is off the list',
        phase: 'recover',
        purpose: 'Once a new secret is in force, {name} has no place any more. Its records stay here.',
      }),
      STEPS.lessons(),
    ],
  },
};

export const PLAYBOOK_LIST: readonly Playbook[] = Object.values(PLAYBOOKS);

/**
 * @returns the step as its playbook has it
 * @throws RangeError for a step that the playbook does not have, which the store never holds
 */
export function stepOf(kind: IncidentKind, step: string): PlaybookStep {
  const found = PLAYBOOKS[kind].steps.find((one) => one.step === step);
  if (found === undefined) throw new RangeError(`No step ${step} in ${kind}`);
  return found;
}

/** @returns the steps that have to be settled before one. What was a false alarm is opened again without anything else */
export function needsOf(
  { kind, falseAlarm }: { kind: IncidentKind; falseAlarm: unknown },
  step: string,
): readonly string[] {
  const { needs, action } = stepOf(kind, step);
  return action === 'release' && falseAlarm !== null ? needs.filter((one) => one === 'isolate') : needs;
}

/** @returns the steps of a new incident, none begun; those that need a node only where there is one */
export function freshSteps(kind: IncidentKind, hasNode: boolean): IncidentStep[] {
  return PLAYBOOKS[kind].steps
    .filter(({ ofNode }) => hasNode || !ofNode)
    .map(({ step, action, phase }) => ({
      step,
      action,
      phase,
      state: 'not-begun',
      run: null,
      plan: null,
      tries: 0,
      startedAt: null,
      endedAt: null,
      proof: null,
      words: '',
    }));
}

/** @returns words of a playbook with the name in place */
export const named = (words: string, name: string): string => words.replaceAll('{name}', () => name);
