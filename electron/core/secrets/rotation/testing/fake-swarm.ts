import { createHmac } from 'node:crypto';
import type { HelperChannel, HelperFailure } from '#core/hosts/helper-channel.ts';
import type { HelperAnswer, Refusal } from '#shared/domain/helper/answers.ts';
import type { SecretAct } from '#shared/domain/helper/secret.ts';

type SecretAnswer = Extract<HelperAnswer, { answer: 'secret-steps' }>['answers'][number];

/** A node that exists in memory only, with the habits of the helper and of mycoSwarm as far as a rotation meets them. */
export interface FakeNode {
  id: string;
  address: string;
  /** What the file holds, and what mycoSwarm read at its start. */
  token: string;
  inForce: string;
  /** Every secret that was ever in force, in order. */
  history: string[];
  staged: { rotation: string; token: string } | null;
  old: string | null;
  armed: { rotation: string; at: number } | null;
  committed: { rotation: string; at: number } | null;
  lease: string | null;
  fence: { scope: 'all' | 'swarm'; reaches: string[]; shuts: string[] } | null;
  skewMs: number;
  isAway: boolean;
  /** It answers 200 to every secret. */
  lies: boolean;
  /** It refuses the old secret when it asks itself, and answers 200 to others. */
  liesToOthers: boolean;
  /** It answers no request of the helper, and breaks no connection off. */
  hangs: boolean;
  /** So many times its agent writes another secret over the new one as soon as that is in place. */
  overwrites: number;
  /** Rotations of which it has records, and those that are over there. */
  rotations: string[];
  over: string[];
  /** It has no secret to keep when it is given its first one. */
  hasNoOld: boolean;
  /** Acts that the helper there refuses, and how. */
  refuses: Partial<Record<SecretAct['act'], Refusal>>;
  /** Connections that break off after the helper did what it was asked. */
  cuts: number;
  /** How often its fence was taken away. */
  lifts: number;
}

/** A fake swarm: no process, no network; for the order of things, which real nodes in namespaces cannot be held at. */
export class FakeSwarm {
  readonly nodes: FakeNode[];

  constructor(count: number, old: string) {
    this.nodes = Array.from({ length: count }, (_, index) => ({
      id: `node-${index + 1}`,
      address: `10.0.0.${index + 11}`,
      token: old,
      inForce: old,
      history: [old],
      staged: null,
      old: null,
      armed: null,
      committed: null,
      lease: null,
      fence: null,
      skewMs: (index - 1) * 3_600_000,
      isAway: false,
      lies: false,
      liesToOthers: false,
      hangs: false,
      overwrites: 0,
      rotations: [],
      over: [],
      hasNoOld: false,
      refuses: {},
      cuts: 0,
      lifts: 0,
    }));
  }

  node(id: string): FakeNode {
    const found = this.nodes.find((node) => node.id === id);
    if (found === undefined) throw new RangeError(id);
    return found;
  }

  /** What nodes do by themselves when their instant has come. */
  tick(): void {
    for (const node of this.nodes)
      if (node.armed !== null && Date.now() + node.skewMs >= node.armed.at)
        this.#commit(node, node.armed.rotation);
  }

  channel(id: string): HelperChannel {
    const lost = (kind: HelperFailure['kind']) => ({
      ok: false as const,
      failure: { kind, message: `${id} does not answer.`, next: '', mayHaveBegun: kind === 'cut' },
    });
    return {
      access: async () =>
        this.node(id).isAway
          ? { via: 'none', installed: false, outdated: false, words: `${id} does not answer.` }
          : { via: 'root', installed: true, outdated: false, words: '' },
      ask: async (request) => {
        const node = this.node(id);
        await Promise.resolve();
        if (node.isAway) return lost('away');
        if (node.hangs) return new Promise(() => undefined);
        if (request.ask !== 'secret' && request.ask !== 'secrets')
          throw new Error(`A fake swarm is asked for secrets only, not ${request.ask}`);
        this.tick();
        const acts = request.ask === 'secret' ? [request.what] : request.what;
        const answers: SecretAnswer[] = [];
        for (const act of acts) {
          const answer = this.#answer(node, act);
          answers.push(answer);
          // The connection breaks off in the middle of several, too.
          if (node.cuts > 0 && act.act !== 'look') {
            node.cuts -= 1;
            return lost('cut');
          }
          if (answer.answer === 'refused') break;
        }
        const [only] = answers;
        if (request.ask === 'secret' && only !== undefined) return { ok: true, answer: only };
        return { ok: true, answer: { answer: 'secret-steps', answers } };
      },
      close: async () => undefined,
    };
  }

  #answer(node: FakeNode, act: SecretAct): SecretAnswer {
    const refusal = node.refuses[act.act];
    if (refusal !== undefined && ['state', 'verify', 'look'].includes(act.act)) return refused(refusal);
    if ('rotation' in act && !['state', 'verify'].includes(act.act)) {
      if (GIVES.has(act.act) && node.over.includes(act.rotation)) return refused('superseded');
      const isTaken = act.act === 'fence' && node.lease !== null && act.former?.includes(node.lease) === true;
      if (node.lease !== null && node.lease !== act.rotation && !isTaken) return refused('busy');
      // The helper takes the lease before it tries what it may refuse then.
      if (!['finish', 'drop'].includes(act.act)) node.lease = act.rotation;
    }
    if (refusal !== undefined) return refused(refusal);
    if ((act.act === 'fence' || act.act === 'stage') && !node.rotations.includes(act.rotation))
      node.rotations.push(act.rotation);
    switch (act.act) {
      case 'look':
        return {
          answer: 'secret-seen',
          is: 'there',
          why: '',
          mac: mac(node.token, act.nonce),
          changedAt: new Date().toISOString(),
          owner: { uid: 1, gid: 1, mode: 0o600 },
          status: node.token === node.inForce ? 200 : 403,
          accounts: ['1'],
          addresses: [node.address],
          clock: Date.now() + node.skewMs,
          lease: node.lease,
          fenced: node.fence !== null,
        };
      case 'fence':
        node.fence = { scope: act.scope, reaches: act.reaches, shuts: act.shuts };
        return { answer: 'fenced', table: '0'.repeat(64), tried: [] };
      case 'lift':
        node.fence = null;
        node.lifts += 1;
        return { answer: 'fenced', table: null, tried: [] };
      case 'stage':
        if (node.committed?.rotation === act.rotation && node.token === act.token) return progress(node);
        if (!node.hasNoOld && node.committed?.rotation !== act.rotation) node.old ??= node.token;
        node.staged = { rotation: act.rotation, token: act.token };
        if (node.committed?.rotation === act.rotation) node.committed = null;
        return progress(node);
      case 'arm':
        if (node.committed?.rotation === act.rotation) return progress(node);
        if (node.staged?.rotation !== act.rotation) return refused('unknown-change');
        node.armed = { rotation: act.rotation, at: act.at };
        return progress(node);
      case 'commit':
        if (node.committed?.rotation === act.rotation) return progress(node);
        if (node.staged?.rotation !== act.rotation) return refused('unknown-change');
        this.#commit(node, act.rotation);
        return progress(node);
      case 'state':
        return progress(node);
      case 'verify':
        return {
          answer: 'secret-verified',
          mac: mac(node.token, act.nonce),
          status: node.lies || node.token === node.inForce ? 200 : 403,
          wrong: node.lies ? 200 : 403,
          others: act.others.map(({ address }) => ({
            address,
            status: this.#asked(address, node.old ?? 'random', node),
          })),
          hadOld: node.old !== null,
        };
      case 'finish':
        if (node.staged !== null) return refused('too-late');
        this.#forget(node);
        return progress(node);
      case 'drop':
        if (node.armed !== null || node.committed?.rotation === act.rotation) return refused('too-late');
        node.staged = null;
        this.#forget(node);
        return progress(node);
    }
  }

  #forget(node: FakeNode): void {
    node.old = null;
    node.armed = null;
    node.committed = null;
    node.lease = null;
  }

  #asked(address: string, secret: string, asker: FakeNode): number | null {
    const node = this.nodes.find((one) => one.address === address);
    if (node === undefined || node.isAway) return null;
    if (node.liesToOthers && node !== asker) return 200;
    return node.lies || node.inForce === secret ? 200 : 403;
  }

  #commit(node: FakeNode, rotation: string): void {
    node.armed = null;
    if (node.staged?.rotation !== rotation) return;
    node.token = node.staged.token;
    node.inForce = node.token;
    node.history.push(node.token);
    node.staged = null;
    node.committed = { rotation, at: Date.now() + node.skewMs };
    node.over.push(...node.rotations.filter((one) => one !== rotation));
    node.rotations = [rotation];
    if (node.overwrites > 0) {
      node.overwrites -= 1;
      node.token = 'f'.repeat(64);
    }
  }
}

/** Acts that a node refuses for a rotation that is over there. */
const GIVES: ReadonlySet<SecretAct['act']> = new Set(['fence', 'stage', 'arm', 'commit']);

const mac = (token: string, nonce: string) =>
  createHmac('sha256', Buffer.from(nonce, 'hex')).update(token).digest('hex');

function refused(refusal: Refusal): SecretAnswer {
  return { answer: 'refused', refusal, message: `Refused: ${refusal}.`, differences: [], rolledBack: false };
}

function progress({ staged, armed, committed }: FakeNode): SecretAnswer {
  const at = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    answer: 'secret-progress',
    stagedAt: staged === null ? null : at(Date.now()),
    armedFor: at(armed?.at),
    committedAt: at(committed?.at),
    acceptsSince: at(committed?.at),
    trouble: null,
  };
}
