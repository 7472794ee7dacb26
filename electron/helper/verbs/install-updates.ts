import { z } from 'zod';
import {
  type PackageManager,
  packageManager,
  refreshLists,
  runManager,
} from '../packages/package-manager.ts';
import { Refused } from '../refused.ts';
import { anyVerb, type Work } from './verb.ts';

const nothing = z.strictObject({});

/** Arguments that bring the pending updates in, or null when there are none. */
function updates(work: Work, manager: PackageManager, securityOnly: boolean): readonly string[] | null {
  const base = [
    '-y',
    '-q',
    '-o',
    'Dpkg::Options::=--force-confdef',
    '-o',
    'Dpkg::Options::=--force-confold',
    '-o',
    'DPkg::Lock::Timeout=120',
  ];
  if (manager.name === 'dnf') return ['upgrade', '-y', ...(securityOnly ? ['--security'] : [])];
  if (manager.name === 'pacman') {
    if (securityOnly) throw new Refused('missing-tool', 'pacman cannot install security updates alone.');
    return ['-Syu', '--noconfirm'];
  }
  refreshLists(work.machine, manager);
  if (!securityOnly) return ['upgrade', ...base, '--with-new-pkgs'];
  const planned = runManager(work.machine, manager, ['upgrade', '-s', '-q', '--with-new-pkgs']);
  const names = planned
    .split('\n')
    .filter((line) => /^Inst .*\b(Debian-Security|[A-Za-z]+-security)\b/i.test(line))
    .map((line) => line.split(' ')[1] ?? '')
    .filter((name) => /^[A-Za-z0-9][A-Za-z0-9+.-]*$/.test(name));
  return names.length === 0
    ? null
    : ['install', ...base, '--only-upgrade', '--no-install-recommends', '--', ...names];
}

/** Installs pending updates (`install-updates` of the protocol). Cannot be taken back. */
export const installUpdates = anyVerb<'install-updates', z.infer<typeof nothing>, z.infer<typeof nothing>>({
  verb: 'install-updates',
  before: nothing,
  left: nothing,
  target: () => 'packages of the system',
  look: (_action, { machine }) => {
    packageManager(machine);
    return {};
  },
  perform: ({ securityOnly }, _before, work) => {
    const manager = packageManager(work.machine);
    const args = updates(work, manager, securityOnly);
    const output = args === null ? 'Nothing is pending.' : runManager(work.machine, manager, args);
    return {
      left: {},
      already: args === null,
      notUndone: 'Updates of the system stay: packages do not go back to versions with known holes.',
      output,
    };
  },
  differences: () => [],
  takeBack: () => 'Updates of the system stay.',
});
