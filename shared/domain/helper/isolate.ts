import { z } from 'zod';
import { instant, listOf, shortText } from '../bounds.ts';
import { isolationScope } from '../incident/isolation.ts';
import { accountRange } from './secret.ts';
import { changeId, HELPER_PROTOCOL, interfaceName, numericId, sha256 } from './targets.ts';

const address = z.union([z.ipv4(), z.ipv6()]);
const port = z.int().min(1).max(65_535);
/** A hardware address of one machine: no group address (IEEE 802, lowest bit of the first byte), not all zeros. */
export const macAddress = z
  .string()
  .regex(/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/)
  .refine((mac) => mac !== '00:00:00:00:00:00');

/** An SSH connection as a node sees it. */
export const sshWay = z.strictObject({ console: address, node: address, port });

/** Who a node is on the wire: what its peers drop. */
export const wireIdentity = z.strictObject({
  macs: z.array(macAddress).max(64),
  addresses: z.array(address).max(64),
});
export type WireIdentity = z.infer<typeof wireIdentity>;

/** How many addresses of one node its peers drop at most. */
export const MOST_FENCED = 8;

const isolation = changeId;

/**
 * What the helper does to isolate its own node, or to drop another one. `isolation` names one node's isolation, the same on it and on its
 * peers. Each may be asked again and does nothing twice; none waits for a change that is under way.
 */
export const isolateAct = z.discriminatedUnion('act', [
  /** How it stands; changes nothing. `about` are addresses of another node whose hardware address this one may know. */
  z.strictObject({
    act: z.literal('look'),
    about: z.array(address).max(64),
    /** Accounts of mycoSwarm, to hear what these can become and where they listen. */
    uids: z.array(numericId.min(1)).max(64).default([]),
  }),
  /**
   * Arms the timer, then loads the rules. Unless `confirm` comes within `seconds`, the node steps down by itself. Refuses `busy` while another
   * isolation holds it.
   */
  z.strictObject({
    act: z.literal('cut'),
    isolation,
    scope: isolationScope,
    /** Accounts of mycoSwarm; what these can become is added. Needed for scope `agent`. */
    uids: z.array(numericId.min(1)).max(64),
    /** The port of SSH by which the console reaches this node; null: the console runs on it. */
    sshPort: port.nullable(),
    seconds: z.int().min(3).max(3_600),
  }),
  /** After the cut: pins addresses and routes, takes the snapshot (10 s at most), then ends open connections. */
  z.strictObject({ act: z.literal('settle'), isolation }),
  /** Ends the timer and keeps the isolation over a reboot. Refused over the connection that ordered the cut. */
  z.strictObject({ act: z.literal('confirm'), isolation }),
  /** Tries to get out, and says what became of it. Changes nothing. */
  z.strictObject({
    act: z.literal('prove'),
    isolation,
    tries: z.array(z.strictObject({ address, port })).max(16),
  }),
  /** Takes all of it away on this node: unit, timer, rules. */
  z.strictObject({ act: z.literal('release'), isolation }),
  /**
   * Drops another node, from now on and after every start. `proven` are the addresses at which the console itself reaches that node; nothing else
   * about it is certain. What `target` claims besides is dropped only where this machine's own neighbour table has it with the hardware address of a
   * proven one, and `spares` (addresses of other nodes) beat such claims, never what is proven. Loopback, broadcast, multicast, this machine, its
   * gateways and name servers and who asks are never dropped. What an earlier request let it drop stays. Refuses `bad-request` when nothing is left.
   */
  z.strictObject({
    act: z.literal('fence'),
    isolation,
    scope: isolationScope,
    target: wireIdentity,
    proven: z.array(address).max(MOST_FENCED).default([]),
    spares: wireIdentity,
    port,
  }),
  /** Takes one fence away. */
  z.strictObject({ act: z.literal('lift'), isolation }),
]);
export type IsolateAct = z.infer<typeof isolateAct>;

/** One act of an isolation. Waits for no change that is under way. */
export const isolateRequest = z.strictObject({
  version: z.literal(HELPER_PROTOCOL),
  ask: z.literal('isolate'),
  what: isolateAct,
});

/** A table as the kernel lists it now, compared with what was loaded. */
export const tableState = z.enum(['as-loaded', 'other', 'missing', 'impossible']);

/** How the isolation of a node stands by its own record and its kernel; instants in its own clock. */
export const ownIsolation = z.object({
  isolation,
  scope: isolationScope,
  is: z.enum(['armed', 'cut', 'confirmed', 'stepped-down']),
  rules: tableState,
  egress: tableState,
  /** Why there is no egress hook, or only on some interfaces; empty when all have it. */
  egressWhy: z.string().max(512),
  /** The process that counts down and brings rules back is there. */
  keeper: z.boolean(),
  /** A unit brings it back at the next start. */
  boot: z.boolean(),
  cutAt: instant.nullable(),
  /** Seconds until it steps down; null when nothing is counted. */
  leftSeconds: z.number().nullable(),
  /** SSH that passes: this way only, or from the whole LAN. */
  ways: listOf(sshWay, 4),
  lanPorts: listOf(port, 8),
  tampered: z.object({ times: z.int().min(0), lastAt: instant.nullable() }),
  /** Its record is on the disk; false: in memory only, because the disk takes nothing, so that it would not survive a restart. */
  durable: z.boolean().default(true),
  /** Its record was damaged and made anew from what the kernel holds: whose order it was is not known, so any order may take it over. */
  rebuilt: z.boolean().default(false),
  /** Packets that the rules dropped since they were loaded last. */
  dropped: z.int().min(0),
  /** SHA-256 of the text that was loaded. */
  text: sha256,
});
export type OwnIsolation = z.infer<typeof ownIsolation>;

/** How one fence stands on a peer. */
export const fenceState = z.object({
  isolation,
  rules: tableState,
  egress: tableState,
  keeper: z.boolean(),
  boot: z.boolean(),
  /** What is dropped, and what was asked for and left out with its reason. */
  target: z.object({ macs: listOf(macAddress, 64), addresses: listOf(address, 64) }),
  leftOut: listOf(z.string().max(256), 128),
  /**
   * Whether a proven address is dropped, and a hardware address that the neighbour table has for one. Where either is not, a node may still get
   * through by the other: that fence holds partly. A helper that does not say holds nothing.
   */
  covers: z.object({ address: z.boolean(), mac: z.boolean() }).default({ address: false, mac: false }),
  tampered: z.object({ times: z.int().min(0), lastAt: instant.nullable() }),
  /** As for the isolation of a node itself. */
  durable: z.boolean().default(true),
  rebuilt: z.boolean().default(false),
  dropped: z.int().min(0),
});
export type FenceState = z.infer<typeof fenceState>;

/** Answers to {@link isolateAct}. */
export const isolateAnswers = [
  z.object({
    answer: z.literal('isolation-seen'),
    own: ownIsolation.nullable(),
    fences: listOf(fenceState, 64),
    interfaces: listOf(interfaceName, 64),
    accounts: listOf(accountRange, 64),
    ports: listOf(port, 64),
    /** Who this machine is on the wire. */
    identity: z.object({ macs: listOf(macAddress, 64), addresses: listOf(address, 64) }),
    /** Hardware addresses that its neighbour table has for the addresses asked about. */
    neighbours: listOf(z.object({ address, mac: macAddress }), 64),
    /** The SSH connection over which this was asked. */
    way: sshWay.nullable(),
    /** The interface of that connection has no hardware address: a tunnel. */
    tunnel: z.boolean(),
    nft: z.boolean(),
    systemd: z.boolean(),
    /** Names of other programs' tables and firewalls that are there. */
    otherFirewalls: listOf(shortText, 64),
  }),
  z.object({
    answer: z.literal('isolation-cut'),
    own: ownIsolation,
    /** Who this machine is on the wire. */
    identity: z.object({ macs: listOf(macAddress, 64), addresses: listOf(address, 64) }),
    already: z.boolean(),
    /** Milliseconds from the start of the helper to the kernel's yes, and to this answer. */
    cutMs: z.number().min(0),
    answerMs: z.number().min(0),
  }),
  z.object({
    answer: z.literal('isolation-settled'),
    /** Addresses and routes that were pinned, as text; and what could not be, with the reason. */
    pinned: listOf(z.string().max(256), 64),
    notPinned: listOf(z.string().max(256), 64),
    snapshot: z
      .object({
        at: instant,
        tookMs: z.number().min(0),
        sha256,
        /** Each part cut at 128 KiB. */
        parts: listOf(z.object({ name: shortText, text: z.string().max(131_072), cut: z.boolean() }), 8),
      })
      .nullable(),
    ended: z.int().min(0),
    /** At least one where they could not be listed. */
    left: z.int().min(0),
    /** Why connections are left, or may be; empty when none is. */
    leftWhy: z.string().max(512),
  }),
  z.object({ answer: z.literal('isolation-own'), own: ownIsolation.nullable() }),
  z.object({
    answer: z.literal('isolation-proved'),
    own: ownIsolation,
    tried: listOf(
      z.object({
        to: shortText,
        kind: z.enum(['tcp', 'udp', 'dns', 'mdns']),
        family: z.enum(['ipv4', 'ipv6']),
        outcome: z.enum(['open', 'stopped', 'unknown']),
      }),
      64,
    ),
  }),
  z.object({ answer: z.literal('isolation-fence'), fence: fenceState.nullable() }),
] as const;
