import { ConsoleError, type ConsoleService, type Topic } from '#core/console/service.ts';
import { PlanRegistry } from '#core/fixes/plan-registry.ts';
import type { LookState } from '#shared/contract/looks.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { DEFAULT_SETTINGS, type Settings } from '#shared/domain/settings.ts';

type ChangeDelta = Parameters<Parameters<ConsoleService['topics']['changes']['onDelta']>[0]>[0];

/** What the double throws where the real console would have a mistake: nothing of it may reach a caller. */
export const SECRET_MISTAKE = 'open /home/minotaur/.config/mycoswarm/token: hunter2-swarm-token';

/** A change that came to a stop, with something left on the node. */
const STUCK: AppliedChange = {
  id: 'd'.repeat(32),
  purpose: 'fix',
  node: 'miu',
  nodeName: 'miu',
  checks: [],
  title: 'Close the way out',
  state: 'stuck',
  startedAt: '2026-11-21T19:20:00.000Z',
  endedAt: '2026-11-21T19:21:00.000Z',
  revertsAt: null,
  steps: [],
  results: [],
  error: 'It failed.',
  left: [{ step: 0, title: 'Write /etc/b', why: 'It was changed.', undo: 'The file goes.', byHand: null }],
  of: null,
  undoneBy: null,
  undo: { possible: true, reason: '' },
};

/** A topic of which the test says what happens. */
export class HandMadeTopic<S, D> implements Topic<S, D> {
  readonly listeners = new Set<(delta: D) => void>();
  readonly #snapshot: () => S;

  constructor(snapshot: () => S) {
    this.#snapshot = snapshot;
  }

  snapshot(): S {
    return this.#snapshot();
  }

  onDelta(listener: (delta: D) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(delta: D): void {
    for (const listener of this.listeners) listener(delta);
  }
}

/** A double of the console for tests of what is in front of it: keeps nodes in memory and looks at nothing. */
export class InMemoryConsole implements ConsoleService {
  readonly nodesById = new Map<string, SwarmNode>();
  readonly applied: { plan: string; hash: string }[] = [];
  /** Changes that were left as they are. */
  readonly left: string[] = [];
  settingsNow: Settings = DEFAULT_SETTINGS;
  /** Calls of `nodes.rename` that are under way wait for this. */
  held: Promise<void> = Promise.resolve();

  readonly topics = {
    progress: new HandMadeTopic<LookState[], LookState>(() => []),
    changes: new HandMadeTopic<{ at: string }, ChangeDelta>(() => ({ at: '2026-11-21T19:20:00.000Z' })),
    fixes: new HandMadeTopic<AppliedChange[], AppliedChange>(() => []),
  };

  readonly system: ConsoleService['system'] = {
    about: async () => ({
      version: '0.0.0-double',
      shell: 'web',
      platform: 'linux',
      dataFolder: '/nowhere',
      startedAt: '2026-11-21T19:20:00.000Z',
      agentUnderOwnAccount: null,
      runsAsRoot: false,
    }),
  };

  readonly nodes: ConsoleService['nodes'] = {
    list: async () => [...this.nodesById.values()],
    glances: async () => [],
    found: async () => ({ why: null, announced: [], turnedAway: 0 }),
    sshConfig: async () => ({ file: '~/.ssh/config', found: false, hosts: [], leftOut: 0, problems: [] }),
    detectLocal: async () => ({
      possible: true,
      sentence: 'Nothing runs here.',
      version: null,
      port: null,
      running: false,
    }),
    hostKeys: async () => ({ keys: [] }),
    add: async ({ name, address }) => {
      const id = (name ?? 'node').toLowerCase();
      if (this.nodesById.has(id)) {
        throw new ConsoleError('NODE_EXISTS', `There is a node ${id} already.`, {
          next: 'Choose another name.',
        });
      }
      const node: SwarmNode = {
        id,
        name: name ?? id,
        address,
        addedAt: '2026-11-21T19:20:00.000Z',
        lastLookAt: null,
        lastError: null,
      };
      this.nodesById.set(id, node);
      return node;
    },
    rename: async ({ node, name }) => {
      await this.held;
      return { ...this.known(node), name };
    },
    remove: async () => {
      throw Object.assign(new Error(SECRET_MISTAKE), { secret: SECRET_MISTAKE });
    },
    // An answer that the contract does not allow, with something in it that must not get out.
    restore: async () => ({ mistake: SECRET_MISTAKE }) as unknown as SwarmNode,
    profile: async () => ({ detected: null, corrections: [], effective: null, observedAt: null }),
    correctProfile: async ({ corrections }) => ({ corrections }),
  };

  readonly looks: ConsoleService['looks'] = {
    start: async () => ({ looks: [] }),
    cancel: async () => ({ cancelled: false }),
  };

  readonly findings: ConsoleService['findings'] = {
    overview: async () => {
      throw new ConsoleError('NODE_UNKNOWN', 'No node is called \u001b[31mred\u202e.');
    },
    list: async () => [],
    get: async ({ node }) => {
      throw new ConsoleError('NODE_UNKNOWN', `There is no node ${node}.`);
    },
    history: async () => ({ days: [], changes: [] }),
    export: async () => ({ fileName: 'report.json', mediaType: 'application/json', text: '{}' }),
  };

  readonly decisions: ConsoleService['decisions'] = {
    waivers: async () => [],
    waive: unsupported,
    withdraw: unsupported,
    declarations: async () => [],
    declare: unsupported,
    undeclare: async () => ({ removed: false }),
  };

  readonly settings: ConsoleService['settings'] = {
    get: async () => this.settingsNow,
    set: async (settings) => {
      this.settingsNow = settings;
      return settings;
    },
  };

  readonly setup: ConsoleService['setup'] = {
    get: async () => null,
    save: async (progress) => progress,
  };

  readonly plans: ConsoleService['plans'] = {
    apply: async ({ plan: { id, hash } }) => {
      this.applied.push({ plan: id, hash });
      return { change: `change-${this.applied.length}` };
    },
  };

  readonly activity: ConsoleService['activity'] = {
    state: unsupported,
    list: async () => ({ entries: [], next: null, size: 0 }),
    nodes: async () => [],
    proof: unsupported,
    checkpoint: unsupported,
    verify: unsupported,
    checkAgainst: unsupported,
    replaceKey: unsupported,
    backingUp: unsupported,
  };

  readonly dependencies: ConsoleService['dependencies'] = {
    data: unsupported,
    audit: async () => null,
    advisory: async () => null,
    import: unsupported,
    takenBeside: unsupported,
    update: unsupported,
    progress: async () => '',
    cancel: async () => ({ cancelled: false }),
    ignores: async () => [],
    ignore: unsupported,
    withdrawIgnore: unsupported,
    ways: async () => null,
    fetching: unsupported,
    direct: async () => [],
    describe: unsupported,
    export: unsupported,
    ownBill: async () => null,
    verify: unsupported,
    verification: unsupported,
    cancelVerification: unsupported,
    beforeInstall: unsupported,
    environments: async () => [],
    lock: unsupported,
  };

  readonly planRegistry = new PlanRegistry();

  readonly fixes: ConsoleService['fixes'] = {
    available: unsupported,
    plan: unsupported,
    planUndo: unsupported,
    planRedo: unsupported,
    planAllow: unsupported,
    planRemove: unsupported,
    list: async () => ({ changes: [], more: false }),
    get: async ({ change }) => ({ ...STUCK, id: change }),
    keep: unsupported,
    revert: unsupported,
    cancel: unsupported,
    leave: async ({ change }) => {
      this.left.push(change);
      return { ...STUCK, id: change, state: 'rolled-back' };
    },
  };

  async close(): Promise<void> {}

  known(id: string): SwarmNode {
    const node = this.nodesById.get(id);
    if (node === undefined) throw new ConsoleError('NODE_UNKNOWN', `There is no node ${id}.`);
    return node;
  }
}

async function unsupported(): Promise<never> {
  throw new ConsoleError('NOT_SUPPORTED_HERE', 'The double does not do this.');
}
