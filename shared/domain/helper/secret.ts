import { z } from 'zod';
import { instant, listOf } from '../bounds.ts';
import { changeId, HELPER_PROTOCOL, numericId, sha256, targetPath, unitName } from './targets.ts';

/** A swarm secret as mycoSwarm writes it: 256 bits in hex. It goes over standard input only, and is in no answer. */
export const swarmToken = z.string().regex(/^[0-9a-f]{64}$/);

/** 256 random bits of the console, for one comparison. */
export const secretNonce = sha256;

const address = z.union([z.ipv4(), z.ipv6()]);
const port = z.int().min(1).max(65_535);

/** One number of an account or a range of them, as nft(8) reads it. */
export const accountRange = z.string().regex(/^\d{1,10}(-\d{1,10})?$/);

/**
 * What the helper does with a swarm secret. Each may be asked again and does nothing twice. All but `look` need the lease of the rotation on
 * this node, and refuse `busy` while another one has it.
 */
export const secretAct = z.discriminatedUnion('act', [
  /** How it stands: never the secret, only HMAC-SHA-256 of it under the nonce. */
  z.strictObject({ act: z.literal('look'), path: targetPath, port, nonce: secretNonce }),
  /**
   * Lets accounts open TCP connections to these addresses only. `all`: to nobody else at all, while a secret changes. `swarm`: the API's
   * port on nobody else, and nothing on `shuts`. Replaces the fence that is there, takes the lease, and tries the new fence as the account.
   */
  z.strictObject({
    act: z.literal('fence'),
    rotation: changeId,
    scope: z.enum(['all', 'swarm']),
    accounts: z.array(accountRange).min(1).max(64),
    port,
    reaches: z.array(address).max(1_024),
    shuts: z.array(address).max(256),
    /** Where nobody of the swarm is: tried, and refused unless the fence stops it. */
    tries: z.array(address).min(1).max(8),
    /** Earlier rotations of the same console: the lease of one of them is taken over. */
    former: z.array(changeId).max(8).optional(),
  }),
  /** Takes the fence away; with `all` those that earlier rotations left here, too. */
  z.strictObject({ act: z.literal('lift'), rotation: changeId, all: z.boolean().optional() }),
  /**
   * Puts the new secret beside the old one: 0600, owner as the old one has it, or `owner` where there is none. One that was in place
   * already, and is not there any more, is put there again, for another `commit`.
   */
  z.strictObject({
    act: z.literal('stage'),
    rotation: changeId,
    path: targetPath,
    token: swarmToken,
    owner: z.strictObject({ uid: numericId, gid: numericId }),
  }),
  /** From here on the node does `commit` by itself at that instant of its own clock, in milliseconds, whoever is gone by then. */
  z.strictObject({
    act: z.literal('arm'),
    rotation: changeId,
    unit: unitName,
    port,
    at: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  }),
  /** Puts the new secret in place and restarts the unit, now. */
  z.strictObject({ act: z.literal('commit'), rotation: changeId, unit: unitName, port }),
  /** How far it is. */
  z.strictObject({ act: z.literal('state'), rotation: changeId }),
  /**
   * Proves it: asks this node's API with the secret of its file and with a random one, and others with the old one. Answers statuses and
   * HMAC-SHA-256 of the file's secret under the nonce.
   */
  z.strictObject({
    act: z.literal('verify'),
    rotation: changeId,
    path: targetPath,
    port,
    nonce: secretNonce,
    others: z.array(z.strictObject({ address, port })).max(8),
    /** Others that do not refuse the old one yet are asked again for so long. */
    waitMs: z.int().min(0).max(10_000),
  }),
  /**
   * Destroys the old secret, and all that is known of the rotation but its fence; of earlier ones all, with what they staged. Refused before
   * `commit`.
   */
  z.strictObject({ act: z.literal('finish'), rotation: changeId }),
  /** Takes back what was staged. Refused once it is armed or committed. */
  z.strictObject({ act: z.literal('drop'), rotation: changeId }),
]);
export type SecretAct = z.infer<typeof secretAct>;

/** Acts that are done one after the other in one run of the helper; the first that is refused ends it. */
const secretActs = z.array(secretAct).min(1).max(4);

const version = z.literal(HELPER_PROTOCOL);

/** What the helper is asked about a secret: one act, or several in their order in one run, for starting it takes longer than most acts do. */
export const secretRequest = z.discriminatedUnion('ask', [
  z.strictObject({ version, ask: z.literal('secret'), what: secretAct }),
  z.strictObject({ version, ask: z.literal('secrets'), what: secretActs }),
]);

/** How far a node is with a rotation, by its own record; instants in its own clock. */
export const secretProgress = z.object({
  stagedAt: instant.nullable(),
  armedFor: instant.nullable(),
  committedAt: instant.nullable(),
  /** The first 200 to the new secret. */
  acceptsSince: instant.nullable(),
  /** Why `commit` could not be done when it was tried last. */
  trouble: z.string().max(1_024).nullable(),
});
export type SecretProgress = z.infer<typeof secretProgress>;

/** An HTTP status, or null when there was no answer. */
const status = z.int().min(100).max(999).nullable();

/** Answers to {@link secretAct}. */
export const secretAnswers = [
  z.object({
    answer: z.literal('secret-seen'),
    /** `unfit`: a link, a folder, too long, or no way leads there safely; `why` says what. */
    is: z.enum(['there', 'none', 'unfit']),
    why: z.string().max(1_024),
    mac: sha256.nullable(),
    changedAt: instant.nullable(),
    /** Of the file; where there is none, of the folder that it will lie in. */
    owner: z.object({ uid: z.int(), gid: z.int(), mode: z.int() }).nullable(),
    /** What the API answers to the secret of the file: 403 means that another one is in force. */
    status,
    /** Accounts that have to be fenced: who owns the secret, who listens on the port, and what these can become by /etc/subuid. */
    accounts: listOf(accountRange, 64),
    addresses: listOf(address, 32),
    /** Milliseconds since 1970 by this node's clock. */
    clock: z.number(),
    /** The rotation that has the lease of this node. */
    lease: changeId.nullable(),
    /** A fence of a rotation is loaded. */
    fenced: z.boolean(),
  }),
  z.object({
    answer: z.literal('fenced'),
    /** SHA-256 of the table as the kernel lists it; null after `lift`. */
    table: sha256.nullable(),
    /** What the account met at each of `tries`. */
    tried: listOf(z.object({ address, outcome: z.enum(['open', 'stopped', 'unknown']) }), 8),
  }),
  z.object({ answer: z.literal('secret-progress'), ...secretProgress.shape }),
  z.object({
    answer: z.literal('secret-verified'),
    mac: sha256.nullable(),
    status,
    /** What the API answers to a random secret: anything but 403 proves nothing. */
    wrong: status,
    others: listOf(z.object({ address, status }), 8),
    hadOld: z.boolean(),
  }),
] as const;
export type SecretAnswer = z.infer<(typeof secretAnswers)[number]>;
