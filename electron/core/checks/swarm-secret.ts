import type { TokenFact } from '#shared/domain/facts/software.ts';
import { type Agent, agentOf } from './agent.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import { AS_ADMINISTRATOR, labelOf, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import { rotationByHand, rotationSteps } from './rotation-steps.ts';
import { privacyParts } from './secret-privacy.ts';
import { asRoot, byHand } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

const DAY = 86_400_000;
/** A secret of this many bits cannot be guessed, whatever the service allows. */
const BITS = 256;

/** Whether a secret can be guessed. */
export function strengthParts(input: CheckInput, agent: Agent, token: TokenFact): Part[] {
  const node = input.nodeName;
  const source = sourceOf(input, 'mycoswarm');
  const what = `${labelOf(input, agent.instance)}${token.path}`;
  if (token.length === null || token.hexadecimal === null || token.distinctCharacters === null) {
    return [notSeen(input, `${what}: its strength`, 'the file could not be read', source, AS_ADMINISTRATOR)];
  }
  // Of other characters than hexadecimal, base64 is what people use: 6 bits each. Few different ones are no randomness.
  const bits = token.length * (token.hexadecimal ? 4 : 6);
  const isVaried = token.distinctCharacters >= (token.hexadecimal ? 8 : 16);
  if (bits < BITS || !isVaried) {
    return [
      {
        what: `${what}: ${token.length} characters, ${token.distinctCharacters} different`,
        seen:
          bits < BITS
            ? `at most ${bits} bits, ${BITS} are needed`
            : 'too few different characters to be random',
        status: 'fix',
        severity: 'high',
        source,
        headline: `The swarm secret on ${node} is too weak.`,
        steps: rotationSteps(input, agent, token.path),
      },
    ];
  }
  return [{ what: `${what}: ${token.length} characters`, seen: `${bits} bits`, status: 'pass', source }];
}

/** Whether a secret is fresh, and the one in use. */
export function ageParts(input: CheckInput, agent: Agent, token: TokenFact): Part[] {
  const node = input.nodeName;
  const source = sourceOf(input, 'mycoswarm');
  const what = `${labelOf(input, agent.instance)}${token.path}: its age`;
  const parts: Part[] = [];
  if (token.modifiedAt === null)
    parts.push(notSeen(input, what, 'the time of the file was not seen', source, AS_ADMINISTRATOR));
  else {
    const days = Math.floor((input.now.getTime() - Date.parse(token.modifiedAt)) / DAY);
    const limit = input.settings.secretMaxAgeDays;
    const aged = { what: `${what}, since ${token.modifiedAt}`, source };
    if (days < 0) {
      parts.push({
        ...aged,
        seen: 'lies in the future: a clock was wrong',
        status: 'review',
        severity: 'low',
        headline: `The age of the swarm secret on ${node} cannot be right.`,
      });
    } else if (days > limit) {
      parts.push({
        ...aged,
        seen: `${days} days, at most ${limit} are meant`,
        status: 'fix',
        severity: 'medium',
        headline: `The swarm secret on ${node} is ${days} days old.`,
        steps: rotationSteps(input, agent, token.path),
      });
    } else parts.push({ ...aged, seen: `${days} days`, status: 'pass' });
  }
  const pending = {
    what: `${labelOf(input, agent.instance)}${token.path} and the start of mycoSwarm`,
    source,
  };
  if (!agent.instance.running)
    parts.push({ ...pending, seen: 'mycoSwarm is not running', status: 'not-applicable' });
  else if (token.newerThanProcess === null)
    parts.push(
      notSeen(
        input,
        pending.what,
        'which is newer is not known, for the time of the file or of the start was not seen',
        source,
        AS_ADMINISTRATOR,
      ),
    );
  else if (token.newerThanProcess) {
    parts.push({
      ...pending,
      seen: 'the file is newer: the old secret is still in use',
      status: 'fix',
      severity: 'high',
      headline: `A new swarm secret on ${node} waits for a restart; the old one still opens the door.`,
      steps:
        agent.instance.unit === null
          ? [byHand('Restart mycoSwarm; it reads the secret once, at its start.')]
          : [
              asRoot(
                input,
                'Restart mycoSwarm; it reads the secret once, at its start',
              )`systemctl restart -- ${agent.instance.unit}`,
            ],
    });
  } else parts.push({ ...pending, seen: 'the secret in the file is the one in use', status: 'pass' });
  return parts;
}

function doorParts(input: CheckInput, agent: Agent): Part[] {
  const { instance } = agent;
  const label = labelOf(input, instance);
  const source = sourceOf(input, 'mycoswarm');
  if (!instance.running) return [];
  const probes = (seen(input, 'mycoswarm')?.probes ?? []).filter(
    (probe) =>
      probe.instance === instance.id &&
      probe.service === 'api' &&
      /^\/(identity|status|peers)$/.test(probe.path),
  );
  if (probes.length === 0)
    return [
      notSeen(
        input,
        `${label}the API without a secret`,
        'was not asked',
        source,
        'start mycoSwarm and look again',
      ),
    ];
  return probes.map((probe): Part => {
    const what = `${label}GET 127.0.0.1:${probe.port}${probe.path} without a secret: ${probe.status ?? probe.error ?? 'no answer'}`;
    if (probe.status === 403 || probe.status === 401)
      return { what, seen: 'refused', status: 'pass', source };
    if (probe.status !== null && probe.status >= 200 && probe.status < 300) {
      return {
        what,
        seen: 'answered: the secret opens nothing that was shut',
        status: 'fix',
        severity: 'critical',
        source,
        headline: `mycoSwarm on ${input.nodeName} answers without the swarm secret.`,
        steps: [
          byHand(
            'Install the released version of mycoSwarm again: 0.2.16 refuses this request, so this copy was changed or is another.',
          ),
        ],
      };
    }
    return notSeen(input, what, 'neither refused nor answered', source, 'start mycoSwarm and look again');
  });
}

function sameParts(input: CheckInput, tokens: readonly TokenFact[]): Part[] {
  const source = sourceOf(input, 'mycoswarm');
  const others = (input.otherNodes ?? []).map((other) => ({
    name: other.nodeName,
    prints: other.fingerprints,
  }));
  const own = tokens.map((token) => token.fingerprint);
  if (tokens.length < 2 && others.length === 0) return [];
  const known = [...own, ...others.flatMap((other) => other.prints)];
  const what = `swarm secrets of ${[input.nodeName, ...others.map((other) => other.name)].join(', ')}`;
  if (new Set(known.filter((print) => print !== null)).size > 1) {
    return [
      {
        what,
        seen: 'not the same, compared without revealing them',
        status: 'fix',
        severity: 'medium',
        source,
        headline: `The swarm secret on ${input.nodeName} is not the one of the other nodes.`,
        steps: [
          byHand(
            'Carry one secret to all nodes over SSH, and restart mycoSwarm on each within the same minute.',
          ),
        ],
      },
    ];
  }
  if (known.includes(null))
    return [notSeen(input, what, 'not all of them could be read to be compared', source, AS_ADMINISTRATOR)];
  return [{ what, seen: 'the same, compared without revealing them', status: 'pass', source }];
}

/** Checklist item 6: a secret that is strong, private, fresh, in use, and asked for. */
export const swarmSecret: Check = {
  id: 'swarm-secret',
  run(input) {
    const absent = withoutMycoswarm('swarm-secret', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const facts = seen(input, 'mycoswarm');
    const hidden = unseenPart(input, 'mycoswarm');
    const parts = input.facts.profile.instances.flatMap((instance): Part[] => {
      if (facts === null) return [];
      const agent = agentOf(input, instance);
      const token = facts.tokens.find((entry) => entry.instance === instance.id);
      const label = labelOf(input, instance);
      const source = sourceOf(input, 'mycoswarm');
      // A folder that is closed to the account that looks shows nothing of what is in it.
      if (token === undefined && input.facts.privilege === 'user')
        return [
          notSeen(
            input,
            `${label}swarm secret`,
            'its file was not seen; it may lie in a folder of another account, which is closed to the one that looked',
            source,
            AS_ADMINISTRATOR,
          ),
        ];
      if (token === undefined)
        return [
          notSeen(
            input,
            `${label}swarm secret`,
            'its file was not found',
            source,
            'say in Setup where the settings of mycoSwarm are',
          ),
        ];
      if (!token.exists) {
        return [
          {
            what: `${label}${token.path}`,
            seen: 'does not exist: mycoSwarm makes one of its own at the next start',
            status: 'fix',
            severity: 'high',
            source,
            headline: `There is no swarm secret on ${node}.`,
            steps: rotationSteps(input, agent, token.path),
          },
        ];
      }
      return [
        ...strengthParts(input, agent, token),
        ...privacyParts(input, agent, token),
        ...ageParts(input, agent, token),
        ...doorParts(input, agent),
        ...agent.doubts,
      ];
    });
    const all = [
      ...(hidden === null ? [] : [hidden]),
      ...parts,
      ...sameParts(input, facts?.tokens.filter((token) => token.exists) ?? []),
    ];
    const concluded = conclude('swarm-secret', input, all, {
      pass: `The swarm secret on ${node} is strong, private, fresh and in use.`,
      detail: { fix: 'Whoever has the secret can give this swarm tasks and read its answers.' },
      wouldChange: {
        pass: 'A copy of it elsewhere, wider permissions, or its age would change this.',
        otherwise:
          'A fresh secret of 256 bits, readable by the service and the administrator only and nowhere else, would make this fine.',
      },
    });
    const anyTime = rotationByHand(input);
    return anyTime.length === 0 ? concluded : { ...concluded, anyTime };
  },
};
