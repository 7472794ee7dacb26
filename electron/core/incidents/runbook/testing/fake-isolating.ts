import { randomBytes } from 'node:crypto';
import type {
  IsolatedNode,
  Isolating,
  Isolation,
  IsolationLayer,
  IsolationPlan,
} from '#shared/domain/incident/isolation.ts';
import { messageOf as realMessage, sentenceOf as realSentence } from '../../isolation/words.ts';

const LAYERS: readonly IsolationLayer['layer'][] = [
  'timer',
  'rules',
  'egress',
  'addresses',
  'snapshot',
  'sockets',
  'boot',
];

/**
 * Isolations that shut nothing off: it keeps what was ordered, as nodes and peers would. A console may die around it; it stays. `next` says how
 * the next one comes out.
 */
export class FakeIsolating implements Isolating {
  readonly isolations = new Map<string, Isolation>();
  readonly plans = new Map<string, IsolationPlan>();
  readonly ordered: string[] = [];
  readonly #listeners = new Set<(isolation: Isolation) => void>();
  next: IsolatedNode['state'] = 'kept';
  /** No node answers a release any more. */
  dead = false;
  peers = ['miu', 'boa', 'uncho'];
  now: () => Date = () => new Date('2026-11-22T23:06:00.000Z');

  async plan(wish: { nodes: readonly string[]; scope: 'agent' | 'node' }): Promise<IsolationPlan> {
    const id = randomBytes(16).toString('hex');
    const [node = ''] = wish.nodes;
    const plan: IsolationPlan = {
      id,
      hash: id.repeat(2),
      scope: wish.scope,
      title: `Isolate ${node} from everything but this console`,
      madeAt: this.now().toISOString(),
      nodes: [
        {
          node,
          name: node,
          words: [
            'A timer of its own opens SSH to this network again if nobody confirms within 60 seconds.',
            'Only this console’s SSH, its own loopback and address resolution pass; all else is dropped, in both families.',
            'Connections that are open are ended.',
          ],
          text: 'table inet swarmkeep_isolation {\n  chain in { type filter hook input priority -500; policy drop; }\n}\n',
          cannot: null,
        },
      ],
      peers: this.peers.map((peer) => ({
        node: peer,
        name: peer,
        words: [`Every packet from and to ${node} is dropped, by its hardware address and by its address.`],
        text: null,
        cannot: null,
      })),
      couldUndo: [`Whoever is root on ${node} could remove its own rules, so its peers hold it too.`],
      warnings: [],
      stepDownSeconds: 60,
    };
    this.plans.set(id, plan);
    return plan;
  }

  async isolate(order: { plan: string; hash: string }): Promise<Isolation | 'unknown' | 'changed'> {
    this.ordered.push(order.plan);
    const known = this.isolations.get(order.plan);
    if (known !== undefined) return known;
    const plan = this.plans.get(order.plan);
    if (plan === undefined) return 'unknown';
    const nodes = plan.nodes.map(({ node, name }) => this.nodeAt(node, name, this.next));
    return this.#put({
      id: plan.id,
      scope: plan.scope,
      startedAt: this.now().toISOString(),
      endedAt: null,
      isBusy: false,
      sentence: sentenceOf(nodes),
      nodes,
    });
  }

  /** One node as it looks in a state. */
  nodeAt(node: string, name: string, state: IsolatedNode['state']): IsolatedNode {
    const at = this.now().toISOString();
    const reached = state !== 'contained-by-peers' && state !== 'asked';
    const own = (layer: IsolationLayer['layer']): IsolationLayer => ({
      layer,
      node: null,
      name,
      is: state === 'released' ? 'lifted' : reached ? 'holds' : 'sent',
      at: reached ? at : null,
      since: reached ? at : null,
      proof: reached ? `${name} said so over a fresh connection.` : '',
    });
    return {
      node,
      name,
      state,
      message: messageOf(name, state),
      layers: [
        ...this.peers.map(
          (peer): IsolationLayer => ({
            layer: 'peer',
            node: peer,
            name: peer,
            is: state === 'released' ? 'lifted' : state === 'failed' ? 'failed' : 'holds',
            at,
            since: at,
            proof: `${peer} counted a packet of ${name} that it dropped.`,
          }),
        ),
        ...LAYERS.map(own),
      ],
      probes: reached
        ? [
            {
              ...{ from: 'this computer', to: '10.0.0.12 port 9', kind: 'tcp', family: 'ipv4' },
              ...{ expected: 'stopped', outcome: state === 'lying' ? 'open' : 'stopped', at },
            },
          ]
        : [],
      couldUndo: state === 'released' ? [] : [`Whoever is root on ${name} could remove its own rules.`],
      stepsDownAt: state === 'cut' ? new Date(this.now().getTime() + 408_000).toISOString() : null,
      cutAt: reached ? at : null,
      cutMs: reached ? 412 : null,
      confirmedAt: state === 'kept' || state === 'confirmed' ? at : null,
      releasedAt: state === 'released' ? at : null,
      socketsEnded: reached ? 3 : null,
      socketsLeft: reached ? 0 : null,
      tampered: { times: 0, lastAt: null },
      reloaded: { times: 0, lastAt: null, what: '' },
      notTaken: [],
      setUpAnew: false,
      cablePulledAt: null,
      snapshot: null,
    };
  }

  /** Moves an isolation to another state, as nodes and peers would. */
  turn(id: string, state: IsolatedNode['state'], change: Partial<IsolatedNode> = {}): Isolation {
    const known = this.isolations.get(id);
    if (known === undefined) throw new Error(`No isolation ${id}`);
    const nodes = known.nodes.map((node) =>
      inRealWords({ ...this.nodeAt(node.node, node.name, state), ...change }),
    );
    return this.#put({
      ...known,
      endedAt: state === 'released' ? this.now().toISOString() : null,
      sentence: sentenceOf(nodes),
      nodes,
    });
  }

  async confirm({ isolation }: { isolation: string }) {
    const known = this.isolations.get(isolation);
    return known === undefined ? ('unknown' as const) : this.turn(isolation, this.next);
  }

  async release({ isolation, withoutNode }: { isolation: string; withoutNode?: boolean }) {
    const known = this.isolations.get(isolation);
    if (known === undefined) return 'unknown' as const;
    if (this.dead && known.endedAt === null)
      return withoutNode === true
        ? this.turn(isolation, 'released', { setUpAnew: true })
        : this.turn(isolation, 'releasing');
    return known.endedAt === null ? this.turn(isolation, 'released') : ('at-rest' as const);
  }

  async cablePulled({ isolation }: { isolation: string }) {
    const known = this.isolations.get(isolation);
    if (known === undefined) return 'unknown' as const;
    const [first] = known.nodes;
    return this.turn(isolation, first?.state ?? 'failed', { cablePulledAt: this.now().toISOString() });
  }

  async status(id: string): Promise<Isolation | null> {
    return this.isolations.get(id) ?? null;
  }

  async open(): Promise<Isolation[]> {
    return [...this.isolations.values()].filter(({ endedAt }) => endedAt === null);
  }

  onChange(listener: (isolation: Isolation) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async idle(): Promise<void> {}
  async close(): Promise<void> {}

  #put(isolation: Isolation): Isolation {
    this.isolations.set(isolation.id, isolation);
    for (const listener of this.#listeners) listener(isolation);
    return isolation;
  }
}

/** What a person has to read closely is said as the real one says it. */
function inRealWords(node: IsolatedNode): IsolatedNode {
  if (!node.setUpAnew && !['lying', 'releasing'].includes(node.state)) return node;
  const why = node.state === 'releasing' ? `${node.name} does not answer.` : '';
  return { ...node, message: realMessage(node, why, 'node') };
}

function messageOf(name: string, state: IsolatedNode['state']): string {
  if (state === 'kept') return `${name} is shut off, which was confirmed over a fresh connection.`;
  if (state === 'contained-by-peers') return `${name} does not answer. Its peers drop every packet of it.`;
  if (state === 'stepped-down') return `${name} opened SSH to this network again; its egress stays shut.`;
  if (state === 'released') return `${name} is open again.`;
  if (state === 'failed') return `Neither ${name} nor any of its peers could be told.`;
  return `${name} was told to shut itself off.`;
}

function sentenceOf(nodes: readonly IsolatedNode[]): string {
  const [first] = nodes;
  if (first === undefined) return '';
  if (first.setUpAnew || first.state === 'lying' || first.state === 'releasing')
    return realSentence(nodes, 'node');
  if (first.state === 'kept') return `${first.name} is shut off, and that is confirmed.`;
  if (first.state === 'contained-by-peers') return `${first.name} is contained by its peers, not confirmed.`;
  if (first.state === 'cut') return `${first.name} is shut off, not confirmed yet.`;
  return messageOf(first.name, first.state);
}
