import type { FenceState, IsolateAct, OwnIsolation, WireIdentity } from '#shared/domain/helper/isolate.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { IsolationLine, LineReply } from '../isolation-line.ts';

type Manner = 'obeys' | 'looks-slowly' | 'hangs' | 'lies' | 'refuses' | 'drops-nothing';

/** Nodes that do what the helper does, in memory, or do not. */
export class FakeSwarm {
  readonly #names: string[];
  readonly #own = new Map<string, OwnIsolation>();
  readonly #fences = new Map<string, Map<string, FenceState>>();
  readonly #runs = new Set<string>();
  readonly manners = new Map<string, Manner>();
  readonly claims = new Map<string, WireIdentity>();
  /** What a node says of its own isolation, whatever is true. */
  readonly says = new Map<string, Partial<OwnIsolation>>();
  /** What a peer says of its fences, whatever is true. */
  readonly fenceSays = new Map<string, Partial<FenceState>>();
  /** Orders to drop somebody, in their order. */
  readonly orders: ({ peer: string } & Extract<IsolateAct, { act: 'fence' }>)[] = [];
  /** What was done, in its order. */
  readonly log: string[] = [];

  constructor(nodes: readonly SwarmNode[]) {
    this.#names = nodes.map(({ name }) => name);
  }

  /** @param alive throws when the console that has this line was killed */
  line({ name }: SwarmNode, fresh: boolean, alive: () => void): IsolationLine {
    return {
      ask: async (act, timeoutMs) => {
        alive();
        await Promise.resolve();
        const manner = this.manners.get(name);
        if (manner === 'hangs' || (manner === 'looks-slowly' && act.act === 'look')) {
          await new Promise((resolve) => setTimeout(resolve, timeoutMs));
          return { how: 'silent', why: `${name} did not answer in time.` };
        }
        return this.#answer(name, act, fresh);
      },
      close: async () => undefined,
    };
  }

  holding() {
    const fences = [...this.#fences].filter(([, all]) => all.size > 0).map(([name]) => name);
    return { own: [...this.#own.keys()], fences: fences.sort() };
  }

  runs = (): ReadonlySet<string> => this.#runs;
  fencesAt = (name: string): FenceState[] => [...(this.#fences.get(name)?.values() ?? [])];

  stepDown(name: string): void {
    this.#change(name, { is: 'stepped-down', leftSeconds: null, lanPorts: [22] });
  }

  /** Root on the node takes something away, and ends what would bring it back. */
  takeAway(name: string, fields: Partial<OwnIsolation> | null): void {
    if (fields === null) this.#own.delete(name);
    else this.#change(name, fields);
  }

  ownAt = (name: string): OwnIsolation | null => this.#own.get(name) ?? null;

  tamper(name: string): void {
    this.#change(name, { tampered: { times: 1, lastAt: '2026-01-01T00:00:00.000Z' } });
  }

  #change(name: string, fields: Partial<OwnIsolation>): OwnIsolation {
    const own = this.#own.get(name);
    if (own === undefined) throw new Error(`${name} is not isolated`);
    const next = { ...own, ...fields };
    this.#own.set(name, next);
    return next;
  }

  #identity(name: string): WireIdentity {
    const number = this.#names.indexOf(name) + 1;
    return this.claims.get(name) ?? { macs: [`02:00:00:00:00:0${number}`], addresses: [`10.0.0.${number}`] };
  }

  #answer(name: string, act: IsolateAct, fresh: boolean): LineReply {
    const manner = this.manners.get(name) ?? 'obeys';
    const no = (refusal: string, why: string): LineReply => ({ how: 'refused', refusal, why });
    if (act.act === 'look') return { how: 'answered', answer: this.#look(name) };
    if (manner === 'refuses') return no('program-failed', 'nft did not take the rules.');
    this.log.push(`${name} ${act.act}`);
    const own = this.#own.get(name);
    switch (act.act) {
      case 'cut': {
        if (own !== undefined && own.isolation !== act.isolation)
          return no('busy', 'Isolated by another order.');
        this.#runs.add(act.isolation);
        const isolation = manner === 'lies' ? 'f'.repeat(32) : act.isolation;
        const next: OwnIsolation =
          own?.is === 'confirmed'
            ? { ...own, rules: 'as-loaded', egress: 'as-loaded', keeper: true }
            : { ...FRESH, isolation, leftSeconds: act.seconds };
        if (manner !== 'lies') this.#own.set(name, next);
        return {
          how: 'answered',
          answer: {
            answer: 'isolation-cut',
            identity: this.#identity(name),
            own: next,
            already: own?.is === 'confirmed',
            cutMs: 5,
            answerMs: 6,
          },
        };
      }
      case 'settle':
        return {
          how: 'answered',
          answer: {
            answer: 'isolation-settled',
            pinned: [],
            notPinned: [],
            snapshot: null,
            ended: 3,
            left: 0,
            leftWhy: '',
          },
        };
      case 'confirm':
        if (!fresh) return no('bad-request', 'Only a fresh connection proves it.');
        if (own?.is === 'stepped-down') return no('too-late', 'The time was up.');
        return {
          how: 'answered',
          answer: {
            answer: 'isolation-own',
            own: this.#change(name, {
              is: 'confirmed',
              boot: true,
              leftSeconds: null,
              ...this.says.get(name),
            }),
          },
        };
      case 'prove':
        if (own === undefined) return no('unknown-change', 'Not isolated.');
        return { how: 'answered', answer: { answer: 'isolation-proved', own, tried: [] } };
      case 'release':
        this.#own.delete(name);
        return { how: 'answered', answer: { answer: 'isolation-own', own: null } };
      case 'fence': {
        const target = manner === 'drops-nothing' ? { macs: [], addresses: [] } : act.target;
        const fence: FenceState = {
          ...FENCED,
          isolation: act.isolation,
          target,
          ...this.fenceSays.get(name),
        };
        this.orders.push({ peer: name, ...act });
        const all = this.#fences.get(name) ?? new Map<string, FenceState>();
        this.#fences.set(name, all.set(act.isolation, fence));
        return { how: 'answered', answer: { answer: 'isolation-fence', fence } };
      }
      case 'lift':
        this.#fences.get(name)?.delete(act.isolation);
        return { how: 'answered', answer: { answer: 'isolation-fence', fence: null } };
    }
  }

  #look(name: string) {
    return {
      answer: 'isolation-seen' as const,
      own: this.#own.get(name) ?? null,
      fences: this.fencesAt(name),
      interfaces: ['eth0'],
      accounts: [],
      ports: [],
      identity: this.#identity(name),
      neighbours: [],
      way: { console: '10.0.0.99', node: this.#identity(name).addresses[0] ?? '', port: 22 },
      tunnel: false,
      nft: true,
      systemd: true,
      otherFirewalls: [],
    };
  }
}

const FRESH: Omit<OwnIsolation, 'isolation'> = {
  scope: 'node',
  is: 'cut',
  rules: 'as-loaded',
  egress: 'as-loaded',
  egressWhy: '',
  keeper: true,
  boot: false,
  cutAt: null,
  leftSeconds: 60,
  ways: [],
  lanPorts: [],
  tampered: { times: 0, lastAt: null },
  durable: true,
  rebuilt: false,
  dropped: 0,
  text: '0'.repeat(64),
};

const FENCED: Omit<FenceState, 'isolation' | 'target'> = {
  rules: 'as-loaded',
  egress: 'as-loaded',
  keeper: true,
  boot: true,
  leftOut: [],
  covers: { address: true, mac: true },
  tampered: { times: 0, lastAt: null },
  durable: true,
  rebuilt: false,
  dropped: 0,
};
