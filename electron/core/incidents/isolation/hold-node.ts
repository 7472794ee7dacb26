import type { OwnIsolation, WireIdentity } from '#shared/domain/helper/isolate.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { noteOwn, settleState, type Working } from './note-own.ts';
import { USUAL_LIMITS } from './parts.ts';
import { knockAgain, proveNode } from './probes.ts';
import { listed } from './words.ts';

const OWN_LAYERS = ['timer', 'rules', 'egress', 'addresses', 'snapshot', 'sockets', 'boot'] as const;

/** Why something is done: a person ordered it, a person confirms it, or it is looked after from time to time. */
export type Because = 'order' | 'confirm' | 'tend';

/**
 * Brings the layers of the node itself to where they should be, from wherever they are: cut, snapshot and connections, confirmation, probes. Every
 * step is written down before and after; whoever comes next may do all of it again.
 * @param told.orderedMs when it was ordered, by `performance.now()`
 * @param told.identified is called with who the node says that it is on the wire
 */
export async function holdNode(
  work: Working,
  node: SwarmNode,
  because: Because,
  told: { orderedMs: number; identified: (identity: WireIdentity) => void },
): Promise<void> {
  const { journal } = work;
  const { cutAt } = journal.node(node.id).shown;
  const isOwn = journal.stored.confirm === 'by-itself';
  const standing = cutAt === null || because !== 'tend' ? 'unknown' : await lookAtNode(work, node);
  if (standing === 'silent') return;
  // By hand means that nobody but a person prolongs its time or closes SSH again.
  const stands = standing !== 'unknown' && (standing.is === 'confirmed' || standing.is === 'cut' || !isOwn);
  const gone = standing === 'unknown' ? (because === 'tend' ? NOTHING_LEFT : null) : goneOf(standing);
  const mayLoad = gone !== null && (isOwn || standing === 'unknown' || standing.is === 'confirmed');
  const own = stands && !mayLoad ? standing : await cut(work, node, told);
  if (cutAt !== null && gone !== null) await noteGone(work, node, gone, own);
  if (own === null || journal.node(node.id).wants === 'released') return;
  if (!journal.node(node.id).settled) await settle(work, node);
  if (own.is === 'cut' && (isOwn || because === 'confirm')) await confirm(work, node);
  if (because !== 'tend' || journal.node(node.id).shown.probes.length === 0) await proveNode(work, node);
  else await knockAgain(work, node);
}

/** The same again within this time is counted on the page, and not recorded once more. */
const TOLD_MS = 600_000;
const PINNED =
  'Leases that were pinned count again, by its own word. One that could not be set back ends with the next lease or a restart.';
const NOTHING_LEFT = 'Nothing isolated it any more: its rules and its record were gone.';

/** @returns what somebody took away of the isolation of a node, in words; null when all of it is there */
function goneOf({ rules, egress, keeper }: OwnIsolation): string | null {
  const gone = [
    ...(rules === 'as-loaded' ? [] : [rules === 'missing' ? 'its rules' : 'its rules as they were loaded']),
    ...(egress === 'as-loaded' || egress === 'impossible' ? [] : ['its hook for raw packets']),
    ...(keeper ? [] : ['the process that brings rules back']),
  ];
  return gone.length === 0 ? null : `Gone from it: ${listed(gone)}.`;
}

/** Writes down that something was taken away, and tells who keeps the record. */
async function noteGone(
  { parts, journal }: Working,
  { id }: SwarmNode,
  what: string,
  own: OwnIsolation | null,
): Promise<void> {
  const { shown, run } = journal.node(id);
  const end =
    own === null
      ? 'It could not be loaded again.'
      : goneOf(own) === null
        ? 'It was loaded again.'
        : 'It is not there again.';
  const words = `${what} ${end}`;
  journal.set(
    id,
    {},
    { reloaded: { times: shown.reloaded.times + 1, lastAt: journal.now(), what: words.slice(0, 512) } },
  );
  await journal.note();
  const { lastAt, what: before } = shown.reloaded;
  const isTold =
    lastAt !== null && before === words && Date.parse(journal.now()) - Date.parse(lastAt) < TOLD_MS;
  if (!isTold) parts.tampered?.({ isolation: run, node: id, name: shown.name, what: words });
}

/** @returns how a node that was cut stands; `unknown` when nothing isolates it any more, which another cut mends */
async function lookAtNode(
  { parts, lines, journal }: Working,
  node: SwarmNode,
): Promise<OwnIsolation | 'silent' | 'unknown'> {
  const { run, shown } = journal.node(node.id);
  const { askMs } = { ...USUAL_LIMITS, ...parts.limits };
  const said = await lines.ask(node, { act: 'look', about: [], uids: [] }, 'isolation-seen', askMs);
  if (said.how === 'answered') {
    const { own } = said.answer;
    if (own === null || own.isolation !== run) return 'unknown';
    noteOwn(journal, node.id, own);
    await journal.note();
    return own;
  }
  if (said.how === 'silent') lines.forget(node.id);
  settleState(journal, node.id, shown.state, said.why);
  await journal.note();
  return 'silent';
}

/** @returns how the node says that it stands; null when it did not answer or refused */
async function cut(
  { parts, lines, journal }: Working,
  node: SwarmNode,
  { orderedMs, identified }: { orderedMs: number; identified: (identity: WireIdentity) => void },
): Promise<OwnIsolation | null> {
  const { run, uids, sshPort, shown } = journal.node(node.id);
  const limits = { ...USUAL_LIMITS, ...parts.limits };
  if (shown.cutAt === null) {
    for (const layer of ['timer', 'rules', 'egress'] as const) journal.layer(node.id, { layer }, 'sent', '');
    await journal.note();
  }
  await journal.point('before cut');
  const act = {
    act: 'cut',
    isolation: run,
    scope: journal.stored.scope,
    uids: uids.filter((uid) => uid > 0),
    sshPort,
    seconds: limits.stepDownSeconds,
  } as const;
  const said = await lines.ask(node, act, 'isolation-cut', limits.askMs);
  const arrived = performance.now();
  await journal.point('answered cut');
  if (journal.node(node.id).wants === 'released') return null;
  if (said.how !== 'answered') {
    if (said.how === 'silent') lines.forget(node.id);
    const isBefore = shown.cutAt !== null;
    if (!isBefore)
      for (const layer of ['timer', 'rules', 'egress'] as const)
        journal.layer(
          node.id,
          { layer },
          said.how === 'refused' ? 'failed' : 'sent',
          said.how === 'refused' ? said.why : `Sent, no answer: ${said.why}`,
        );
    settleState(journal, node.id, isBefore ? shown.state : null, said.why);
    await journal.note();
    return null;
  }
  const { own, cutMs, answerMs, already } = said.answer;
  const isFirst = shown.cutAt === null;
  identified(said.answer.identity);
  noteOwn(journal, node.id, own);
  if (isFirst && !already)
    journal.set(node.id, {}, { cutMs: Math.max(0, Math.round(arrived - orderedMs - (answerMs - cutMs))) });
  await journal.note();
  await journal.point('after cut');
  return own;
}

async function settle({ parts, lines, journal }: Working, node: SwarmNode): Promise<void> {
  const { run } = journal.node(node.id);
  const limits = { ...USUAL_LIMITS, ...parts.limits };
  for (const layer of ['addresses', 'snapshot', 'sockets'] as const)
    journal.layer(node.id, { layer }, 'sent', '');
  await journal.note();
  await journal.point('before settle');
  const said = await lines.ask(node, { act: 'settle', isolation: run }, 'isolation-settled', limits.settleMs);
  await journal.point('answered settle');
  if (said.how !== 'answered') {
    for (const layer of ['addresses', 'snapshot', 'sockets'] as const)
      journal.layer(node.id, { layer }, 'failed', said.why);
    await journal.note();
    return;
  }
  const { pinned, notPinned, snapshot, ended, left, leftWhy } = said.answer;
  const whole = journal.stored.scope === 'node';
  journal.layer(
    node.id,
    { layer: 'addresses' },
    !whole ? 'not-needed' : notPinned.length === 0 ? 'holds' : 'partly',
    notPinned.length === 0
      ? `${pinned.length} addresses and routes stay, whatever a lease says.`
      : `Not pinned: ${notPinned.slice(0, 4).join(', ')}.`,
  );
  journal.layer(
    node.id,
    { layer: 'sockets' },
    left === 0 ? 'holds' : 'partly',
    left === 0 ? `${ended} open connections ended.` : `${ended} ended, ${left} left. ${leftWhy}`,
  );
  if (snapshot !== null) {
    const { at, sha256, parts: pieces } = snapshot;
    await parts.store.keepIsolationSnapshot({
      snapshot: { isolation: journal.stored.id, node: node.id, at, sha256, parts: pieces },
    });
    const short = pieces.filter(({ cut: isCut }) => isCut).map(({ name }) => name);
    const took = `Taken in ${(snapshot.tookMs / 1_000).toFixed(1)} s.`;
    journal.layer(
      node.id,
      { layer: 'snapshot' },
      short.length === 0 ? 'holds' : 'partly',
      short.length === 0 ? took : `${took} Not whole: ${short.join(', ')}.`,
    );
  } else journal.layer(node.id, { layer: 'snapshot' }, 'failed', 'None was taken.');
  journal.set(
    node.id,
    { settled: true },
    { socketsEnded: ended, socketsLeft: left, snapshot: snapshot?.sha256 ?? null },
  );
  await journal.note();
  await journal.point('after settle');
}

async function confirm({ parts, lines, journal }: Working, node: SwarmNode): Promise<void> {
  const { run } = journal.node(node.id);
  const limits = { ...USUAL_LIMITS, ...parts.limits };
  await journal.point('before confirm');
  const said = await lines.askFresh(node, { act: 'confirm', isolation: run }, 'isolation-own', limits.askMs);
  await journal.point('answered confirm');
  if (said.how === 'answered' && said.answer.own !== null) noteOwn(journal, node.id, said.answer.own);
  else
    settleState(
      journal,
      node.id,
      journal.node(node.id).shown.state,
      said.how === 'answered' ? 'It says that nothing isolates it.' : said.why,
    );
  await journal.note();
  await journal.point('after confirm');
}

/** Takes the isolation of the node itself away. @returns whether the node said so */
export async function releaseNode(
  { parts, lines, journal }: Working,
  node: SwarmNode,
): Promise<{ ok: boolean; why: string }> {
  const { run } = journal.node(node.id);
  const limits = { ...USUAL_LIMITS, ...parts.limits };
  await journal.point('before release');
  const said = await lines.ask(node, { act: 'release', isolation: run }, 'isolation-own', limits.askMs);
  await journal.point('answered release');
  if (said.how !== 'answered' || said.answer.own !== null) {
    if (said.how === 'silent') lines.forget(node.id);
    return {
      ok: false,
      why: said.how === 'answered' ? `${node.name} says that it is still cut off.` : said.why,
    };
  }
  for (const layer of OWN_LAYERS) {
    const was = journal.node(node.id).shown.layers.find((one) => one.layer === layer);
    if (layer === 'snapshot' || layer === 'sockets' || was?.is === 'not-needed') continue;
    const isPinned = layer === 'addresses' && (was?.is === 'holds' || was?.is === 'partly');
    journal.layer(node.id, { layer }, 'lifted', isPinned ? PINNED : '');
  }
  await journal.note();
  await journal.point('after release');
  return { ok: true, why: '' };
}
