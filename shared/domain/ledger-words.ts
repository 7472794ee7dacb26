import { catalogueEntry } from './check-catalogue.ts';
import type { CheckId } from './check-id.ts';
import { countsInWords } from './counting.ts';
import { incidentSentence } from './incident/ledger-sentence.ts';
import type { LedgerEvent, LedgerKind } from './ledger.ts';
import type { ChangeState, PlanPurpose } from './plan.ts';
import type { RotationNodeState, RotationStage } from './rotation/run.ts';
import { settingInWords } from './settings-words.ts';
import { visible } from './text.ts';
import { counted, listed, sentence } from './words.ts';

/** What the kinds of events are about, as filters of a page have them. */
export const LEDGER_SUBJECTS: Readonly<Record<string, { title: string; kinds: readonly LedgerKind[] }>> = {
  looks: { title: 'Looks', kinds: ['look-ended'] },
  changes: {
    title: 'Changes',
    kinds: [
      'plan-shown',
      'plan-agreed',
      'change-ordered',
      'change-settled',
      'helper-installed',
      'helper-removed',
      'rotation-agreed',
      'rotation-moved',
      'rotation-node',
    ],
  },
  incidents: {
    title: 'Incidents',
    kinds: [
      'incident-opened',
      'incident-agreed',
      'incident-moved',
      'isolation-found-open',
      'evidence-taken',
      'baseline-taken',
    ],
  },
  decisions: {
    title: 'Decisions',
    kinds: [
      'waiver-made',
      'waiver-withdrawn',
      'declaration-made',
      'declaration-withdrawn',
      'weakness-accepted',
      'weakness-acceptance-withdrawn',
      'dependency-described',
    ],
  },
  nodes: {
    title: 'Nodes',
    kinds: [
      'node-added',
      'node-renamed',
      'node-removed',
      'node-restored',
      'profile-corrected',
      'host-keys-confirmed',
    ],
  },
  secrets: {
    title: 'Secrets and pauses',
    kinds: ['sealed-store-changed', 'agents-paused', 'agents-resumed'],
  },
  logs: {
    title: 'Logs',
    kinds: [
      'watching-began',
      'source-changed',
      'matches-silenced',
      'silence-ended',
      'alert-answered',
      'events-checkpoint',
      'events-removed',
      'events-exported',
    ],
  },
  console: {
    title: 'This console',
    kinds: [
      'settings-changed',
      'advisories-taken',
      'report-exported',
      'backup-made',
      'console-restored',
      'ledger-begun',
      'ledger-key-replaced',
      'events-missed',
    ],
  },
};

const PURPOSE: Readonly<Record<PlanPurpose, string>> = {
  fix: 'Fix',
  undo: 'Undo',
  redo: 'Do again',
  'allow-changes': 'Allow changes',
  'stop-changes': 'Allow no more changes',
  remove: 'Remove Swarmkeep',
};

/** The title of a change behind the word for what it is for, without saying that word twice. */
function titleAfter({ purpose, title }: { purpose: PlanPurpose; title: string }, node: string): string {
  const head = PURPOSE[purpose];
  const rest = title.startsWith(head) ? title.slice(head.length).replace(/^ (?:on|from) [^:]*/, '') : title;
  const said = title.startsWith(head) ? rest.replace(/^: */, '') : rest;
  return said === '' || said === node ? '' : `: ${said}`;
}

const STATE: Readonly<Record<ChangeState, string>> = {
  waiting: 'is waiting',
  applying: 'is being applied',
  unconfirmed: 'was applied and takes itself back unless it is kept',
  verifying: 'was applied and is being looked at',
  done: 'was applied, and an independent look says so too',
  'not-verified': 'was applied, but the look afterwards says something else',
  'rolling-back': 'is being taken back',
  'rolled-back': 'was taken back',
  reverted: 'took itself back, because nobody kept it',
  undone: 'was undone',
  stuck: 'could neither be finished nor taken back',
};

const SOURCE_CHANGE = {
  added: 'was added',
  removed: 'is not followed any more',
  paused: 'was paused',
  resumed: 'is followed again',
  format: 'is read in another way',
} as const;

const ROTATION_STAGE: Readonly<Record<RotationStage, string>> = {
  planned: 'A rotation of the secret of the swarm began',
  generated: 'A new secret was made and sealed',
  staged: 'The new secret lies beside the old one on every node that rotates',
  decided: 'The new secret was decided; from here on it only goes forward',
  committed: 'The new secret is in place on every node that was not left out',
  verified: 'The new secret is proven, and the old one refused, on every node that was not left out',
  'old-destroyed': 'The old secret was destroyed',
  done: 'The rotation of the secret ended',
  aborted: 'The rotation of the secret was taken back, and every node has the secret that it had',
};

const ROTATION_NODE: Readonly<Record<RotationNodeState, string>> = {
  waiting: 'waits for its new secret',
  fenced: 'reaches nodes of the list only',
  staged: 'has the new secret beside the old one',
  armed: 'knows when to restart with its new secret',
  committed: 'was restarted with the new secret',
  verified: 'has the new secret, which was proven',
  away: 'could not be brought to its new secret and is kept out',
  excluded: 'was left out of the rotation and is kept out',
  removed: 'left the swarm and is kept out',
  'taken-back': 'has the secret that it had',
  superseded: 'has a newer secret, from another console',
};

const titleOf = (check: CheckId): string => catalogueEntry(check).title;
const quoted = (text: string): string => `“${text}”`;

/**
 * What happened, in one sentence for a list. All that came from a machine or a person is visible text already; line
 * feeds in it become visible too.
 * @param event an event that was checked against its schema
 */
export function ledgerSentence(event: LedgerEvent): string {
  return visible(sentenceOf(event, event.where?.name ?? 'the swarm'));
}

type SealedWhat = Extract<LedgerEvent, { kind: 'sealed-store-changed' }>['what'];

const SEALED: Readonly<Record<SealedWhat['deed'], (place: string) => string>> = {
  'set-up': (place) => `The sealed store for secrets was set up, under ${place}.`,
  'opened-by-sheet': () => 'The sealed store was opened by its recovery sheet.',
  'key-place-changed': (place) => `The sealed store is opened by ${place} from here on.`,
  'passphrase-changed': () => 'The passphrase of the sealed store was changed.',
  'sheet-made': () => 'A new recovery sheet was made; the one before opens nothing any more.',
  'sheet-confirmed': () => 'The recovery sheet was read back from paper.',
  'wrong-key': () => 'A wrong passphrase or sheet was tried on the sealed store.',
};

const ANSWER = {
  new: 'was taken up again',
  acknowledged: 'was acknowledged',
  resolved: 'was resolved',
  noted: 'was given a note',
} as const;

function sentenceOf(event: LedgerEvent, node: string): string {
  switch (event.kind) {
    case 'ledger-begun':
      return 'This ledger was begun.';
    case 'ledger-key-replaced':
      return `Another key signs this ledger from here on. Reason: ${event.what.reason}`;
    case 'events-missed':
      return `${counted(event.what.count, 'thing')} done since ${instantInWords(event.what.since)} could not be written down: ${event.what.reason}`;
    case 'look-ended':
      return lookSentence(event.what, node, event.who.scheduled);
    case 'plan-shown':
      return `Shown, not done: ${planInWords(event.what, node)}`;
    case 'plan-agreed':
      return `Agreed to, not begun yet: ${planInWords(event.what, node)}`;
    case 'change-ordered':
      return `${PURPOSE[event.what.purpose]} on ${node} began${titleAfter(event.what, node)}`;
    case 'change-settled':
      return `${PURPOSE[event.what.purpose]} on ${node} ${STATE[event.what.state]}${titleAfter(event.what, node)}${
        event.what.note === '' ? '' : ` (${event.what.note})`
      }`;
    case 'waiver-made':
      return `Accepted on ${node} until ${event.what.until.slice(0, 10)}: ${titleOf(event.what.check)}. Reason: ${event.what.reason}`;
    case 'waiver-withdrawn':
      return `No longer accepted on ${node}: ${titleOf(event.what.check)}.`;
    case 'declaration-made':
      return `Declared as meant on ${node}: ${event.what.about} ${quoted(event.what.value)}. Reason: ${event.what.reason}`;
    case 'declaration-withdrawn':
      return `No longer declared on ${node}: ${event.what.about} ${quoted(event.what.value)}.`;
    case 'weakness-accepted': {
      const { package: name, version, advisory, until, untilFixed, reason } = event.what;
      const end = [
        until === null ? '' : `until ${until.slice(0, 10)}`,
        untilFixed ? 'until there is a repair' : '',
      ];
      return `${advisory} in ${name}${version === null ? '' : ` ${version}`} is accepted ${end.filter(Boolean).join(', or ')}. Reason: ${reason}`;
    }
    case 'weakness-acceptance-withdrawn':
      return `${event.what.advisory} in ${event.what.package} is no longer accepted.`;
    case 'dependency-described': {
      const { package: name, purpose, licence, risk } = event.what;
      if (purpose === '' && licence === '' && risk === '') return `What was said of ${name} was taken back.`;
      const said = [
        purpose,
        licence === '' ? '' : `Licence: ${licence}.`,
        risk === '' ? '' : `Risk: ${risk}`,
      ];
      return `It was written down what ${name} is for: ${said.filter(Boolean).join(' ')}`;
    }
    case 'advisories-taken': {
      const { advisories, newest, origin } = event.what;
      const age = newest === null ? '' : `, the newest of ${newest.slice(0, 10)}`;
      return `${counted(advisories, 'advisory', 'advisories')} were taken from ${origin}${age}.`;
    }
    case 'sealed-store-changed':
      return SEALED[event.what.deed](
        event.what.keyPlace === 'secret-service' ? 'the key ring of the desktop' : 'a passphrase',
      );
    case 'agents-paused':
      return `All agents were told to stand still: ${counted(event.what.paused, 'node')} did${
        event.what.missing.length === 0 ? '' : `, not proven of ${listed(event.what.missing, 6, 'node')}`
      }.`;
    case 'agents-resumed':
      return `Agents were let go${
        event.what.missing.length === 0 ? '' : `, not proven of ${listed(event.what.missing, 6, 'node')}`
      }.`;
    case 'settings-changed':
      return settingsSentence(event.what.changes);
    case 'watching-began':
      return 'This console began to follow logs.';
    case 'events-checkpoint':
      return `${counted(event.what.size, 'event')} of logs were stored up to here; their root is part of this ledger.`;
    case 'events-removed':
      return `The texts of events of logs up to number ${event.what.upTo.toLocaleString('en')} were removed, as the settings say.`;
    case 'events-exported':
      return `${counted(event.what.events, 'event')} of logs left the console as ${event.what.fileName}.`;
    case 'matches-silenced':
      return `Matches of ${quoted(event.what.query)} are hidden until ${event.what.until.slice(0, 10)}. Reason: ${event.what.reason}`;
    case 'silence-ended':
      return 'Matches that were hidden are shown again.';
    case 'alert-answered':
      return `The alert ${quoted(event.what.title)} on ${node} ${ANSWER[event.what.state ?? 'noted']}${
        event.what.note === '' ? '.' : `: ${event.what.note}`
      }`;
    case 'source-changed':
      return `The log ${quoted(event.what.source)} on ${node} ${SOURCE_CHANGE[event.what.change]}.`;
    case 'report-exported':
      return `A report about ${node} left the console as ${event.what.format}, with ${counted(event.what.findings, 'finding')}.`;
    case 'backup-made':
      return `A backup of this console was ordered as ${event.what.fileName}, ${event.what.logs ? 'with' : 'without'} the events of logs.`;
    case 'console-restored':
      return `This console was restored from a backup that was made on ${event.what.computer} on ${event.what.madeAt.slice(0, 10)}.`;
    case 'node-added':
      return `${node} was added, ${reachedInWords(event.what)}.`;
    case 'node-renamed':
      return `${quoted(event.what.from)} is called ${quoted(event.what.to)} now.`;
    case 'node-removed':
      return `${node} was removed from the list.`;
    case 'node-restored':
      return `${node} was brought back.`;
    case 'profile-corrected':
      return event.what.fields.length === 0
        ? `The corrections of what runs on ${node} were taken back.`
        : `What runs on ${node} was corrected: ${listed(
            event.what.fields.map((field) => FIELDS[field] ?? field),
            6,
            'field',
          )}.`;
    case 'host-keys-confirmed':
      return `Host keys of ${event.what.host} port ${event.what.port} were confirmed: ${listed(event.what.fingerprints, 3, 'key')}.`;
    case 'helper-installed':
      return `Changes were allowed on ${node}: helper ${event.what.version} was put in place.`;
    case 'helper-removed':
      return `Changes are no longer allowed on ${node}: helper ${event.what.version} was removed.`;
    case 'rotation-agreed': {
      const { count, nodes, leftOut, emergency, purpose } = event.what;
      if (purpose === 'open-fence')
        return `Agreed to, not begun yet: strangers that were fenced off are within reach of mycoSwarm again on ${counted(count, 'node')} (${listed(nodes, 6, 'node')}).`;
      const without = leftOut.length === 0 ? '' : `, without ${listed(leftOut, 6, 'node')}`;
      return `Agreed to, not begun yet: a new secret for ${counted(count, 'node')} (${listed(nodes, 6, 'node')})${without}${
        emergency ? ', as an emergency' : ''
      }.`;
    }
    case 'rotation-moved':
      return `${ROTATION_STAGE[event.what.stage]}${event.what.note === '' ? '.' : `: ${event.what.note}`}`;
    case 'rotation-node':
      return `${node} ${ROTATION_NODE[event.what.state]}${event.what.note === '' ? '.' : `: ${event.what.note}`}`;
    case 'incident-opened':
    case 'incident-agreed':
    case 'incident-moved':
      return incidentSentence(event, node);
    case 'isolation-found-open':
      return `Somebody took away what isolates ${node}. ${sentence(event.what.note)}`;
    case 'evidence-taken': {
      const { pieces, partial } = event.what;
      return `Evidence of ${node} was taken: ${counted(pieces, 'piece')} in one archive${partial ? ', not complete' : ''}.`;
    }
    case 'baseline-taken': {
      const { files, reason } = event.what;
      const why = reason === 'level-1' ? ', for it reached its first level' : '';
      return `A baseline of ${node} was taken${why}: ${counted(files, 'file')} and folders.`;
    }
  }
}

/** A plan with what it is about said once: most titles name their node. */
function planInWords({ title, steps }: { title: string; steps: number }, node: string): string {
  const where = title.includes(node) ? '' : `${node}, `;
  return `${title} (${where}${counted(steps, 'step')}).`;
}

type NodeWhat = Extract<LedgerEvent, { kind: 'node-added' }>['what'];

function reachedInWords({ reachedBy, address }: NodeWhat): string {
  if (reachedBy === 'recorded') return `as recorded facts (${address})`;
  return reachedBy === 'ssh' ? `reached over SSH (${address})` : `reached directly (${address})`;
}

/** Fields of a profile as pages name them. */
const FIELDS: Readonly<Record<string, string>> = {
  user: 'account',
  configurationFolder: 'configuration',
  virtualEnvironment: 'virtual environment',
  logFolder: 'logs',
  apiPort: 'API port',
  dashboardPort: 'dashboard port',
};

/** @returns a moment to the minute: `2026-11-22 15:32 UTC` */
function instantInWords(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}

type LookWhat = Extract<LedgerEvent, { kind: 'look-ended' }>['what'];

function lookSentence(what: LookWhat, node: string, scheduled: boolean): string {
  const how = scheduled ? 'looked at by schedule' : 'looked at';
  if (what.outcome === 'cancelled') return `A look at ${node} was stopped.`;
  if (what.outcome === 'failed')
    return `${node} could not be looked at: ${what.error ?? 'no reason is known.'}`;
  const words = countsInWords({ ...what.verdicts, waived: 0 });
  return `${node} was ${how}: ${words.length === 0 ? 'nothing was judged' : words.join(', ')}.`;
}

type Setting = Extract<LedgerEvent, { kind: 'settings-changed' }>['what']['changes'][number];

function settingsSentence(changes: readonly Setting[]): string {
  const words = changes.map((change) => `${settingInWords(change)}${change.relaxes ? ' (less strict)' : ''}`);
  return `Settings were changed: ${listed(words, 6, 'setting')}.`;
}
