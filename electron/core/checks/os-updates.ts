import type { Check } from './check.ts';
import { conclude } from './conclude.ts';
import { gapParts, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot } from './steps.ts';

const DAY = 86_400_000;

/** The collector's word for dates that are only the latest possible ones: lists of Debian carry none for packages. */
const AGE_GAP = 'age of updates';

/** No security update waits too long, and none waits for a restart. */
export const osUpdates: Check = {
  id: 'os-updates',
  run(input) {
    const node = input.nodeName;
    const limit = input.settings.updateMaxAgeDays;
    const source = sourceOf(input, 'updates');
    const updates = seen(input, 'updates');
    const hidden = unseenPart(input, 'updates');
    const parts: Part[] = hidden === null ? [] : [hidden];
    const days = (at: string) => Math.floor((input.now.getTime() - Date.parse(at)) / DAY);
    const install = [
      asRoot(input, 'Fetch the lists of packages')`apt-get update`,
      asRoot(input, 'Install what waits')`apt-get upgrade`,
    ];
    const observation = input.facts.subjects.updates;
    const isBound = observation.state === 'seen' && observation.gaps.some((gap) => gap.what === AGE_GAP);
    if (updates !== null) {
      const refreshed = updates.listsRefreshedAt;
      if (updates.manager === null)
        parts.push(notSeen(input, 'package manager', 'none was recognised', source, null));
      else if (refreshed === null)
        parts.push(
          notSeen(
            input,
            'lists of packages',
            'when they were fetched is not known: there is no list of packages on its disk, or it has no time',
            source,
            'fetch the lists of packages on this node',
          ),
        );
      else if (days(refreshed) > limit || days(refreshed) < 0) {
        parts.push(
          notSeen(
            input,
            `lists of packages, from ${refreshed}`,
            days(refreshed) < 0
              ? 'they are from the future'
              : `${days(refreshed)} days old: what was published since is not in them`,
            source,
            'fetch the lists of packages on this node, with apt-get update',
          ),
        );
      } else
        parts.push({
          what: `lists of packages, from ${refreshed}`,
          seen: days(refreshed) === 0 ? 'fetched today' : `${days(refreshed)} days old`,
          status: 'pass',
          source,
        });
      const waiting = updates.pending.filter((update) => update.security);
      for (const update of waiting) {
        const what = `${update.package} ${update.installed ?? '?'} → ${update.available}`;
        const age = update.publishedAt === null ? null : days(update.publishedAt);
        if (age === null || (isBound && age <= limit)) {
          parts.push({
            what,
            seen:
              age === null
                ? 'a security update that waits; since when is not known'
                : `a security update that waits, for ${age} days or longer`,
            status: 'review',
            severity: 'medium',
            source,
            headline: `${waiting.length} security ${waiting.length === 1 ? 'update waits' : 'updates wait'} on ${node}.`,
            steps: install,
          });
        } else if (age > limit) {
          parts.push({
            what,
            seen: `published ${age} days ago${isBound ? ' or earlier' : ''}, at most ${limit} are meant`,
            status: 'fix',
            severity: 'high',
            source,
            headline: `Security updates on ${node} have waited for more than ${limit} days.`,
            steps: install,
          });
        } else
          parts.push({
            what,
            seen: `published ${age} days ago`,
            status: 'pass',
            source,
          });
      }
      if (waiting.length === 0 && updates.manager !== null)
        parts.push({
          what: 'security updates that wait',
          seen: 'none in the lists on this node',
          status: 'pass',
          source,
        });
      const restart = [asRoot(input, 'Restart the machine when it suits')`systemctl reboot`];
      if (updates.restartRequired) {
        parts.push({
          what: `restart asked for${updates.restartPackages.length === 0 ? '' : ` by ${updates.restartPackages.join(', ')}`}`,
          seen: 'what was installed is not in use yet',
          status: 'fix',
          severity: 'high',
          source,
          headline: `${node} needs a restart: updates are installed and not in use.`,
          steps: restart,
        });
      } else parts.push({ what: 'restart asked for', seen: 'no', status: 'pass', source });
      if (updates.runningKernelIsNewest === false) {
        parts.push({
          what: `kernel ${seen(input, 'identity')?.kernel ?? ''}`.trim(),
          seen: 'a newer one is installed and not running',
          status: 'fix',
          severity: 'high',
          source,
          headline: `${node} needs a restart: an older kernel is still running.`,
          steps: restart,
        });
      } else if (updates.runningKernelIsNewest === null)
        parts.push(
          notSeen(
            input,
            'running kernel',
            'whether it is the newest one installed is not known: the kernels in /boot could not be compared with it',
            source,
            'look at this node again',
          ),
        );
      else parts.push({ what: 'running kernel', seen: 'the newest one installed', status: 'pass', source });
      if (updates.unattended !== null)
        parts.push({
          what: 'updates by themselves',
          seen: updates.unattended ? 'switched on' : 'switched off',
          status: 'not-applicable',
          source,
        });
      parts.push(...gapParts(input, 'updates', (what) => what !== AGE_GAP));
    }
    return conclude('os-updates', input, parts, {
      pass: `The security updates of ${node} are in, and in use.`,
      detail: {
        fix: 'The account, the sandbox and the firewall are kept by the system. A known hole in it goes around all of them.',
      },
      wouldChange: {
        pass: `A security update that waits for more than ${limit} days, or for a restart, would change this.`,
        otherwise:
          'Fresh lists, the security updates installed, and a restart where one is asked for, would make this fine.',
      },
    });
  },
};
