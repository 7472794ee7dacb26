import { createHmac } from 'node:crypto';
import type { NodeSecret, SecretsSeen } from '#shared/domain/rotation/secrets.ts';
import type { Connections } from './connections.ts';
import { type RotationParts, type RotationTarget, sealedNameOf } from './parts.ts';
import { newNonce } from './secret.ts';

const DAY_MS = 86_400_000;

/** Asks nodes about their secrets. Secrets are compared by HMAC under one nonce for this look, and leave no node. */
export async function lookAtSecrets(
  parts: RotationParts,
  connections: Connections,
  targets: readonly RotationTarget[],
  current: string | null,
  maxAgeDays: number,
): Promise<SecretsSeen> {
  const nonce = newNonce();
  const ours = await ownMac(parts, current, nonce);
  const now = parts.clock.now().getTime();
  const groups = new Map<string, number>();
  const seen = await Promise.all(targets.map((target) => seenOf(connections, target, nonce)));
  const nodes = seen.map(({ target, why, answer }): NodeSecret => {
    const { node, name } = target;
    const none = { node, name, changedAt: null, pending: null, group: null, isOurs: null, dueInDays: null };
    if (answer === null || answer.is === 'unfit')
      return { ...none, seen: 'unseen', why: (answer?.why ?? why).slice(0, 1_024) };
    if (answer.mac === null) return { ...none, seen: 'none', why: '' };
    const group = groups.get(answer.mac) ?? groups.size;
    groups.set(answer.mac, group);
    const changed = answer.changedAt === null ? null : Date.parse(answer.changedAt);
    return {
      node,
      name,
      seen: 'there',
      why: '',
      changedAt: answer.changedAt,
      pending: answer.status === null ? null : answer.status === 403,
      group,
      isOurs: ours === null ? null : ours === answer.mac,
      // Its own clock made the time of the file.
      dueInDays: changed === null ? null : maxAgeDays - (answer.clock - changed) / DAY_MS,
    };
  });
  const there = nodes.filter(({ group }) => group !== null);
  const same = there.length < 2 ? null : groups.size === 1;
  const incomplete = nodes.some((node) => node.seen === 'unseen');
  return {
    lookedAt: new Date(now).toISOString(),
    nodes,
    same,
    incomplete,
    maxAgeDays,
    sentence: sentenceOf(nodes, groups.size, incomplete),
  };
}

async function seenOf(connections: Connections, target: RotationTarget, nonce: string) {
  if (target.place === null) return { target, why: target.why, answer: null };
  const { path, port } = target.place;
  const said = await connections.ask(target.node, { act: 'look', path, port, nonce }, 0);
  if (said.how === 'answered') return { target, why: '', answer: said.answer };
  return { target, why: said.how === 'lost' ? said.failure.message : said.refused.message, answer: null };
}

/** HMAC of the secret that this console made last; null when it has none or the store is locked. */
async function ownMac(parts: RotationParts, current: string | null, nonce: string): Promise<string | null> {
  if (current === null || parts.sealed.state().is !== 'open') return null;
  const kept = await parts.sealed.open(sealedNameOf(current));
  if (!kept.ok || kept.value === null) return null;
  const mac = createHmac('sha256', Buffer.from(nonce, 'hex'))
    .update(kept.value.toString('hex'), 'utf8')
    .digest('hex');
  kept.value.fill(0);
  return mac;
}

function sentenceOf(nodes: readonly NodeSecret[], groups: number, incomplete: boolean): string {
  const seen = nodes.filter(({ group }) => group !== null).length;
  const rest = incomplete ? ' Some nodes could not be asked.' : '';
  if (seen === 0) return `No node has a secret that could be seen.${rest}`;
  if (seen === 1) return `One node was asked for its secret.${rest}`;
  if (groups === 1) return `All ${seen} nodes that were asked have the same secret.${rest}`;
  return `The ${seen} nodes that were asked have ${groups} different secrets, and refuse each other.${rest}`;
}
