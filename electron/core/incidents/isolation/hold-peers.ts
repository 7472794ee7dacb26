import { type FenceState, MOST_FENCED, type WireIdentity } from '#shared/domain/helper/isolate.ts';
import type { IsolationLayer } from '#shared/domain/incident/isolation.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { settleState, type Working } from './note-own.ts';
import { USUAL_LIMITS } from './parts.ts';

/**
 * Lets one peer drop one node. Never waits for that node, and never throws for what the peer does.
 * @param peer.isAlike it may be the node itself, so that its word proves little
 * @param peer.isHere its orders run on the computer of this console: SSH to the node has to pass there
 */
export async function fenceAtPeer(
  { parts, lines, journal }: Working,
  { node: peer, isHere, isAlike }: { node: SwarmNode; isHere: boolean; isAlike: boolean },
  node: string,
  spares: WireIdentity,
): Promise<void> {
  const { run, target, certain, apiPort } = journal.node(node);
  const { askMs } = { ...USUAL_LIMITS, ...parts.limits };
  const key = { layer: 'peer', node: peer.id } as const;
  const before = layerOf(journal.node(node).shown.layers, peer.id);
  if (before !== 'holds') {
    journal.layer(node, key, 'sent', '');
    await journal.note();
  }
  await journal.point('before fence');
  const act = {
    act: 'fence',
    isolation: run,
    scope: isHere ? 'agent' : journal.stored.scope,
    target,
    proven: certain.addresses.slice(0, MOST_FENCED),
    spares,
    port: apiPort,
  } as const;
  const said = await lines.ask(peer, act, 'isolation-fence', askMs);
  await journal.point('answered fence');
  // Let go meanwhile: whoever lifts it comes after this one.
  if (journal.node(node).wants === 'released' && journal.node(node).withoutNode) return;
  if (said.how === 'answered' && said.answer.fence !== null) {
    const { is, proof } = judged(
      said.answer.fence,
      certain,
      peer.name,
      isHere && journal.stored.scope === 'node',
      isAlike,
    );
    journal.layer(node, key, is, proof);
  } else if (said.how === 'refused') journal.layer(node, key, 'failed', said.why);
  else {
    lines.forget(peer.id);
    const why = said.how === 'silent' ? said.why : 'It says that it drops nothing.';
    // It keeps its rules by itself; only nobody has seen them lately.
    journal.layer(node, key, 'waiting', `${peer.name} gets it, or says so again, when it answers. ${why}`);
  }
  const { shown } = journal.node(node);
  settleState(journal, node, shown.state, '');
  await journal.note();
  await journal.point('after fence');
}

const layerOf = (layers: readonly IsolationLayer[], peer: string) =>
  layers.find(({ layer, node }) => layer === 'peer' && node === peer)?.is ?? 'waiting';

/** @param proven what this console is certain of: whoever does not drop that lets the node through */
function judged(
  fence: FenceState,
  proven: WireIdentity,
  name: string,
  isHere: boolean,
  isAlike: boolean,
): Pick<IsolationLayer, 'is' | 'proof'> {
  const { rules, egress, leftOut, target, covers, dropped, boot, keeper, durable } = fence;
  if (rules !== 'as-loaded')
    return { is: 'failed', proof: `The kernel of ${name} does not list the rules as they were loaded.` };
  if (target.addresses.length + target.macs.length === 0)
    return { is: 'failed', proof: `${name} drops nothing of it. ${leftOut.slice(0, 3).join(' ')}`.trim() };
  // A peer that lies about what it drops is no peer to count on.
  const missing = proven.addresses.filter((address) => !target.addresses.includes(address));
  const unsaid = missing.filter((address) => !leftOut.some((one) => one.startsWith(`${address} `)));
  if (unsaid.length > 0) return { is: 'failed', proof: `${name} does not drop ${unsaid[0]}.` };
  const lacking = [
    ...(isAlike
      ? [
          `${name} has the same host key, so it may be the same machine, or a copy of its disk: give it a key of its own (ssh-keygen -A).`,
        ]
      : []),
    ...(isHere
      ? [
          `${name} is this computer: only the swarm’s own packets are dropped here, so that SSH of this console stays open.`,
        ]
      : []),
    ...(missing.length > 0 || !covers.address
      ? ['The address by which this console reaches it is not dropped.']
      : []),
    ...(target.macs.length === 0 || !covers.mac
      ? ['Its hardware address is not known there, so another address of it would pass.']
      : []),
    ...(egress === 'as-loaded' ? [] : ['There is no egress hook.']),
    ...(keeper ? [] : ['No process brings the rules back there.']),
    ...(boot && durable ? [] : ['It is gone after a restart.']),
  ];
  const left = leftOut.slice(0, 3).map((one) => `Left out: ${one}`);
  const more = leftOut.length > 3 ? [`And ${leftOut.length - 3} more left out.`] : [];
  const by =
    target.macs.length === 0
      ? 'by address'
      : target.addresses.length === 0
        ? 'by hardware address'
        : 'by hardware address and address';
  return {
    is: lacking.length === 0 ? 'holds' : 'partly',
    proof:
      `Its kernel lists the rules, ${by}; ${dropped} packets dropped so far. ${[...lacking, ...left, ...more].join(' ')}`.trim(),
  };
}

/** Takes the fence of one peer away. @returns whether it is gone */
export async function liftAtPeer(
  { parts, lines, journal }: Working,
  peer: SwarmNode,
  node: string,
): Promise<boolean> {
  const { run } = journal.node(node);
  const { askMs } = { ...USUAL_LIMITS, ...parts.limits };
  const key = { layer: 'peer', node: peer.id } as const;
  await journal.point('before lift');
  const said = await lines.ask(peer, { act: 'lift', isolation: run }, 'isolation-fence', askMs);
  await journal.point('answered lift');
  const isGone = said.how === 'answered' && said.answer.fence === null;
  if (said.how === 'silent') lines.forget(peer.id);
  if (isGone) journal.layer(node, key, 'lifted', '');
  else
    journal.layer(
      node,
      key,
      layerOf(journal.node(node).shown.layers, peer.id),
      `${peer.name} still drops it: ${said.how === 'answered' ? 'it says so' : said.why}`,
    );
  await journal.note();
  await journal.point('after lift');
  return isGone;
}
