import { z } from 'zod';
import { instant, listOf, shortText, shownMessage, shownName } from '../bounds.ts';
import { changeId, sha256 } from '../helper/targets.ts';
import { nodeId } from '../node.ts';

/** Most nodes that one isolation has, and most peers that fence them off. */
export const MOST_ISOLATED = 64;
export const MOST_PEERS = 256;
/** Seconds after which a node that nobody confirmed steps down to SSH from the LAN by itself; its own clock counts them. */
export const STEP_DOWN_SECONDS = 60;

/**
 * What is cut. `agent`: only the accounts of mycoSwarm and what they can become; SSH and the rest of the node go on. `node`: everything
 * but loopback, the console's own SSH, ARP and neighbour discovery.
 */
export const isolationScope = z.enum(['agent', 'node']);
export type IsolationScope = z.infer<typeof isolationScope>;

/** Names an isolation: chosen by the console, and the same after a restart of it. */
export const isolationId = changeId;

/** How far the isolation of one node is. Every state but `released` and `failed` means that something holds the node. */
export const isolationState = z.enum([
  /** Written down and sent; nobody has answered yet. */
  'asked',
  /** The node's own timer runs; its rules are not known to be in force yet. */
  'armed',
  /** The kernel of the node has the rules. Not confirmed: its timer runs (`stepsDownAt`). */
  'cut',
  /** Confirmed over a fresh connection: no timer any more. It is not known to survive a reboot yet. */
  'confirmed',
  /** Confirmed, and brought back by itself at every start of the node. The end of the way in. */
  'kept',
  /** Nobody confirmed in time: SSH from the LAN is open again on the node, its egress stays shut. Isolate again to close it. */
  'stepped-down',
  /** The node does not answer; at least one peer proved that it drops the node. */
  'contained-by-peers',
  /** The node says that it is cut off, and a packet from outside got through: nothing that it says counts any more. Its peers hold it, or nobody. */
  'lying',
  /** A release is under way: the node first, its peers last. */
  'releasing',
  /** Nothing of it is in force any more. */
  'released',
  /** Neither the node nor any peer holds it; `message` says why. */
  'failed',
]);
export type IsolationState = z.infer<typeof isolationState>;

/** The layers, in the order in which they are put up; released the other way round, peers last. */
export const isolationLayerName = z.enum([
  /** One for each peer that drops the node; `node` says which. */
  'peer',
  /** The process on the node that steps down when nobody confirms, and brings rules back that others flush. */
  'timer',
  /** Table inet: input, output and forward. */
  'rules',
  /** Table netdev: the egress hook of each interface, which raw packets meet too. */
  'egress',
  /** Addresses and routes that no lease takes away any more. */
  'addresses',
  /** Sockets, processes, neighbours and rules as they were right after the cut. */
  'snapshot',
  /** Connections that were open are ended. */
  'sockets',
  /** The unit that brings rules back before the network at every start. */
  'boot',
]);
export type IsolationLayerName = z.infer<typeof isolationLayerName>;

/** One layer of the isolation of a node, and what is known of it. */
export const isolationLayer = z.object({
  layer: isolationLayerName,
  /** The peer of a layer `peer`; null for the node's own layers. */
  node: nodeId.nullable(),
  /** Name of that peer, or of the isolated node. */
  name: shownName,
  /**
   * `waiting`: not begun, or the peer is away and gets it when it is back. `sent`: asked, no answer. `holds`: proven, see `proof`. `partly`: proven in part,
   * `proof` says what is missing. `failed`: refused. `lifted`: taken away again. `not-needed`: this scope or machine has no use for it.
   */
  is: z.enum(['waiting', 'sent', 'holds', 'partly', 'failed', 'lifted', 'not-needed']),
  /** When `is` was last found so, by the console's clock. */
  at: instant.nullable(),
  /** Since when it was found so at every look. */
  since: instant.nullable().default(null),
  /** One sentence for people: what was seen that proves it, or why it does not hold. Empty while waiting. */
  proof: shownMessage(1_024),
});
export type IsolationLayer = z.infer<typeof isolationLayer>;

/** One try to get a packet through, and what became of it. */
export const isolationProbe = z.object({
  /** `this computer`, or the name of the node that tried. */
  from: shownName,
  /** To what: `10.0.0.12 port 7890`. */
  to: shortText,
  kind: z.enum(['tcp', 'udp', 'dns', 'mdns', 'ssh']),
  family: z.enum(['ipv4', 'ipv6']),
  /** What it should be: only the console's own SSH is expected to be `open`. */
  expected: z.enum(['stopped', 'open']),
  /** `unknown`: neither an answer nor a count of the rules tells. */
  outcome: z.enum(['stopped', 'open', 'unknown']),
  at: instant,
});
export type IsolationProbe = z.infer<typeof isolationProbe>;

/** The isolation of one node. */
export const isolatedNode = z.object({
  node: nodeId,
  name: shownName,
  state: isolationState,
  /** One sentence: what is true of this node now, and if something is in the way, what to do. */
  message: shownMessage(1_024),
  layers: listOf(isolationLayer, MOST_PEERS + 8),
  probes: listOf(isolationProbe, 64),
  /** What root on the node could still undo, one sentence each; empty once it is released. */
  couldUndo: listOf(shownMessage(512), 16),
  /** When the node opens SSH to the LAN by itself, by the console's clock; null once confirmed. */
  stepsDownAt: instant.nullable(),
  /** First answer that its kernel has the rules; null: none came. */
  cutAt: instant.nullable(),
  /** Milliseconds from the order to the node's own note that its kernel took the rules; null: not known. */
  cutMs: z.number().min(0).nullable(),
  confirmedAt: instant.nullable(),
  releasedAt: instant.nullable(),
  /** Open connections of the node that were ended, and that could not be. */
  socketsEnded: z.int().min(0).nullable(),
  socketsLeft: z.int().min(0).nullable(),
  /** Rules that somebody else on the node took away and the node brought back, by its own word: how often, and when last. */
  tampered: z.object({ times: z.int().min(0), lastAt: instant.nullable() }),
  /** How often this console found that something had been taken away and loaded it again, when last, and what it was. */
  reloaded: z
    .object({ times: z.int().min(0), lastAt: instant.nullable(), what: shownMessage(512) })
    .default({ times: 0, lastAt: null, what: '' }),
  /** Addresses that it says are its own and that no peer was told to drop, one sentence each. */
  notTaken: listOf(shownMessage(256), 64).default([]),
  /** It was let go without an answer of its own: it may still be what it was, and has to be set up anew before it rejoins. */
  setUpAnew: z.boolean().default(false),
  /** A person said that its cable is out. The console cannot see that. */
  cablePulledAt: instant.nullable(),
  /** SHA-256 of the snapshot taken right after the cut; null: none. */
  snapshot: sha256.nullable(),
});
export type IsolatedNode = z.infer<typeof isolatedNode>;

/** One isolation with all of its nodes, as pages and the runbook read it. */
export const isolation = z.object({
  id: isolationId,
  scope: isolationScope,
  startedAt: instant,
  /** When nothing of it was in force any more; null while it holds. */
  endedAt: instant.nullable(),
  /** The console does something about it just now. */
  isBusy: z.boolean(),
  /** One sentence for the top of a page: `naru is contained by its peers, not confirmed.` */
  sentence: shownMessage(512),
  nodes: listOf(isolatedNode, MOST_ISOLATED),
});
export type Isolation = z.infer<typeof isolation>;

/** What will be loaded on one machine. */
const plannedRules = z.object({
  node: nodeId,
  name: shownName,
  /** What happens there, in sentences in their order. */
  words: listOf(shownMessage(512), 32),
  /** The exact text that nft(8) is given there; null where the machine has not answered, so that it is not known yet. */
  text: z.string().max(262_144).nullable(),
  /** Why this machine cannot do it; null when it can. Never keeps the others from going on. */
  cannot: shownMessage(1_024).nullable(),
});

/** An isolation as data, shown before it is ordered. Its hash covers everything but the hash. */
export const isolationPlan = z.object({
  id: isolationId,
  hash: sha256,
  scope: isolationScope,
  /** One sentence: `Isolate naru from everything but this console`. */
  title: shownMessage(512),
  madeAt: instant,
  nodes: listOf(plannedRules, MOST_ISOLATED).min(1),
  peers: listOf(plannedRules, MOST_PEERS),
  couldUndo: listOf(shownMessage(512), 16),
  /** What to know before: `This console reaches naru by a tunnel, which will be cut.` */
  warnings: listOf(shownMessage(512), 32),
  /** Seconds until an unconfirmed node steps down. */
  stepDownSeconds: z.int().min(1).max(3_600),
});
export type IsolationPlan = z.infer<typeof isolationPlan>;

/** What a page or the runbook may say to it; each names nodes of the isolation, or all of them when it names none. */
export interface IsolationOrder {
  isolation: string;
  nodes?: readonly string[];
}

/** Why an order was not taken; nothing was changed then. */
export type IsolationRefusal =
  /** There is no such plan or isolation. */
  | 'unknown'
  /** The plan is not the one that was shown. */
  | 'changed'
  /** Another isolation that is not released holds one of these nodes. It is named by `status`. */
  | 'busy'
  /** It was released already. */
  | 'at-rest';

/**
 * What the runbook, pages and commands call; `#core/incidents/isolation` makes it. Nothing here throws for what nodes do: they are in the
 * state. Consent outside the renderer is taken by the caller before `isolate` and `release`.
 */
export interface Isolating {
  /** Asks the nodes (two seconds at most; those that do not answer are planned for all the same) and says what would be done. */
  plan(wish: { nodes: readonly string[]; scope: IsolationScope }): Promise<IsolationPlan | 'unknown'>;
  /**
   * Orders a plan. Written down before anything is sent. Ordering the same plan twice joins the first one. Resolves when it is written
   * down and every node and peer was told; `status` and `onChange` say what became of it. Confirming over a fresh connection, keeping it over
   * a reboot and probes follow by themselves unless `confirm` is `by-hand`.
   */
  isolate(order: {
    plan: string;
    hash: string;
    confirm?: 'by-itself' | 'by-hand';
  }): Promise<Isolation | IsolationRefusal>;
  /** Confirms over a fresh connection and keeps it over a reboot; for nodes that stepped down or came back, cuts again first. */
  confirm(order: IsolationOrder): Promise<Isolation | IsolationRefusal>;
  /**
   * Takes it back: the node's own layers first, and its peers only when the node is known to be open again. `withoutNode`: a person lets it go without
   * an answer of the node, and without peers that do not answer; those are told when they are back. Once said, it stays said for this isolation.
   */
  release(order: IsolationOrder & { withoutNode?: boolean }): Promise<Isolation | IsolationRefusal>;
  /** A person pulled the cable of a node. */
  cablePulled(order: IsolationOrder): Promise<Isolation | IsolationRefusal>;
  /** @returns one as it is known, or asked anew when `look` is true; null: there is none */
  status(id: string, look?: boolean): Promise<Isolation | null>;
  /** @returns all that are not at an end, newest first */
  open(): Promise<Isolation[]>;
  /** Calls for every change, with the whole isolation. @returns how to stop that */
  onChange(listener: (isolation: Isolation) => void): () => void;
  /** Settles when nothing is under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}
