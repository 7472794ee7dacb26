import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { addressBytes } from '#core/checks/lan.ts';
import type { DetectableEvent, Detection } from '#core/detection/detector.ts';
import type { EventFields } from '#shared/domain/audit/event.ts';
import { FIRST_SEEN_KINDS, FIRST_SEEN_RULES, type FirstSeenKind } from './first-seen-rules.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Days for which programs and addresses are only learnt, unless somebody chose otherwise. */
export const LEARN_DAYS = 3;

/** @returns for how long after the first of its kind on a node what is new is only learnt, in milliseconds */
function learning(kind: FirstSeenKind, days: number): number {
  return kind === 'peer' || kind === 'plugin' ? DAY : days * DAY;
}

const MOST_NODES = 64;
/** Things that are remembered for a node and kind; of more, those that were seen longest ago are forgotten. */
const MOST_THINGS = 1_000;
/** Detections for a node and kind within an hour, before they are told as one. */
const MOST_AN_HOUR = 20;

const memoryForm = z.object({
  /** When the first of this kind was seen, ms since 1970 UTC. */
  since: z.number(),
  /** Salted hashes, those that were seen longest ago first. */
  things: z.array(z.string().length(12)).max(MOST_THINGS),
  hour: z.number(),
  inHour: z.int().min(0),
});
const stateForm = z.object({
  version: z.literal(1),
  salt: z.string().length(32),
  nodes: z
    .array(z.tuple([z.string().max(256), z.partialRecord(z.enum(FIRST_SEEN_KINDS), memoryForm)]))
    .max(MOST_NODES),
});

interface Memory {
  since: number;
  things: Set<string>;
  hour: number;
  inHour: number;
}

const text = (fields: EventFields, name: string): string | null => {
  const value = Object.hasOwn(fields, name) ? fields[name] : null;
  return typeof value === 'string' && value !== '' ? value : null;
};

/** Whether an event is about what the agent did: by the key of the audit rules for it, its usual account, or mycoSwarm's own logs. */
function isAgents(fields: EventFields): boolean {
  return (
    /swarmkeep|mycoswarm/.test(text(fields, 'key') ?? '') ||
    text(fields, 'User') === 'mycoswarm' ||
    fields['swarmkeep.agent'] === true
  );
}

/** A public address by its neighbourhood (/24, /48), for large services answer from many; one at home as it is. */
function neighbourhood(address: string): string {
  const bytes = addressBytes(address);
  if (bytes === null) return address.toLowerCase();
  const isPrivate =
    bytes.length === 4
      ? bytes[0] === 10 ||
        bytes[0] === 127 ||
        (bytes[0] === 192 && bytes[1] === 168) ||
        (bytes[0] === 172 && ((bytes[1] ?? 0) & 0xf0) === 16) ||
        (bytes[0] === 169 && bytes[1] === 254)
      : ((bytes[0] ?? 0) & 0xfe) === 0xfc || bytes[0] === 0xfe || bytes[0] === 0;
  if (isPrivate) return address.toLowerCase();
  return `${[...bytes.slice(0, bytes.length === 4 ? 3 : 6)].join('.')}/${bytes.length}`;
}

interface Thing {
  kind: FirstSeenKind;
  /** What is remembered. */
  key: string;
  entityField: string;
  entity: string;
}

/** What in an event may be new; null when nothing is. */
function thingIn({ fields, logsource }: DetectableEvent): Thing | null {
  if (logsource.product === 'mycoswarm' && logsource.category === 'peer') {
    const ip = text(fields, 'PeerIp');
    if (text(fields, 'action') !== 'joined' || ip === null) return null;
    const name = text(fields, 'peer') ?? '';
    return { kind: 'peer', key: `${name}\n${ip}`, entityField: 'PeerIp', entity: ip };
  }
  if (logsource.product === 'mycoswarm' && text(fields, 'action') === 'plugin_loaded') {
    const plugin = text(fields, 'plugin');
    return plugin === null ? null : { kind: 'plugin', key: plugin, entityField: 'plugin', entity: plugin };
  }
  if (!isAgents(fields)) return null;
  if (logsource.category === 'process_creation') {
    const image = text(fields, 'Image');
    // A program in a folder that is made anew for every task is the same program.
    const key = image?.replace(/^\/tmp\/myco_sandbox_[^/]+/, '/tmp/myco_sandbox');
    return image === null || key === undefined
      ? null
      : { kind: 'command', key, entityField: 'Image', entity: image };
  }
  if (logsource.category !== 'network_connection' || text(fields, 'Initiated') !== 'true') return null;
  const host = text(fields, 'DestinationHostname');
  const ip = text(fields, 'DestinationIp');
  if (host !== null)
    return { kind: 'destination', key: host.toLowerCase(), entityField: 'DestinationHostname', entity: host };
  return ip === null
    ? null
    : { kind: 'destination', key: neighbourhood(ip), entityField: 'DestinationIp', entity: ip };
}

/** Tells what was never seen on a node before. */
export interface FirstSeen {
  /**
   * @param number of the event
   * @param at when it was received, in milliseconds since 1970 UTC: what a log claims must not end the learning
   */
  detect(event: DetectableEvent, number: number, at: number, node: string): readonly Detection[];
  /** Bounded plain JSON, to be stored with the batch; the same object again while nothing new was learnt. */
  state(): unknown;
}

/**
 * Watches for programs and destinations of the agent, and for peers and plugins, that a node has not had before. For the first days of a kind on a node
 * it only learns. What is remembered are salted hashes, so that nobody can make something that looks like a known one.
 * @param state what `state()` gave earlier; anything else begins anew
 * @param learnDays days for which programs and addresses are only learnt, asked each time
 */
export function createFirstSeen(state?: unknown, learnDays: () => number = () => LEARN_DAYS): FirstSeen {
  const read = stateForm.safeParse(state);
  const salt = read.success ? read.data.salt : randomBytes(16).toString('hex');
  const nodes = new Map<string, Partial<Record<FirstSeenKind, Memory>>>();
  if (read.success)
    for (const [node, kinds] of read.data.nodes)
      nodes.set(
        node,
        Object.fromEntries(
          Object.entries(kinds).map(([kind, memory]) => [
            kind,
            { ...memory, things: new Set(memory.things) },
          ]),
        ),
      );
  let kept: unknown = read.success ? read.data : null;

  function memoryOf(node: string, kind: FirstSeenKind, at: number): Memory {
    let kinds = nodes.get(node);
    if (kinds === undefined) {
      kinds = {};
      nodes.set(node, kinds);
      if (nodes.size > MOST_NODES) nodes.delete(nodes.keys().next().value ?? '');
    }
    kinds[kind] ??= { since: at, things: new Set(), hour: 0, inHour: 0 };
    return kinds[kind];
  }

  return {
    detect(event, number, at, node) {
      const thing = thingIn(event);
      if (thing === null) return [];
      const { kind, entityField, entity } = thing;
      const memory = memoryOf(node.slice(0, 256), kind, at);
      const hash = createHash('sha256').update(salt).update(thing.key).digest('base64url').slice(0, 12);
      // Moved to the end: what is used stays.
      if (memory.things.delete(hash)) {
        memory.things.add(hash);
        return [];
      }
      kept = null;
      memory.things.add(hash);
      if (memory.things.size > MOST_THINGS) memory.things.delete(memory.things.keys().next().value ?? '');
      if (at - memory.since < learning(kind, learnDays())) return [];
      const hour = Math.floor(at / HOUR);
      if (memory.hour !== hour) Object.assign(memory, { hour, inHour: 0 });
      memory.inHour += 1;
      if (memory.inHour > MOST_AN_HOUR + 1) return [];
      if (memory.inHour === MOST_AN_HOUR + 1)
        return [{ rule: FIRST_SEEN_RULES.many, entityField: '', entity: '', events: [number] }];
      return [
        { rule: FIRST_SEEN_RULES[kind], entityField, entity: entity.slice(0, 1_024), events: [number] },
      ];
    },
    state() {
      kept ??= {
        version: 1,
        salt,
        nodes: [...nodes].map(([node, kinds]) => [
          node,
          Object.fromEntries(
            Object.entries(kinds).map(([kind, memory]) => [kind, { ...memory, things: [...memory.things] }]),
          ),
        ]),
      };
      return kept;
    },
  };
}

/** What is learnt of one kind of thing on one node. Times are milliseconds since 1970 UTC. */
export interface FirstSeenOverview {
  node: string;
  kind: FirstSeenKind;
  since: number;
  /** From here on what is new is told. */
  learnsUntil: number;
  /** Different things that are known. */
  known: number;
}

/** @param state what `state()` gave; anything else tells of nothing */
export function firstSeenOverview(state: unknown, learnDays: number): FirstSeenOverview[] {
  const read = stateForm.safeParse(state);
  if (!read.success) return [];
  return read.data.nodes.flatMap(([node, kinds]) =>
    FIRST_SEEN_KINDS.flatMap((kind) => {
      const memory = kinds[kind];
      if (memory === undefined) return [];
      const { since, things } = memory;
      return [{ node, kind, since, learnsUntil: since + learning(kind, learnDays), known: things.length }];
    }),
  );
}
