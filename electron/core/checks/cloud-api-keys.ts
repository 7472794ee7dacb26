import { processesOf } from './agent.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import {
  AS_ADMINISTRATOR,
  declaredReason,
  gapParts,
  labelOf,
  notSeen,
  seen,
  sourceOf,
  unseenPart,
} from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, byHand } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

const KIND_WORDS = {
  environment: 'in the environment of a running program',
  unit: 'in a systemd unit',
  file: 'in a file',
  'shell-history': 'in a shell history',
} as const;

/** The place of a key as it stays over restarts: a number of a process does not. */
function lastingPlace(input: CheckInput, pid: number | null, place: string): string {
  if (pid === null) return place;
  const process = seen(input, 'processes')?.processes.find((entry) => entry.pid === pid);
  return process === undefined ? place : `environment of ${process.unit ?? process.name}`;
}

/** Checklist item 10: no key of a provider in reach of the agent, unless the operator declared it. */
export const cloudApiKeys: Check = {
  id: 'cloud-api-keys',
  run(input) {
    const absent = withoutMycoswarm('cloud-api-keys', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const facts = seen(input, 'credentials');
    const source = sourceOf(input, 'credentials');
    const parts: Part[] = [unseenPart(input, 'credentials')].filter((part) => part !== null);
    for (const found of facts?.found ?? []) {
      const value = `${found.name} @ ${lastingPlace(input, found.pid, found.place)}`;
      const reason = declaredReason(input, 'provider-key', value);
      const what = `${found.name} (${found.provider}) @ ${found.place}`;
      if (reason !== null) {
        parts.push({
          what,
          seen: `${KIND_WORDS[found.kind]}, declared: ${reason}`,
          status: 'pass',
          source,
          declared: `key ${value}: ${reason}`,
        });
        continue;
      }
      parts.push({
        what,
        seen: `a key of ${found.provider}, ${KIND_WORDS[found.kind]}`,
        status: 'fix',
        severity: 'high',
        source,
        headline: `A key to ${found.provider} on ${node} is in reach of the agent.`,
        declarable: { kind: 'provider-key', value },
        steps: [
          byHand(`Revoke the key ${found.name} at ${found.provider}: the agent may have read it already.`),
          found.kind === 'environment' || found.kind === 'unit'
            ? asRoot(
                input,
                'Find where it is set',
              )`grep -rlsF -- ${found.name} /etc/systemd/system /etc/environment /etc/default /etc/profile.d`
            : asRoot(
                input,
                'Take its lines out of the file; nothing is shown',
              )`sed -i ${`/${found.name.replace(/[^A-Za-z0-9_]/g, '.')}/d`} -- ${found.place}`,
          byHand('If it is meant, declare it in Swarmkeep with the reason.'),
        ],
      });
    }
    for (const instance of input.facts.profile.instances) {
      const closed = processesOf(input, instance).filter((process) => process.environment === null);
      if (closed.length > 0 && facts !== null) {
        parts.push(
          notSeen(
            input,
            `${labelOf(input, instance)}environment of pid ${closed
              .slice(0, 8)
              .map((process) => process.pid)
              .join(', ')}`,
            '/proc/PID/environ was closed to the look',
            '/proc/PID/environ',
            AS_ADMINISTRATOR,
          ),
        );
      }
    }
    const hidden = unseenPart(input, 'processes');
    if (hidden !== null) parts.push(hidden);
    parts.push(...gapParts(input, 'credentials'));
    if (facts !== null && facts.found.length === 0 && facts.lookedAt.length > 0) {
      parts.push({
        what: `${facts.lookedAt.length} places`,
        seen: 'no key of a provider found',
        status: 'pass',
        source,
        raw: facts.lookedAt.join('\n'),
      });
    }
    return conclude('cloud-api-keys', input, parts, {
      pass: `No key to an online service on ${node} is in reach of the agent${facts !== null && facts.found.length > 0 ? ', besides those you declared' : ''}.`,
      detail: {
        fix: 'A key in reach of the agent can be spent by it, and what is sent with it leaves the house.',
      },
      wouldChange: {
        pass: 'A key in a file, a unit or the environment of a program of the agent would change this.',
        otherwise: 'Keys that are gone, or declared with a reason, would make this fine.',
      },
    });
  },
};
