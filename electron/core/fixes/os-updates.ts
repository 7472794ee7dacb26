import { seen } from '#core/checks/knowledge.ts';
import type { Fix } from './fix.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { step, typed } from './steps.ts';

/** Programs that run on with old files end when their package is updated; most are back within a minute. */
const UPDATE_SECONDS = 60;

/** Installs the security updates that wait. The restart of a machine stays a person's. */
export const osUpdatesFix: Fix = {
  check: 'os-updates',
  words:
    'Installs the security updates that wait. This cannot be taken back, and the machine is not restarted by it.',
  after: [],
  targets: () => [],
  plan: (input) => {
    const offered = whyNotOffered(input, ['updates']);
    if (offered !== null) return notAutomatic(offered);
    const updates = seen(input, 'updates');
    if (updates?.manager !== 'apt')
      return notAutomatic(
        'With what this node is updated was not recognised, or is not apt. Take the steps of the finding by hand.',
      );
    const waiting = updates.pending.filter(({ security }) => security);
    if (waiting.length === 0)
      return notAutomatic(
        'Only a restart of the machine is missing, and when that suits only you know. What runs on it ends meanwhile.',
      );
    const names = waiting.slice(0, 12).map(({ package: name, available }) => `${name} ${available}`);
    const more = waiting.length > names.length ? ` and ${waiting.length - names.length} more` : '';
    return planned({
      title: 'Install the security updates that wait',
      settings: [
        {
          check: 'os-updates',
          setting: `${waiting.length} security ${waiting.length === 1 ? 'update' : 'updates'}`,
          from: 'waiting',
          to: `installed: ${names.join(', ')}${more}`,
          takesEffect: updates.restartRequired
            ? 'partly after a restart of the machine, which is asked for already and which this does not do'
            : 'at once; some of it, such as a kernel, after a restart of the machine, which this does not do',
          recover:
            'Updates cannot be taken back. If something breaks, install the older version by hand (apt-get install PACKAGE=VERSION)',
        },
      ],
      steps: [
        step(
          input,
          'Fetch the lists and install the security updates',
          { verb: 'install-updates', securityOnly: true },
          typed('apt-get', 'upgrade', '-y'),
          {
            needs: ['root', 'package', 'network'],
            interrupts: { what: 'services that are updated', seconds: UPDATE_SECONDS },
            undoable: false,
            undo: 'It cannot be taken back: the packages stay at their new versions.',
          },
        ),
      ],
      proofs: [{ kind: 'check', check: 'os-updates' }],
      mayCutOff: false,
    });
  },
};
