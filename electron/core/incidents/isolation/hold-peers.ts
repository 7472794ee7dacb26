import type { FenceState, WireIdentity } from '#shared/domain/helper/isolate.ts';
import type { IsolationLayer } from '#shared/domain/incident/isolation.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { settleState, type Working } from './note-own.ts';
import { USUAL_LIMITS } from './parts.ts';

/** Lets one peer drop one node. Never waits for that node, and never throws for what the peer does. */
export async function fenceAtPeer(
  { parts, lines, journal }: Working,
  peer: SwarmNode,
  node: string,
  spares: WireIdentity,
): Promise<void> {
  const { run, target, apiPort } = journal.node(node);
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
    scope: journal.stored.scope,
    target,
    proven: await reachedAt(parts, node),
    spares,
    port: apiPort,
  } as const;
  const said = await lines.ask(peer, act, 'isolation-fence', askMs);
  await journal.point('answered fence');
  // Let go meanwhile: whoever lifts it comes after this one.
  if (journal.node(node).wants === 'released' && journal.node(node).withoutNode) return;
  if (said.how === 'answered' && said.answer.fence !== null) {
    const { is, proof } = judged(said.answer.fence, target, peer.name);
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

/** Where the console itself reaches a node: all that is certain of who it is on the wire. */
async function reachedAt(parts: Working['parts'], id: string): Promise<string[]> {
  const node = (await parts.nodes()).find((one) => one.id === id);
  const address = node === undefined ? null : await parts.addressOf(node).catch(() => null);
  return address === null ? [] : [address];
}

const layerOf = (layers: readonly IsolationLayer[], peer: string) =>
  layers.find(({ layer, node }) => layer === 'peer' && node === peer)?.is ?? 'waiting';

function judged(fence: FenceState, asked: WireIdentity, name: string): Pick<IsolationLayer, 'is' | 'proof'> {
  const { rules, egress, leftOut, target, dropped, boot } = fence;
  if (rules !== 'as-loaded')
    return { is: 'failed', proof: `The kernel of ${name} does not list the rules as they were loaded.` };
  // A peer that lies about what it drops is no peer to count on.
  const missing = asked.addresses.filter(
    (address) => !target.addresses.includes(address) && !leftOut.some((one) => one.startsWith(`${address} `)),
  );
  if (missing.length > 0) return { is: 'failed', proof: `${name} does not drop ${missing[0]}.` };
  const by =
    target.macs.length === 0
      ? 'by address; no hardware address of it is known yet'
      : 'by hardware address and address';
  const notes = [
    ...(egress === 'as-loaded' ? [] : ['There is no egress hook.']),
    ...(boot ? [] : ['It is gone after a restart.']),
    ...leftOut.slice(0, 3).map((one) => `Left out: ${one}`),
  ];
  const isWhole = egress === 'as-loaded' && leftOut.length === 0;
  return {
    is: isWhole || target.addresses.length > 0 ? 'holds' : 'partly',
    proof: `Its kernel lists the rules, ${by}; ${dropped} packets dropped so far. ${notes.join(' ')}`.trim(),
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
