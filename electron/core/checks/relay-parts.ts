import { asksSender } from '#core/firewall/asks-sender.ts';
import { PROTOCOL } from '#core/firewall/fields.ts';
import { type Interval, normalize } from '#core/firewall/interval.ts';
import { type Judged, judge, type Rules } from '#core/firewall/questions/ask.ts';
import { packetOut, type Sender } from '#core/firewall/questions/outbound.ts';
import { packetWords, whyOpen, whyStopped } from '#core/firewall/questions/words.ts';
import type { UnitFact } from '#shared/domain/facts/files.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import { counted, listed } from '#shared/domain/words.ts';
import { askOutboundOnce } from './ask-once.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, declaredReason, notSeen, seen, sourceOf } from './knowledge.ts';
import { fenceSteps } from './outbound-fence.ts';
import { isKeptHome } from './outbound-unit.ts';
import { type PacketPart, packetEvidence } from './packet-part.ts';
import { MAX_TARGETS, type Relay } from './relays.ts';
import { asRoot, byHand, dropInSteps, undoneBy } from './steps.ts';

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

/** Switches the wide-area lookups of avahi-daemon off, in its own file (avahi-daemon.conf(5)). */
function narrowAvahiSteps(input: CheckInput): FixStep[] {
  const file = '/etc/avahi/avahi-daemon.conf';
  return [
    undoneBy(
      asRoot(
        input,
        'Let avahi-daemon ask in the home only; names in the home are found as before',
      )`sed -i.swarmkeep-before ${'s/^[#[:space:]]*enable-wide-area=.*/enable-wide-area=no/'} ${file}`,
      [
        asRoot(input, 'Back')`mv -- ${`${file}.swarmkeep-before`} ${file}`,
        asRoot(input, 'Back')`systemctl restart -- avahi-daemon.service`,
      ],
    ),
    asRoot(input, 'Let it read that')`systemctl restart -- avahi-daemon.service`,
  ];
}

/** Words by which an operator declares a relay. */
function meantStep(relays: readonly Relay[]): FixStep {
  const values = relays.map(({ declarable: [first], name }) => visible(first?.value ?? name));
  return byHand(
    values.length === 1
      ? `If it is meant, declare ${values[0]} in Swarmkeep with the reason.`
      : `Declare in Swarmkeep, with the reason, each that is meant: ${listed(values, 12, 'program')}.`,
  );
}

const stopSteps = (input: CheckInput, { unit, name }: Relay): FixStep[] =>
  unit === null || !unit.endsWith('.service')
    ? []
    : [
        undoneBy(
          asRoot(input, `If nobody needs ${visible(name)}, stop it`)`systemctl disable --now -- ${unit}`,
          [asRoot(input, 'Back')`systemctl enable --now -- ${unit}`],
        ),
      ];

function stepsFor(input: CheckInput, relay: Relay): FixStep[] {
  if (relay.kind === 'ollama') return ollamaFenceSteps(input);
  if (relay.kind === 'engine')
    return [
      byHand(
        'Take -H tcp://… and "hosts" out of the settings of the container engine, so that it answers at its socket file only, and start it again. Over the network, use it by SSH: docker -H ssh://…',
        true,
      ),
    ];
  const meant = meantStep([relay]);
  if (relay.kind === 'ssh')
    return [
      byHand(
        'Take the keys out of the home of the agent: an agent that has to log in nowhere needs none. Else refuse its account at the SSH server.',
        true,
      ),
      meant,
    ];
  if (/avahi-daemon$/.test(relay.name)) return [...narrowAvahiSteps(input), meant];
  // The rules for the agent's account stop name service everywhere, unless there is another door to it.
  if (relay.kind === 'resolver' && relay.otherDoor === null) return [...fenceSteps(input), meant];
  return [...stopSteps(input, relay), meant];
}

/** Uids at both ends of every range: rules speak of ranges, so these are where they differ. */
function uidsToTry({ uids, uid }: Sender): bigint[] {
  return [...new Set([uid, ...uids.flat()])].slice(0, 8);
}

type Reach =
  | { kind: 'open'; judged: Judged }
  | { kind: 'unknown'; judged: Judged }
  | { kind: 'closed'; judged: Judged | null };

/** The first packet that gets through says it all; only what is closed takes every packet. */
function reachOfRelay(rules: Rules, sender: Sender, relay: Relay): Reach {
  let first: Judged | null = null;
  let unknown: Judged | null = null;
  const uids = asksSender(rules.ruleset) ? uidsToTry(sender) : [sender.uid];
  for (const { version, daddr, protocol, port, isHere } of relay.targets) {
    for (const uid of uids) {
      const packet = packetOut(
        rules.host,
        { uid, gid: uid === sender.uid ? sender.gid : undefined },
        {
          version,
          daddr,
          l4proto: PROTOCOL[protocol],
          dport: BigInt(port),
          ...(isHere ? { oifname: 'lo' } : {}),
        },
      );
      const judged = judge(rules, packet);
      if (judged.verdict.verdict === 'accept') return { kind: 'open', judged };
      if (judged.verdict.verdict === 'unknown') unknown ??= judged;
      first ??= judged;
    }
  }
  if (unknown !== null) return { kind: 'unknown', judged: unknown };
  if (first !== null && relay.targets.length >= MAX_TARGETS) return { kind: 'unknown', judged: first };
  return { kind: 'closed', judged: first };
}

/** Whether a unit of the system is the one that a program runs in: the manager of a person may have one of the same name. */
function isOwnUnit(input: CheckInput, unit: UnitFact, relay: Relay): boolean {
  if (unit.userUnit) return false;
  const isPerson = (uid: number): boolean => uid >= 1_000 && uid < 60_000;
  const owner = seen(input, 'accounts')?.accounts.find(({ name }) => name === unit.user)?.uid;
  return relay.uids.every((uid) => !isPerson(uid) || uid === owner);
}

/**
 * Whether the relay itself is held: by its unit, or by rules for its own uid. Null when that cannot be told.
 * @param agent where no rule asks who sends, what is known of the agent's packets is known of the relay's
 */
function isFenced(
  input: CheckInput,
  rules: Rules,
  agent: Sender,
  relay: Relay,
  others: readonly Relay[],
): boolean | null {
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
  const isAlike = sender.uids.length > 0 && agent.uids.length > 0 && !asksSender(rules.ruleset);
  const asked = isAlike ? agent : sender;
  const answers = ([4, 6] as const).map((version) => askOutboundOnce(rules, version, asked).kind);
  // Where its program was not seen, its unit was not seen either.
  if (answers.includes('open')) {
    const isPlain = relay.kind !== 'ollama' && relay.kind !== 'other' && relay.kind !== 'ssh';
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

/** Why it cannot be told whether a program on this machine gets out itself. */
function whyNotTold(input: CheckInput, relay: Relay): string {
  const node =
    input.facts.privilege === 'user' ? ', which only the administrator sees of other accounts' : '';
  if (!relay.isSeen) return `which program holds this port was not seen${node}`;
  if (relay.uid === null) return 'the account that it runs as was not seen';
  if (relay.unit !== null && seen(input, 'units') === null)
    return `whether its unit ${relay.unit} keeps it at home was not seen, for the units were not`;
  return 'rules that hold its account could not be followed to their end';
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
  const fenced = relay.kind === 'engine' ? null : isFenced(input, rules, sender, relay, others);
  if (fenced === true)
    return { ...base, seen: `${relay.name} itself cannot reach the internet`, status: 'pass' };
  // Whoever sends as the account that is logged in to is not held by rules for the server.
  if (relay.because !== null && relay.because.isKnown === false)
    return {
      ...notSeen(input, relay.what, `${relay.name}: ${relay.because.reason}`, relay.source, AS_ADMINISTRATOR),
      ...(declarable === undefined ? {} : { declarable }),
    };
  if (fenced === null || reach.kind === 'unknown') {
    const why = reach.kind === 'unknown' ? reach.judged.verdict.reason : whyNotTold(input, relay);
    return {
      ...notSeen(
        input,
        relay.what,
        `${relay.name}: ${why}`,
        relay.source,
        relay.isSeen || reach.kind === 'unknown'
          ? `keep the agent from ${relay.name}, or declare it as meant`
          : AS_ADMINISTRATOR,
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
      relay.because !== null
        ? `${relay.because.reason}; ${door}`
        : relay.kind === 'other'
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

/** The same kind of doubt about several programs, as one row with the list inside. */
function foldedPart(
  input: CheckInput,
  status: 'review' | 'unknown',
  entries: readonly { relay: Relay; part: PacketPart }[],
): PacketPart {
  const relays = entries.map(({ relay }) => relay);
  const names = listed([...new Set(relays.map(({ name }) => visible(name)))], 5, 'program');
  const [first] = entries;
  const base = {
    what: relays.map(({ what }) => what).join('; '),
    source: sourceOf(input, 'sockets'),
    raw: entries.map(({ part }) => `${part.what}: ${part.seen}`).join('\n'),
    declarables: relays.flatMap(({ declarable }) => declarable.slice(0, 1)),
  };
  if (status === 'unknown')
    return {
      ...base,
      seen: `${relays.length} programs that may carry data out: ${first?.part.seen ?? ''}`,
      status,
      headline: `We cannot tell whether ${counted(relays.length, 'program')} on ${input.nodeName} may carry data out for the agent.`,
      wouldHelp: first?.part.wouldHelp ?? AS_ADMINISTRATOR,
    };
  return {
    ...base,
    seen: `the agent reaches these ${relays.length} programs, which may carry data out: fence their accounts, keep the agent from them, or declare them`,
    status,
    severity: 'medium',
    headline: `The agent on ${input.nodeName} may send data out through ${names}.`,
    ...(first?.part.packet === undefined ? {} : { packet: first.part.packet }),
    steps: [...relays.flatMap((relay) => stopSteps(input, relay)), meantStep(relays)],
  };
}

/** Rows for relays: each for itself, and programs of which nothing is known in one row for each doubt. */
export function foldedParts(
  input: CheckInput,
  entries: readonly { relay: Relay; part: PacketPart }[],
): PacketPart[] {
  const folded = (status: 'review' | 'unknown') => {
    const some = entries.filter(({ relay, part }) => relay.kind === 'other' && part.status === status);
    return some.length > 1 ? some : [];
  };
  const groups = (['review', 'unknown'] as const).map((status) => [status, folded(status)] as const);
  const inside = new Set(groups.flatMap(([, some]) => some));
  return [
    ...entries.filter((entry) => !inside.has(entry)).map(({ part }) => part),
    ...groups.flatMap(([status, some]) => (some.length > 0 ? [foldedPart(input, status, some)] : [])),
  ];
}
