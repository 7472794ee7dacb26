import type { LedgerEvent } from '../ledger.ts';
import { sentence } from '../words.ts';
import type { EntryKind } from './incident.ts';
import { PLAYBOOKS } from './playbook.ts';

type IncidentEvent = Extract<LedgerEvent, { kind: 'incident-opened' | 'incident-agreed' | 'incident-moved' }>;

const DID: Readonly<Record<EntryKind, string>> = {
  opened: 'was opened',
  begun: 'begun',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
  again: 'taken up again',
  note: 'noted',
  decision: 'decided',
  pinned: 'pinned',
  unpinned: 'not pinned any more',
  revoked: 'ended where it was issued',
  'not-revoked': 'not ended after all',
  closed: 'closed',
  reopened: 'opened again',
  'false-alarm': 'called a false alarm',
  'known-before': 'how it was before was written down',
  'kit-made': 'a kit to set it up anew was made',
  'host-key': 'the code of its new host key was typed',
  'let-in': 'let in although the gate is shut',
  'follow-up': 'to be changed',
  'follow-up-changed': 'to be changed, worded anew',
  'follow-up-done': 'changed',
  'follow-up-open': 'not changed after all',
};

const PROOF = { proven: '', part: ', not all of it proven', said: ', as a person says' } as const;

/**
 * @param node its name in sentences, `the swarm` where there is none
 * @returns the event in one sentence
 */
export function incidentSentence(event: IncidentEvent, node: string): string {
  const number = `Incident ${event.what.number}`;
  switch (event.kind) {
    case 'incident-opened': {
      const name = event.where === null ? event.what.name : node;
      return `${number} was opened about ${name}: ${PLAYBOOKS[event.what.about].title.toLowerCase()}. ${sentence(event.what.seen)}`.trim();
    }
    case 'incident-agreed':
      return `${number}, agreed to, not begun yet: ${sentence(event.what.title)}`;
    case 'incident-moved': {
      const { step, did, proof, note } = event.what;
      const what = step === null ? DID[did] : `“${stepWords(step)}” ${DID[did]}`;
      return `${number}: ${what}${proof === null ? '' : PROOF[proof]}${note === '' ? '.' : `: ${sentence(note)}`}`;
    }
  }
}

/** Names of steps are the same in all playbooks. */
function stepWords(step: string): string {
  return STEP_NAMES[step] ?? step;
}

const STEP_NAMES: Readonly<Record<string, string>> = {
  confirm: 'make sure that it is real',
  isolate: 'shut off',
  preserve: 'keep the evidence',
  timeline: 'understand what happened',
  workspace: 'see what was changed',
  hunt: 'ask every node',
  rotate: 'new secret',
  credentials: 'end other keys',
  clean: 'take out what came in',
  tell: 'tell who has to know',
  rebuild: 'set up anew',
  rejoin: 'pass the gate',
  release: 'open again',
  lessons: 'lessons',
};
