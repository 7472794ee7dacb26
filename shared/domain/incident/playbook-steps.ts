import type { IncidentPhase, StepAction } from './incident.ts';

/** One step of a playbook, in plain words. `{name}` stands for the node, the stranger or the secret that the incident is about. */
export interface PlaybookStep {
  step: string;
  action: StepAction;
  phase: IncidentPhase;
  /** What it is, as a line of a list: `Shut {name} off`. */
  title: string;
  /** What the button says. */
  button: string;
  /** Why it comes here, and what it is good for. */
  purpose: string;
  /** `console`: this program does it. `page`: it has a page of its own. `person`: somebody does it and says so. */
  by: 'console' | 'page' | 'person';
  /** It changes something on a node: shown first, and agreed to outside the page. */
  touches: boolean;
  /** How it is taken back; null when it cannot be, or when there is nothing to take back. */
  reversible: string | null;
  /** It cannot be taken back, and this is what that means; null otherwise. */
  final: string | null;
  /** Steps that have to be settled before this one, where the playbook has them. */
  needs: readonly string[];
  /** Only where the incident is about a node of the list. */
  ofNode: boolean;
  /** It is done when the console saw it, and nobody's word takes its place. */
  seenOnly: boolean;
}

type Given = Partial<PlaybookStep>;

/** @returns the step with what is special to one playbook */
const step =
  (usual: PlaybookStep) =>
  (given: Given = {}): PlaybookStep => ({ ...usual, ...given });

const PLAIN = {
  by: 'person',
  touches: false,
  reversible: null,
  final: null,
  needs: [],
  ofNode: false,
  seenOnly: false,
} as const;

/** Steps as most playbooks have them; a playbook changes the words that are special to it. */
export const STEPS = {
  confirm: step({
    ...PLAIN,
    step: 'confirm',
    action: 'confirm',
    phase: 'detect',
    title: 'Make sure that it is real',
    button: 'It is real',
    purpose:
      'Read what was seen and when. If you cannot tell within five minutes, go on as if it were real: everything that comes first can be taken back.',
  }),
  isolate: step({
    ...PLAIN,
    step: 'isolate',
    action: 'isolate',
    phase: 'contain',
    title: 'Shut {name} off',
    button: 'Shut {name} off',
    purpose:
      'Nothing gets out of {name} or into it any more, but this console. It stays switched on, so that nothing in its memory is lost. Its peers refuse it too, in case it lies.',
    by: 'console',
    touches: true,
    reversible: 'Release takes it back, layer by layer.',
    ofNode: true,
  }),
  preserve: step({
    ...PLAIN,
    step: 'preserve',
    action: 'preserve',
    phase: 'contain',
    title: 'Keep the evidence',
    button: 'Keep the evidence',
    purpose:
      'Processes, connections, rules, logins and logs are copied to this console, what is gone first comes first. Nothing is installed on {name}.',
    by: 'console',
    touches: true,
    reversible: 'It changes nothing on {name}; the copy can be removed here.',
    ofNode: true,
  }),
  timeline: step({
    ...PLAIN,
    step: 'timeline',
    action: 'timeline',
    phase: 'eradicate',
    title: 'Understand what happened',
    button: 'I know what happened',
    purpose:
      'Read the timeline from the first sign on, pin what matters, and write down how it began. What you do not know yet is worth writing down too.',
  }),
  workspace: step({
    ...PLAIN,
    step: 'workspace',
    action: 'workspace',
    phase: 'eradicate',
    title: 'See what was changed on {name}',
    button: 'Compare the files',
    purpose:
      'Every file is compared with how it was before. Plugins, start files and keys come first, for they come back after a restart.',
    by: 'console',
    reversible: 'It only reads.',
    ofNode: true,
  }),
  hunt: step({
    ...PLAIN,
    step: 'hunt',
    action: 'hunt',
    phase: 'eradicate',
    title: 'Look for the same on every node',
    button: 'Ask every node',
    purpose:
      'What happened to one may have happened to others: all nodes are asked for the same file or address.',
    by: 'console',
    reversible: 'It only reads.',
  }),
  rotate: step({
    ...PLAIN,
    step: 'rotate',
    action: 'rotate',
    phase: 'eradicate',
    title: 'Give the swarm a new secret',
    button: 'Go to the new secret',
    purpose:
      'Whoever was on {name} may have the secret of the swarm. All healthy nodes get a new one; {name} is left out and kept out.',
    by: 'page',
    touches: true,
    final: 'After its decision it only goes forward. The old secret is destroyed.',
    seenOnly: true,
  }),
  credentials: step({
    ...PLAIN,
    step: 'credentials',
    action: 'credentials',
    phase: 'eradicate',
    title: 'End every other key that {name} could read',
    button: 'All of them are ended',
    purpose:
      'A key that was readable counts as known to somebody else. End each where it was issued, from another computer, and tick it off.',
    final: 'A key that was ended does not come back; a new one takes its place.',
  }),
  clean: step({
    ...PLAIN,
    step: 'clean',
    action: 'clean',
    phase: 'eradicate',
    title: 'Take out what came in',
    button: 'It is out',
    purpose: 'Remove what was brought in, everywhere that it was found, before anything is opened again.',
  }),
  tell: step({
    ...PLAIN,
    step: 'tell',
    action: 'tell',
    phase: 'eradicate',
    title: 'Tell who has to know',
    button: 'I told them',
    purpose:
      'Others can only protect themselves when they know. Say what is certain, what is not, and what you ask of them.',
  }),
  rebuild: step({
    ...PLAIN,
    step: 'rebuild',
    action: 'rebuild',
    phase: 'recover',
    title: 'Set {name} up anew',
    button: 'It is set up anew',
    purpose:
      'A machine that somebody else was on is wiped and installed again, from a kit that is made for it. Save only what you can read and check; plugins never come back by themselves. This takes its time and can wait for another day: {name} stays shut off.',
    final: 'What was not saved before is gone.',
    needs: ['preserve'],
    ofNode: true,
  }),
  rejoin: step({
    ...PLAIN,
    step: 'rejoin',
    action: 'rejoin',
    phase: 'recover',
    title: 'Let {name} pass the gate',
    button: 'Ask the gate',
    purpose:
      'Before {name} works with the others again, eight things have to be true of it since it was set up anew, each with its proof. Nothing that was seen before counts.',
    by: 'console',
    reversible: 'It only reads.',
    seenOnly: true,
    needs: ['rebuild'],
    ofNode: true,
  }),
  release: step({
    ...PLAIN,
    step: 'release',
    action: 'release',
    phase: 'recover',
    title: 'Open {name} again',
    button: 'Open {name} again',
    purpose:
      'Its own rules are taken away first; its peers let it in last, and only when {name} is known to be as it should be.',
    by: 'console',
    touches: true,
    reversible: 'It can be shut off again at once.',
    needs: ['isolate', 'rejoin'],
    ofNode: true,
  }),
  lessons: step({
    ...PLAIN,
    step: 'lessons',
    action: 'lessons',
    phase: 'learn',
    title: 'Write down what you learned',
    button: 'That is what I learned',
    purpose:
      'What let it in, what showed it, what took too long, and which one thing you will change so that it cannot happen in the same way.',
  }),
} as const;
