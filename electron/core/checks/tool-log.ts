import { agentOf } from './agent.ts';
import type { Check } from './check.ts';
import { conclude } from './conclude.ts';
import { AS_ADMINISTRATOR, gapParts, labelOf, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import { byHand } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

const octal = (mode: number) => mode.toString(8).padStart(4, '0');

/** Tool calls are recorded, with arguments, where the agent cannot change the record. */
export const toolLog: Check = {
  id: 'tool-log',
  run(input) {
    const absent = withoutMycoswarm('tool-log', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const source = sourceOf(input, 'mycoswarm');
    const hidden = unseenPart(input, 'mycoswarm');
    const facts = seen(input, 'mycoswarm');
    const parts: Part[] = hidden === null ? [] : [hidden];
    const steps = [
      byHand(
        'mycoSwarm 0.2.16 writes no record of tool calls, and nothing on this node alone can make it: ask its makers to send each call to the journal.',
      ),
      byHand(
        'Until then "Logging" records what the agent starts, connects to and opens. That shows what was done, and not what the model wanted.',
      ),
    ];
    for (const instance of facts === null ? [] : input.facts.profile.instances) {
      const agent = agentOf(input, instance);
      const label = labelOf(input, instance);
      const log = facts?.toolCallLog ?? null;
      if (log === null) {
        const gaps = gapParts(input, 'mycoswarm', (what) =>
          /^(record of tool calls|state of mycoSwarm)$/.test(what),
        );
        parts.push(
          ...(gaps.length > 0
            ? gaps
            : [
                {
                  what: `${label}record of tool calls`,
                  seen: 'there is none',
                  status: 'fix' as const,
                  severity: 'low' as const,
                  source,
                  headline: `Tool calls on ${node} are recorded nowhere.`,
                  steps,
                },
              ]),
        );
        continue;
      }
      const what = `${label}${log.path}, mode ${octal(log.mode)}, uid ${log.uid}; its folder mode ${octal(log.folderMode)}, uid ${log.folderUid}`;
      const isReachable =
        agent.canBe(log.uid) ||
        agent.canBe(log.folderUid) ||
        (log.mode & 0o002) !== 0 ||
        ((log.folderMode & 0o002) !== 0 && (log.folderMode & 0o1000) === 0);
      const byGroup = (log.mode & 0o020) !== 0 || (log.folderMode & 0o020) !== 0;
      if (isReachable) {
        parts.push({
          what,
          seen: 'the agent can change it',
          status: 'fix',
          severity: 'medium',
          source,
          headline: `The agent on ${node} can rewrite the record of its tool calls.`,
          steps,
        });
      } else if (byGroup)
        parts.push(notSeen(input, what, 'writable by a group that is not known', source, AS_ADMINISTRATOR));
      else parts.push({ what, seen: 'outside the reach of the agent', status: 'pass', source });
      parts.push(...agent.doubts);
    }
    return conclude('tool-log', input, parts, {
      pass: `Tool calls on ${node} are recorded where the agent cannot change them.`,
      detail: {
        fix: 'A record of tool calls says what the model asked for, with its words; "Logging" is another thing: there the system records what programs then really did. A stock mycoSwarm fails this, and no change on the node alone can mend it.',
      },
      wouldChange: {
        pass: 'A record that the agent can write would change this.',
        otherwise: 'A mycoSwarm that records tool calls outside the reach of the agent would make this fine.',
      },
    });
  },
};
