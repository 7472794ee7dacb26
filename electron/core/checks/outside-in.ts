import type { Knock } from '#shared/domain/facts/knocks.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import { type Expected, expectationOf } from './expected-answer.ts';
import { gapParts, notSeen, sourceOf } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

/** Days after which what another machine reached says nothing about now. */
const KNOCKED_WITHIN_DAYS = 7;
const DAY_MS = 86_400_000;
/** A machine that lies may name a thousand; what is left out is counted. */
const MAX_KNOCKERS = 16;

/** One machine that knocked on the node. */
interface Knocker {
  /** As a sentence calls it. */
  name: string;
  at: string;
  knocks: readonly Knock[];
  why: string | null;
}

function knockersOf(input: CheckInput): Knocker[] {
  const received = input.facts.knocks?.received;
  const oldest = input.now.getTime() - KNOCKED_WITHIN_DAYS * DAY_MS;
  const others = (input.knocks ?? [])
    .filter(({ at }) => Date.parse(at) >= oldest)
    .slice(0, MAX_KNOCKERS)
    .map(({ nodeName, ...rest }) => ({ name: nodeName, ...rest }));
  return [...(received ? [{ name: 'this console', ...received }] : []), ...others];
}

const placeOf = ({ address, port }: Knock): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;

const CLOSED_WORDS = {
  refused: 'it was refused',
  'no-answer': 'nobody answered',
  unreachable: 'there is no way to it',
} as const;

function openPart(input: CheckInput, by: Knocker, knock: Knock, expected: Expected): Part {
  const node = input.nodeName;
  const source = `a TCP connection to ${placeOf(knock)} from ${by.name}${knock.from === null ? '' : ` (${knock.from})`}`;
  const what = `${placeOf(knock)} from ${by.name}`;
  if (expected.kind === 'unknown') return notSeen(input, what, expected.why, source, expected.wouldHelp);
  if (expected.kind === 'open')
    return { what, seen: `answers, as its settings say: ${expected.why}`, status: 'pass', source };
  return {
    what,
    seen: `answers, though ${expected.why}`,
    status: 'fix',
    severity: 'high',
    source,
    headline: `Port ${knock.port} of ${node} answers ${by.name}, though ${expected.why}.`,
    steps: [
      asRoot(
        input,
        `See which program listens on port ${knock.port}, and where`,
      )`ss -Hlntup sport = :${knock.port}`,
      asRoot(input, 'See which rules lead a port elsewhere: lines with dnat or redirect')`nft list ruleset`,
      asRoot(
        input,
        'See which containers publish it, where there is Docker',
      )`docker ps --format ${'{{.Names}} {{.Ports}}'}`,
    ],
  };
}

/** Closed where settings would let it in: nobody gets more than was meant, but a swarm that cannot be reached does not work. */
function closedPart(input: CheckInput, by: Knocker, knock: Knock, expected: Expected): Part | null {
  if (knock.outcome === 'open' || expected.kind !== 'open' || !expected.ofSwarm) return null;
  const words = CLOSED_WORDS[knock.outcome];
  return {
    what: `${placeOf(knock)} from ${by.name}`,
    seen: `${words}, though ${expected.why}`,
    status: 'review',
    severity: 'low',
    source: `a TCP connection to ${placeOf(knock)} from ${by.name}`,
    headline: `${by.name === 'this console' ? 'This console' : by.name} cannot reach port ${knock.port} of ${input.nodeName}, though ${expected.why}: something between them stops it, or the rules are not what they seem.`,
  };
}

function partsOf(input: CheckInput, by: Knocker): Part[] {
  const source = `TCP connections from ${by.name}`;
  if (by.why !== null)
    return [{ what: `seen from ${by.name}`, seen: `not tried: ${by.why}`, status: 'not-applicable', source }];
  if (by.knocks.length === 0)
    return [{ what: `seen from ${by.name}`, seen: 'not tried', status: 'not-applicable', source }];
  // Without an answer of any kind nobody knows whether the way leads there: then silence says nothing of doors.
  const isAnswered = by.knocks.some(({ outcome }) => outcome === 'open' || outcome === 'refused');
  if (!isAnswered)
    return [
      {
        what: `seen from ${by.name}`,
        seen: 'nothing answered there at all',
        status: 'not-applicable',
        source,
      },
    ];
  const told: Part[] = [];
  let closed = 0;
  let nowhere = 0;
  for (const knock of by.knocks) {
    const expected = expectationOf(input, knock);
    const part =
      knock.outcome === 'open'
        ? openPart(input, by, knock, expected)
        : closedPart(input, by, knock, expected);
    if (part !== null) told.push(part);
    else if (knock.outcome === 'unreachable') nowhere += 1;
    else closed += 1;
  }
  const rest: Part = {
    what: `${closed} other ports from ${by.name}`,
    seen: 'closed',
    status: 'pass',
    source,
  };
  const unseen: Part = {
    what: `${nowhere} ports from ${by.name}`,
    seen: 'no way led there',
    status: 'not-applicable',
    source,
  };
  return [...told, ...(closed > 0 ? [rest] : []), ...(nowhere > 0 ? [unseen] : [])];
}

/** Checklist item 4, seen from the next room: what others can really reach equals what the settings of the node say. */
export const outsideIn: Check = {
  id: 'outside-in',
  run(input) {
    const absent = withoutMycoswarm('outside-in', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const parts = knockersOf(input).flatMap((by) => partsOf(input, by));
    const hasLooked = parts.some(({ status }) => status !== 'not-applicable');
    const nobody = notSeen(
      input,
      'what others reach',
      'no other machine has knocked on it within a week',
      sourceOf(input, 'sockets'),
      'add another machine of yours as a node and look at it, or look from Swarmkeep on another computer',
    );
    const udp: Part = {
      what: 'UDP',
      seen: 'not knocked on: that nobody answers there says nothing',
      status: 'not-applicable',
      source: 'RFC 768',
    };
    return conclude(
      'outside-in',
      input,
      [...parts, ...(hasLooked ? [...gapParts(input, 'sockets'), udp] : [nobody])],
      {
        pass: `What others reach on ${node} is what its settings say, and no more.`,
        detail: {
          fix: 'From inside, the machine looks as it should. A knock from another machine says otherwise, and that one counts.',
          unknown: 'Only another machine can see what is open from outside.',
        },
        wouldChange: {
          pass: 'A port that answers others, though sockets and rules of the node say that it does not, would change this.',
          otherwise:
            'Ports that answer others only where sockets and rules of the node say so would make this fine.',
        },
      },
    );
  },
};
