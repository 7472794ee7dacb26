import type { CheckId } from '#shared/domain/check-id.ts';
import type { Finding } from '#shared/domain/finding.ts';
import type { CheckInput } from './check.ts';
import { conclude, doesNotApply } from './conclude.ts';
import { gapParts, seen, sourceOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';

/**
 * The finding of a check about mycoSwarm on a node where no installation was found; null when there is one. That there is
 * none can only be said when the running programs and the units were seen.
 */
export function withoutMycoswarm(check: CheckId, input: CheckInput): Finding | null {
  if (input.facts.profile.instances.length > 0) return null;
  const node = input.nodeName;
  const unseen = [
    ...[unseenPart(input, 'processes'), unseenPart(input, 'units')].filter((part) => part !== null),
    // Details of single processes may stay closed; processes that do not show at all may be mycoSwarm.
    ...gapParts(input, 'processes', (what) => /^(processes of other accounts|some processes)$/.test(what)),
  ];
  const listener = seen(input, 'sockets')?.listening.find(
    (socket) => socket.protocol === 'tcp' && socket.port === 7890,
  );
  const parts: Part[] = unseen.map((part) => ({
    ...part,
    headline: `We could not tell whether mycoSwarm is on ${node}.`,
  }));
  if (listener !== undefined) {
    parts.push({
      what: `${listener.address}:7890 ${listener.processName ?? ''}`.trim(),
      seen: 'the port of mycoSwarm, answered by a program that was not recognised',
      status: 'unknown',
      source: sourceOf(input, 'sockets'),
      raw: listener.raw,
      headline: `Something on ${node} answers on the port of mycoSwarm and was not recognised.`,
      wouldHelp: 'say in Setup where mycoSwarm is installed on this node',
    });
  }
  if (parts.length > 0) {
    return conclude(check, input, parts, {
      pass: '',
      wouldChange: {
        pass: '',
        otherwise: 'Seeing the running programs and the units of this node would change this.',
      },
    });
  }
  return doesNotApply(
    check,
    input,
    `There is no mycoSwarm on ${node}, so this does not apply.`,
    'Installing mycoSwarm on this node would change this, or correcting in Setup where it is.',
  );
}
