import type { Check } from './check.ts';
import { conclude } from './conclude.ts';
import { logParts } from './log-evidence.ts';
import { byHand } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

/** Whether guesses of the swarm secret are slowed down: what the logs show of somebody who guessed. */
export const tokenThrottling: Check = {
  id: 'token-throttling',
  run(input) {
    const absent = withoutMycoswarm('token-throttling', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const parts = logParts('token-throttling', input, {
      open: 'each try was answered; nothing slowed them down',
      headline: `Somebody tried to get past the swarm secret of ${node}, and nothing slowed them down.`,
      lookedFor: 'many wrong secrets, or many connections to the port of mycoSwarm, in a short time',
      notSeen: 'nobody was seen trying; whether a try would be slowed down was not seen either',
      notSeenHeadline: `Nobody was seen guessing the secret of ${node}; whether it would be slowed down was not seen.`,
      steps: [
        byHand('See whose address it is, and take that device off the network when it is not yours.'),
        byHand('Let only the nodes of the swarm reach port 7890; see "Known peers only".'),
        byHand(
          'Make sure that the secret has at least 256 bits; see "Swarm secret". No number of tries finds such a one.',
        ),
        byHand(
          'mycoSwarm 0.2.16 answers every try at once, and no setting changes that: ask its makers for a limit.',
        ),
      ],
    });
    return conclude('token-throttling', input, parts, {
      pass: '',
      detail: {
        fix: 'It does not mean that the secret was found. When the alert is settled under Audit, this goes back to what was seen besides.',
        unknown: 'Wrong secrets are not tried on a node by Swarmkeep itself.',
      },
      wouldChange: {
        pass: '',
        otherwise:
          'A mycoSwarm that refuses to answer after some wrong secrets, seen in its log, would make this fine.',
      },
    });
  },
};
