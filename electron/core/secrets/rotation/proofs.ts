import type { StoredRotation, StoredRotationNode } from '#core/store/operations/rotations.ts';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { SecretAct } from '#shared/domain/helper/secret.ts';
import { insideOf } from './fences.ts';
import { type HeldSecret, newNonce } from './secret.ts';

type Verify = Extract<SecretAct, { act: 'verify' }>;
type Verified = Extract<HelperAnswer, { answer: 'secret-verified' }>;

/** What was seen of one node. */
interface Seen {
  /** Of the node itself: 200 to the secret of its file, which is the new one, and 403 to a random one. */
  newProven: boolean;
  /**
   * What it refused when another node asked it over the network: the old secret, or a random one where the one that asked has no old one.
   * `none`: it did not refuse. Null when that was not seen.
   */
  refused: 'old' | 'random' | 'none' | null;
  /** Another node asked it, and it did not refuse, whatever it said to itself. */
  contradicted: boolean;
  /** The secret in its file is another one. */
  hasOther: boolean;
  why: string | null;
}

const NOTHING: Seen = {
  newProven: false,
  refused: null,
  contradicted: false,
  hasOther: false,
  why: null,
};

/** How long other nodes are asked again that do not refuse the old secret yet: they restart at the same instant. In milliseconds. */
const PEERS_MS = 3_000;
/** A node asks so many others. */
const MOST_OTHERS = 8;

/**
 * Who asks whom with the old secret: the next one in the circle; a node that is alone asks itself by its own address on the network.
 * @param inside the nodes that may be asked to ask
 * @param open those that are to be proven
 */
export function askersOf(
  inside: readonly StoredRotationNode[],
  open: readonly StoredRotationNode[],
): Map<string, StoredRotationNode[]> {
  const asked = new Map<string, StoredRotationNode[]>(open.map(({ node }) => [node, []]));
  for (const node of open) {
    const at = inside.findIndex((one) => one.node === node.node);
    const asker = inside[(at + 1) % inside.length] ?? node;
    const list = asked.get(asker.node) ?? [];
    if (list.length < MOST_OTHERS) asked.set(asker.node, [...list, node]);
  }
  return asked;
}

/** Nodes with the secret in force that ask a node which would be asked by itself alone; they have no old secret, and ask with a random one. */
const MOST_PEERS = 2;

/** @returns who asks besides, where the nodes that are to be proven have only themselves to ask them */
export function peersFor(
  rotation: StoredRotation,
  inside: readonly StoredRotationNode[],
): StoredRotationNode[] {
  if (inside.length !== 1) return [];
  return insideOf(rotation)
    .filter((node) => node.state === 'verified' && !inside.includes(node))
    .slice(0, MOST_PEERS);
}

/** What a node is asked to prove itself and others; null where nothing is known of it. */
export function verifyAct(
  rotation: string,
  { place }: StoredRotationNode,
  others: readonly StoredRotationNode[],
): Verify | null {
  if (place === null) return null;
  const { path, port } = place;
  return {
    act: 'verify',
    rotation,
    path,
    port,
    nonce: newNonce(),
    others: withAddress(others).map(({ address, port: at }) => ({ address, port: at })),
    waitMs: PEERS_MS,
  };
}

/** Those that can be asked, in the order in which a node is asked to ask them. */
function withAddress(others: readonly StoredRotationNode[]) {
  return others.flatMap(({ node, place }) => {
    const address = place?.addresses[0];
    return place === null || address === undefined ? [] : [{ node, address, port: place.port }];
  });
}

/**
 * Collects what nodes say of themselves and of each other. Each half of a proof stays once it was seen: a node that has the new secret in force
 * and refuses the old one does not come back to it.
 */
export class Proofs {
  readonly #seen = new Map<string, Seen>();

  of(node: string): Seen {
    return this.#seen.get(node) ?? NOTHING;
  }

  isWhole(node: string): boolean {
    const { newProven, refused, contradicted } = this.of(node);
    return newProven && !contradicted && (refused === 'old' || refused === 'random');
  }

  /** @returns whether it refused the old secret; null when that was not seen, or when there was none to ask with */
  oldRefused(node: string): boolean | null {
    const { refused } = this.of(node);
    return refused === 'old' ? true : refused === 'none' ? false : null;
  }

  /** Why a node says nothing of itself. */
  silent(node: string, why: string): void {
    this.#set(node, { why });
  }

  /** @param others those that `act` was made for; answers belong to them by their order, for two nodes may name the same address */
  take(
    asker: StoredRotationNode,
    act: Verify,
    answer: Verified,
    secret: HeldSecret,
    others: readonly StoredRotationNode[],
  ): void {
    const isNew = secret.proves(answer.mac, act.nonce);
    const trouble = whyNot(answer, isNew);
    const before = this.of(asker.node);
    this.#set(asker.node, {
      newProven: before.newProven || trouble === null,
      hasOther: !isNew,
      why: trouble ?? before.why,
    });
    for (const [index, { node, address }] of withAddress(others).entries()) {
      const said = answer.others[index];
      const status = said?.address === address ? said.status : null;
      const before = this.of(node).refused;
      const which = answer.hadOld ? 'the old' : 'a random';
      const words = `It answers ${status} to ${which} secret over the network, asked by ${asker.name}.`;
      if (status !== null && status !== 403 && node !== asker.node)
        this.#set(node, { contradicted: true, why: words });
      if (status === 403) this.#set(node, { refused: answer.hadOld || before === 'old' ? 'old' : 'random' });
      else if (before !== 'old' && before !== 'random')
        this.#set(node, {
          refused: status === null ? null : 'none',
          why:
            this.of(node).why ??
            (status === null
              ? `${asker.name} cannot reach it over the network, so it was not seen that ${which} secret is refused.`
              : words),
        });
    }
  }

  #set(node: string, fields: Partial<Seen>): void {
    this.#seen.set(node, { ...this.of(node), ...fields });
  }
}

function whyNot(answer: Verified, isNew: boolean): string | null {
  if (!isNew) return 'The secret in its file is not the new one.';
  if (answer.status !== 200)
    return answer.status === null
      ? 'mycoSwarm does not answer there.'
      : `It answers ${answer.status} to the new secret.`;
  if (answer.wrong !== 403)
    return answer.wrong === null
      ? 'mycoSwarm does not answer there.'
      : `It answers ${answer.wrong} to any secret whatever, so its answers prove nothing.`;
  return null;
}
