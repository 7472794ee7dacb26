import type { Check } from './check.ts';
import { conclude } from './conclude.ts';
import { logParts } from './log-evidence.ts';
import { byHand } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

/** Whether the log of mycoSwarm can be forged: what the log itself shows of lines that somebody else wrote. */
export const logInjection: Check = {
  id: 'log-injection',
  run(input) {
    const absent = withoutMycoswarm('log-injection', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const parts = logParts('log-injection', input, {
      open: 'the log took a line from its subject',
      headline: `Somebody wrote lines of their own into the log of ${node}.`,
      lookedFor:
        'lines within lines, lines that stop in the middle, and clocks that run back, in the log of mycoSwarm',
      notSeen: 'no line of them was seen; whether one could be written was not seen either',
      notSeenHeadline: `No forged line was seen in the log of ${node}; whether one could be written was not seen.`,
      steps: [
        byHand(
          'Trust no line of that log near these. What really ran is in the audit log, which the agent cannot write; see "Logging".',
        ),
        byHand('Look at the task whose name broke the line: whoever sent it knew what they did.'),
        byHand(
          'mycoSwarm 0.2.16 writes names of tasks into its log as they come, and no setting changes that: ask its makers to escape them.',
        ),
      ],
    });
    return conclude('log-injection', input, parts, {
      pass: '',
      detail: {
        fix: 'Swarmkeep keeps each line as it came, and shows what cannot be seen in it.',
        unknown: 'Nothing is written into a log of a node by Swarmkeep itself.',
      },
      wouldChange: {
        pass: '',
        otherwise: 'A mycoSwarm that escapes line breaks, seen in its log, would make this fine.',
      },
    });
  },
};
