import type { OwnIsolation } from '#shared/domain/helper/isolate.ts';
import type { IsolatedNode, IsolationLayer } from '#shared/domain/incident/isolation.ts';
import { isContradicted, lackingOf } from '#shared/domain/incident/isolation-proof.ts';
import type { IsolationJournal } from './isolation-journal.ts';
import type { IsolationLines } from './lines.ts';
import type { IsolationParts } from './parts.ts';
import { couldUndo, messageOf } from './words.ts';

/** What every step of an isolation works with. */
export interface Working {
  parts: IsolationParts;
  lines: IsolationLines;
  journal: IsolationJournal;
}

/** Writes down how a node says that it stands. */
export function noteOwn(journal: IsolationJournal, id: string, own: OwnIsolation): void {
  const { name } = journal.node(id).shown;
  const set = (layer: IsolationLayer['layer'], is: IsolationLayer['is'], proof: string) =>
    journal.layer(id, { layer }, is, proof);
  const whole = own.scope === 'node';
  set(
    'timer',
    own.keeper ? 'holds' : 'failed',
    own.keeper
      ? `Its process on ${name} holds its lock.`
      : `Its process on ${name} is not there: nothing counts down and nothing brings rules back.`,
  );
  const only = own.lanPorts.length > 0 ? ' SSH of the LAN passes.' : '';
  const isLoaded = own.rules === 'as-loaded';
  set(
    'rules',
    !isLoaded ? 'failed' : only === '' || !whole ? 'holds' : 'partly',
    isLoaded
      ? `The kernel of ${name} lists them (text ${own.text.slice(0, 12)}); ${own.dropped} packets dropped so far.${only}`
      : `The kernel of ${name} does not list them as they were loaded.`,
  );
  const hook = own.egress === 'as-loaded' ? (own.egressWhy === '' ? 'holds' : 'partly') : 'failed';
  const isKept = own.boot && own.durable;
  set(
    'egress',
    hook,
    own.egress === 'as-loaded'
      ? own.egressWhy || `The kernel of ${name} lists a hook for each interface; raw packets meet it too.`
      : own.egressWhy || `The kernel of ${name} does not list it.`,
  );
  set(
    'boot',
    isKept ? 'holds' : own.is === 'confirmed' ? 'failed' : 'waiting',
    isKept
      ? `Its unit lies on ${name} and comes before the network.`
      : own.is !== 'confirmed'
        ? ''
        : own.boot
          ? `The disk of ${name} takes no record of it: after a restart only its peers hold it.`
          : `No unit could be placed on ${name}: after a restart only its peers hold it.`,
  );
  const { shown } = journal.node(id);
  const now = journal.now();
  // Confirmed is that the way in stays; that all of it holds is another thing, and only then it is kept.
  const state = own.is === 'confirmed' ? (lackingOf(shown).length === 0 ? 'kept' : 'confirmed') : own.is;
  const stepsDownAt =
    own.leftSeconds === null ? null : new Date(Date.parse(now) + own.leftSeconds * 1_000).toISOString();
  journal.set(
    id,
    {},
    {
      cutAt: shown.cutAt ?? now,
      confirmedAt: own.is === 'confirmed' ? (shown.confirmedAt ?? now) : shown.confirmedAt,
      stepsDownAt,
      tampered: own.tampered,
    },
  );
  settleState(journal, id, isLoaded ? state : null, isLoaded ? '' : 'its rules are not in force');
}

/** The state of a node by what it said, or by its peers where it said nothing. */
export function settleState(
  journal: IsolationJournal,
  id: string,
  said: IsolatedNode['state'] | null,
  why: string,
): void {
  const { shown, wants } = journal.node(id);
  if (wants === 'released') return;
  const peers = shown.layers.filter(({ layer }) => layer === 'peer');
  const byPeers: IsolatedNode['state'] = peers.some(({ is }) => is === 'holds' || is === 'partly')
    ? 'contained-by-peers'
    : peers.some(({ is }) => is === 'sent' || is === 'waiting')
      ? 'asked'
      : 'failed';
  const isNodeFailed = shown.layers.some(({ layer, is }) => layer === 'rules' && is === 'failed');
  const unsaid = byPeers === 'failed' && !isNodeFailed ? 'asked' : byPeers;
  const isSaid = said !== null && SAID.has(said);
  const isLie = isContradicted(shown) && (isSaid || said === 'lying');
  const state = isLie ? 'lying' : isSaid ? said : unsaid;
  const next = { ...shown, state };
  const { scope } = journal.stored;
  journal.set(
    id,
    {},
    {
      state,
      message: messageOf(next, why, scope).slice(0, 1_024),
      couldUndo: couldUndo(shown.name, scope),
    },
  );
}

/** What a node says of itself, and only as long as nobody saw the contrary. */
const SAID: ReadonlySet<IsolatedNode['state']> = new Set([
  'armed',
  'cut',
  'confirmed',
  'kept',
  'stepped-down',
]);
