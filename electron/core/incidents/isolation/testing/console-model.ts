import { systemClock } from '#core/console/clock.ts';
import type { StoredIsolation } from '#core/store/operations/isolations.ts';
import type { IsolatedNode, Isolation, IsolationScope } from '#shared/domain/incident/isolation.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { IsolationDesk } from '../isolation-desk.ts';
import type { IsolationParts } from '../parts.ts';
import type { ConsolePlace } from '../who-is-it.ts';
import { FakeSwarm } from './fake-swarm.ts';

export const NODES: SwarmNode[] = ['naru', 'miu', 'boa'].map((name, index) => ({
  id: name,
  name,
  address: { kind: 'ssh', host: `10.0.0.${index + 1}`, port: 22 },
  addedAt: '2026-01-01T00:00:00.000Z',
  lastLookAt: null,
  lastError: null,
}));

export const PLACE: ConsolePlace = {
  own: { macs: ['02:00:00:00:00:99'], addresses: ['10.0.0.99'] },
  gateways: ['10.0.0.254'],
  nameservers: [],
  neighbours: [],
};

/** What a killed console gets from everything that it still asks. */
class Dead extends Error {}

/** Records on a disk and nodes in a network, both in memory: consoles come and die around them. */
export class ConsoleModel {
  swarm = new FakeSwarm(NODES);
  readonly records = new Map<string, string>();
  /** As the process that was killed would have been: whoever belongs to an earlier life is not heard any more. */
  life = 0;
  /** Writes of the journal so far, and the one before or after which the console dies; 0: none. */
  writes = 0;
  killAtWrite = 0;
  killBefore = false;
  isFull: boolean | 'after the order' = false;
  list: SwarmNode[] = NODES;
  readonly keys = new Map<string, string[]>();
  /** What a try from the console's computer gives. */
  knock: (address: string, port: number) => 'open' | 'refused' | 'stopped' = () => 'stopped';
  /** What was told about rules that were taken away. */
  readonly told: string[] = [];
  scope: IsolationScope = 'node';

  readonly open = (): StoredIsolation[] => this.#read().filter(({ endedAt }) => endedAt === null);
  readonly #read = (): StoredIsolation[] => [...this.records.values()].map((body) => JSON.parse(body));

  /** @param killAt the point at which it dies: nothing that it does afterwards has any effect, as nothing of a killed process has */
  console(killAt: string | null = null, more: Partial<IsolationParts> = {}): IsolationDesk {
    this.life += 1;
    const mine = this.life;
    const alive = () => {
      if (mine !== this.life) throw new Dead();
    };
    const read = this.#read;
    const open = this.open;
    const { records } = this;
    const model = this;
    return new IsolationDesk({
      store: {
        async beginIsolation({ isolation }) {
          alive();
          if (model.isFull === true) throw new Error('The disk is full.');
          if (records.has(isolation.id)) return 'known';
          const held = open().flatMap(({ nodes }) => nodes.filter(({ shown }) => shown.state !== 'released'));
          if (held.some(({ shown }) => isolation.nodes.some((one) => one.shown.node === shown.node)))
            return 'busy';
          records.set(isolation.id, JSON.stringify(isolation));
          return 'begun';
        },
        async writeIsolation({ isolation }) {
          model.writes += 1;
          const isLast = mine === model.life && model.writes === model.killAtWrite;
          if (isLast && model.killBefore) model.life += 1;
          alive();
          if (model.isFull !== false) throw new Error('The disk is full.');
          records.set(isolation.id, JSON.stringify(isolation));
          if (isLast) model.life += 1;
          alive();
        },
        isolation: async ({ id }) => read().find((one) => one.id === id) ?? null,
        openIsolations: async () => open(),
        keepIsolationSnapshot: async () => alive(),
      },
      clock: systemClock,
      nodes: async () => model.list,
      about: async () => ({ uids: [1990], apiPort: 7890, identity: { macs: [], addresses: [] } }),
      addressOf: async ({ address }) => (address.kind === 'ssh' ? address.host : null),
      keysOf: async ({ id }) => model.keys.get(id) ?? [`key of ${id}`],
      place: async () => PLACE,
      open: (node, fresh) => model.swarm.line(node, fresh, alive),
      knock: async (address, port) => model.knock(address, port),
      tampered: ({ name, what }) => void model.told.push(`${name}: ${what}`),
      limits: { lookMs: 100, askMs: 100, settleMs: 100, answerMs: 1_000, tendMs: 3_600_000 },
      fault: (point) => {
        alive();
        if (point === killAt) model.life += 1;
        alive();
      },
      ...more,
    });
  }

  /** Plans, orders and waits until nothing is under way. */
  async hold(desk: IsolationDesk, nodes = ['naru'], byHand = false): Promise<Isolation | string> {
    const plan = await desk.plan({ nodes, scope: this.scope });
    if (plan === 'unknown') return plan;
    const confirm = byHand ? 'by-hand' : 'by-itself';
    const ordered = await desk.isolate({ plan: plan.id, hash: plan.hash, confirm });
    await desk.idle();
    return (await desk.status(plan.id)) ?? ordered;
  }
}

/** @returns the first node of an isolation */
export function nodeOf(isolation: Isolation | string | undefined | null): IsolatedNode | undefined {
  if (typeof isolation !== 'object' || isolation === null) throw new Error(`No isolation: ${isolation}`);
  return isolation.nodes[0];
}
