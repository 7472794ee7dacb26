import { PROTOCOL } from '#core/firewall/fields.ts';
import { type Interval, normalize } from '#core/firewall/interval.ts';
import { type Judged, judge, type Rules } from '#core/firewall/questions/ask.ts';
import { askOutbound, packetOut, type Sender } from '#core/firewall/questions/outbound.ts';
import { packetWords, whyOpen, whyStopped } from '#core/firewall/questions/words.ts';
import type { UnitFact } from '#shared/domain/facts/files.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import type { CheckInput } from './check.ts';
import { declaredReason, notSeen, seen } from './knowledge.ts';
import { fenceSteps } from './outbound-fence.ts';
import { isKeptHome } from './outbound-unit.ts';
import { type PacketPart, packetEvidence } from './packet-part.ts';
import { MAX_TARGETS, type Relay } from './relays.ts';
import { asRoot, byHand, dropInSteps } from './steps.ts';

/** Steps that keep the model server at home, by its own unit. */
export function ollamaFenceSteps(input: CheckInput): FixStep[] {
  return [
    ...dropInSteps(
      input,
      'Let Ollama talk to this machine and the home network only',
      'ollama.service',
      '60-swarmkeep-network',
      [
        'IPAddressDeny=any',
        'IPAddressAllow=localhost',
        'IPAddressAllow=10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 fe80::/10 fc00::/7',
      ],
    ),
    byHand('To fetch a model later, take these lines out for that time.'),
  ];
}

function stepsFor(input: CheckInput, relay: Relay): FixStep[] {
  if (relay.kind === 'ollama') return ollamaFenceSteps(input);
  if (relay.kind === 'engine')
    return [
      byHand(
        'Take -H tcp://… and "hosts" out of the settings of the container engine, so that it answers at its socket file only, and start it again. Over the network, use it by SSH: docker -H ssh://…',
        true,
      ),
    ];
  const [declared] = relay.declarable;
  const meant = byHand(
    `If it is meant, declare ${visible(declared?.value ?? relay.name)} in Swarmkeep with the reason.`,
  );
  const stop =
    relay.unit === null
      ? []
      : [asRoot(input, `If nobody needs ${relay.name}, stop it`)`systemctl disable --now -- ${relay.unit}`];
  // The rules for the agent's account stop name service everywhere, unless there is another door to it.
  if (relay.kind === 'resolver' && relay.otherDoor === null) return [...fenceSteps(input), meant];
  return [...stop, meant];
}

/** Uids at both ends of every range: rules speak of ranges, so these are where they differ. */
function uidsToTry({ uids, uid }: Sender): bigint[] {
  return [...new Set([uid, ...uids.flat()])].slice(0, 8);
}

type Reach =
  | { kind: 'open'; judged: Judged }
  | { kind: 'unknown'; judged: Judged }
  | { kind: 'closed'; judged: Judged | null };

function reachOfRelay(rules: Rules, sender: Sender, relay: Relay): Reach {
  const judged = relay.targets.flatMap(({ version, daddr, protocol, port, isHere }) =>
    uidsToTry(sender).map((uid) =>
      judge(
        rules,
        packetOut(
          rules.host,
          { uid, gid: uid === sender.uid ? sender.gid : undefined },
          {
            version,
            daddr,
            l4proto: PROTOCOL[protocol],
            dport: BigInt(port),
            ...(isHere ? { oifname: 'lo' } : {}),
          },
        ),
      ),
    ),
  );
  const open = judged.find(({ verdict }) => verdict.verdict === 'accept');
  if (open !== undefined) return { kind: 'open', judged: open };
  const unknown = judged.find(({ verdict }) => verdict.verdict === 'unknown');
  if (unknown !== undefined) return { kind: 'unknown', judged: unknown };
  const [first] = judged;
  if (first !== undefined && relay.targets.length >= MAX_TARGETS) return { kind: 'unknown', judged: first };
  return { kind: 'closed', judged: first ?? null };
}

/** Whether a unit of the system is the one that a program runs in: the manager of a person may have one of the same name. */
function isOwnUnit(input: CheckInput, unit: UnitFact, relay: Relay): boolean {
  if (unit.userUnit) return false;
  const isPerson = (uid: number): boolean => uid >= 1_000 && uid < 60_000;
  const owner = seen(input, 'accounts')?.accounts.find(({ name }) => name === unit.user)?.uid;
  return relay.uids.every((uid) => !isPerson(uid) || uid === owner);
}

/** Whether the relay itself is held: by its unit, or by rules for its own uid. Null when that cannot be told. */
function isFenced(input: CheckInput, rules: Rules, relay: Relay, others: readonly Relay[]): boolean | null {
  if (!relay.isHere) return false;
  const units = seen(input, 'units')?.units;
  // The fence of a unit holds what runs in that unit, and nothing else of the same name.
  const named = units?.filter((unit) => unit.name === relay.unit) ?? [];
  if (
    relay.unit !== null &&
    named.length > 0 &&
    named.every((unit) => isKeptHome(unit) && isOwnUnit(input, unit, relay))
  )
    return true;
  if (relay.uid === null) return null;
  // What a container sends is forwarded and has no uid.
  if (relay.isContainer) return false;
  const uid = BigInt(relay.uid);
  const sender: Sender = {
    uids: normalize(relay.uids.map((one): Interval => [BigInt(one), BigInt(one)])),
    uid,
    gid: undefined,
  };
  const answers = ([4, 6] as const).map((version) => askOutbound(rules, version, sender).kind);
  // Where its program was not seen, its unit was not seen either.
  if (answers.includes('open')) {
    const isPlain = relay.kind !== 'ollama' && relay.kind !== 'other';
    return isPlain || (relay.isSeen && (relay.unit === null || units !== undefined)) ? false : null;
  }
  // A resolver that is kept at home still asks the one of the home.
  if (relay.kind === 'resolver') {
    const next = others.filter((other) => other.kind === 'resolver' && !other.isHere);
    const reaches = next.map((other) => reachOfRelay(rules, sender, other).kind);
    if (next.some((other, index) => reaches[index] === 'open' && reasonOf(input, other) === null))
      return false;
    if (reaches.includes('unknown')) return null;
  }
  return answers.includes('unknown') ? null : true;
}

function reasonOf(input: CheckInput, relay: Relay): { value: string; kind: string; reason: string } | null {
  for (const { kind, value } of relay.declarable) {
    const reason = declaredReason(input, kind, value);
    if (reason !== null) return { kind, value, reason };
  }
  return null;
}

/** What one relay means: closed for the agent, held by itself, meant by the operator, or a way out. */
export function relayPart(
  input: CheckInput,
  rules: Rules,
  agent: { name: string; sender: Sender },
  relay: Relay,
  others: readonly Relay[],
): PacketPart {
  const { sender } = agent;
  const node = input.nodeName;
  const base = { what: relay.what, source: relay.source };
  const declared = reasonOf(input, relay);
  if (declared !== null)
    return {
      ...base,
      seen: `carries data out for the agent; declared: ${declared.reason}`,
      status: 'pass',
      declared: `${declared.kind} ${declared.value}: ${declared.reason}`,
    };
  const [declarable] = relay.declarable;
  const reach = reachOfRelay(rules, sender, relay);
  const ends = { from: `${agent.name}, uid ${sender.uid}`, to: relay.name };
  if (reach.kind === 'closed' && relay.otherDoor === null) {
    const why =
      reach.judged === null ? 'it answers nowhere' : whyStopped(rules.ruleset, reach.judged.verdict);
    return {
      ...base,
      seen: `${relay.name}: the agent does not reach it, stopped ${why}`,
      status: 'pass',
      ...(reach.judged === null
        ? {}
        : { packet: packetEvidence(rules.ruleset, reach.judged, 'stopped', `${relay.name}, ${why}`, ends) }),
    };
  }
  if (relay.kind === 'engine' && reach.kind === 'open')
    return {
      ...base,
      seen: `the agent reaches ${relay.name}, and whoever commands it is root`,
      status: 'fix',
      severity: 'high',
      headline: `The agent on ${node} can command a container engine over the network, and be root by it.`,
      packet: packetEvidence(rules.ruleset, reach.judged, 'open', `${relay.name} does as it is told`, ends),
      steps: stepsFor(input, relay),
    };
  const fenced = relay.kind === 'engine' ? null : isFenced(input, rules, relay, others);
  if (fenced === true)
    return { ...base, seen: `${relay.name} itself cannot reach the internet`, status: 'pass' };
  if (fenced === null || reach.kind === 'unknown') {
    const why =
      reach.kind === 'unknown'
        ? reach.judged.verdict.reason
        : 'whether it reaches the internet itself is not known';
    return {
      ...notSeen(
        input,
        relay.what,
        `${relay.name}: ${why}`,
        relay.source,
        `keep the agent from ${relay.name}, or declare it as meant`,
      ),
      ...(declarable === undefined ? {} : { declarable }),
      ...(reach.kind === 'unknown'
        ? {
            packet: packetEvidence(rules.ruleset, reach.judged, 'unknown', reach.judged.verdict.reason, ends),
          }
        : {}),
    };
  }
  const judged = reach.kind === 'open' ? reach.judged : null;
  const door = judged === null ? `by its socket ${relay.otherDoor}` : whyOpen(judged.packet, judged.verdict);
  return {
    ...base,
    what: judged === null ? relay.what : `${relay.what}: ${packetWords(judged.packet)}`,
    seen:
      relay.kind === 'other'
        ? `${visible(relay.what)} may carry data out: fence its account, keep the agent from it, or declare it; ${door}`
        : `the agent reaches ${relay.name}, which carries data out for it: ${door}`,
    status: relay.kind === 'ollama' ? 'fix' : 'review',
    severity: 'medium',
    headline:
      relay.kind === 'ollama'
        ? `The agent on ${node} can send data out through Ollama.`
        : `The agent on ${node} can send data out through ${relay.name}.`,
    ...(declarable === undefined ? {} : { declarable }),
    ...(judged === null
      ? {}
      : { packet: packetEvidence(rules.ruleset, judged, 'open', `${relay.name} carries it on`, ends) }),
    steps: stepsFor(input, relay),
  };
}
