import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';
import type { GateCondition, RejoinGate } from '#shared/domain/incident/rebuild.ts';
import { listed } from '#shared/domain/words.ts';

/** What is known of a node that wants to work with the others again. Null always means: not known. */
export interface GateInput {
  name: string;
  /** When a person typed the code of the key that the console meets, and whether it is another one than before the incident. */
  hostKey: { confirmedAt: string | null; isNew: boolean } | null;
  /** Id of mycoSwarm before and now. */
  nodeId: { before: string | null; now: string | null };
  /** Level before the incident and in a look after it was set up anew. */
  level: { before: number | null; now: number | null };
  /** Verdicts before the incident, and in that look. */
  findings: {
    before: Readonly<Partial<Record<CheckId, FindingStatus>>>;
    now: Readonly<Partial<Record<CheckId, FindingStatus>>> | null;
  };
  /** Whether its secret is the one in force, and when that was proven: 403 for the old, HMAC for the new. */
  secret: { isInForce: boolean; provenAt: string | null } | null;
  /** When a baseline of its files was taken after it was set up anew. */
  baselineAt: string | null;
  /** When it was set up anew, as far as the incident says: what was seen before says nothing. */
  rebuiltAt: string | null;
  /** When the look was that `findings.now` and `level.now` are from. */
  lookedAt: string | null;
}

const OF_ITS_OWN: ReadonlySet<CheckId> = new Set(['dependency-audit', 'plugin-inventory', 'swarm-secret']);
const FINE: ReadonlySet<FindingStatus> = new Set(['pass', 'not-applicable']);

/**
 * Whether a node may rejoin: only when every condition is known to be met. What is not known is never taken for met.
 * @returns the conditions in the order in which they are met best
 */
export function rejoinGate(input: GateInput): RejoinGate {
  const isAfter =
    input.rebuiltAt !== null &&
    input.lookedAt !== null &&
    Date.parse(input.lookedAt) > Date.parse(input.rebuiltAt);
  const now = isAfter ? input.findings.now : null;
  const conditions = [
    hostKey(input),
    nodeId(input, isAfter),
    level(input, isAfter),
    worse(input, now),
    one(input, now, 'packages', 'dependency-audit', 'no package is a known danger'),
    one(input, now, 'plugins', 'plugin-inventory', 'every plugin is one that you accepted'),
    secret(input),
    baseline(input),
  ];
  const left = conditions.filter(({ state }) => state !== 'met').length;
  return {
    open: left === 0,
    sentence:
      left === 0
        ? `${input.name} may work with the others again.`
        : `${input.name} stays shut off: ${left} of ${conditions.length} conditions ${left === 1 ? 'is' : 'are'} not met yet.`,
    conditions,
  };
}

const condition = (
  name: GateCondition['name'],
  state: GateCondition['state'],
  words: string,
): GateCondition => ({
  name,
  state,
  words,
});

/** What was seen at the moment in which it counted as set up anew is of the new machine: the code of its key is what makes it count. */
const isSince = (at: string | null, rebuiltAt: string | null): boolean =>
  at !== null && rebuiltAt !== null && Date.parse(at) >= Date.parse(rebuiltAt);

function hostKey({ name, hostKey: key, rebuiltAt }: GateInput): GateCondition {
  if (key === null)
    return condition(
      'host-key',
      'unknown',
      `Its new host key was not met yet. Type the code that ${name} shows at its own screen.`,
    );
  if (!key.isNew)
    return condition(
      'host-key',
      'not-met',
      `${name} has the host key that it had before the incident. A machine that was set up anew has a new one: set it up from the kit.`,
    );
  if (key.confirmedAt === null)
    return condition(
      'host-key',
      'not-met',
      `Nobody has typed the code of its new host key. It stands at the screen of ${name}.`,
    );
  return isSince(key.confirmedAt, rebuiltAt)
    ? condition('host-key', 'met', 'Its new host key is the one whose code was typed.')
    : condition(
        'host-key',
        'not-met',
        `The code of its host key was typed before ${name} was set up anew. Type the one that it shows now.`,
      );
}

function nodeId({ name, nodeId: { before, now } }: GateInput, isAfter: boolean): GateCondition {
  if (now === null || !isAfter)
    return condition('node-id', 'unknown', `Which id ${name} has now was not seen. Look at it again.`);
  if (before === null)
    return condition(
      'node-id',
      'unknown',
      `Which id ${name} had before the incident is not known, so nobody can see that it has another one now.`,
    );
  return now === before
    ? condition(
        'node-id',
        'not-met',
        `${name} has the id of mycoSwarm that it had before. Remove its file node_id and start the kit's first-boot.sh again.`,
      )
    : condition('node-id', 'met', 'It has a new id.');
}

function level({ name, level: { before, now } }: GateInput, isAfter: boolean): GateCondition {
  if (!isAfter || now === null)
    return condition(
      'level',
      'unknown',
      `${name} was not looked at since it was set up anew. Look at it now.`,
    );
  const wanted = Math.max(before ?? 0, 1);
  return now >= wanted
    ? condition('level', 'met', `It is at level ${now}.`)
    : condition(
        'level',
        'not-met',
        `It is at level ${now}; it has to be at level ${wanted}. Apply the fixes of its findings.`,
      );
}

function worse({ findings: { before }, name }: GateInput, now: GateInput['findings']['now']): GateCondition {
  if (now === null)
    return condition('findings', 'unknown', `What ${name} passes was not seen since it was set up anew.`);
  if (Object.keys(before).length === 0)
    return condition('findings', 'unknown', `What ${name} passed before the incident is not known.`);
  const names = (Object.keys(before) as CheckId[])
    .filter(
      (check) =>
        !OF_ITS_OWN.has(check) && FINE.has(before[check] ?? 'unknown') && !FINE.has(now[check] ?? 'unknown'),
    )
    .map((check) => catalogueEntry(check).title);
  return names.length === 0
    ? condition('findings', 'met', 'Everything that was fine before is fine again.')
    : condition('findings', 'not-met', `Not fine any more: ${listed(names, 4, 'control')}.`);
}

function one(
  { name }: GateInput,
  now: GateInput['findings']['now'],
  of: 'packages' | 'plugins',
  check: CheckId,
  words: string,
): GateCondition {
  const status = now?.[check];
  if (status === undefined || status === 'unknown')
    return condition(of, 'unknown', `Whether ${words} is not known of ${name} since it was set up anew.`);
  return FINE.has(status)
    ? condition(of, 'met', `As far as was seen, ${words}.`)
    : condition(of, 'not-met', `${catalogueEntry(check).title}: it is not so that ${words}.`);
}

function secret({ name, secret: proof, rebuiltAt }: GateInput): GateCondition {
  if (proof === null || (proof.isInForce && !isSince(proof.provenAt, rebuiltAt)))
    return condition(
      'secret',
      'unknown',
      `Whether ${name} has the secret that is in force was not tried since it was set up anew. Give it to it in Secrets.`,
    );
  return proof.isInForce
    ? condition('secret', 'met', 'It has the secret that is in force, and answers 403 to the former one.')
    : condition(
        'secret',
        'not-met',
        `${name} does not have the secret that is in force. Give it to it in Secrets.`,
      );
}

function baseline({ baselineAt, rebuiltAt }: GateInput): GateCondition {
  const isFresh = baselineAt !== null && rebuiltAt !== null && Date.parse(baselineAt) > Date.parse(rebuiltAt);
  return isFresh
    ? condition('baseline', 'met', 'A new baseline of its files was taken.')
    : condition(
        'baseline',
        'not-met',
        'No baseline of its files was taken since it was set up anew: without one, nobody sees what changes.',
      );
}
