import { z } from 'zod';
import {
  type PackageManager,
  packageManager,
  refreshLists,
  runManager,
  tryManager,
} from '../packages/package-manager.ts';
import { Refused } from '../refused.ts';
import { switchAuditOff } from './audit-switch.ts';
import { anyVerb, type Work } from './verb.ts';

/** What brings auditd, by the names of Debian, and of Fedora and Arch. */
const AUDIT_PACKAGES = new Set(['auditd', 'audit']);

const names = z.array(z.string().max(128)).max(100_000);
const before = z.strictObject({ wanted: names, installed: names });
const left = z.strictObject({ added: names });

const missing = (manager: PackageManager, wanted: readonly string[]) => {
  const there = manager.installed();
  return wanted.filter((name) => !there.has(name));
};

/** Installs, and asks for fresh lists once when a package is not known: lists of a new node are empty. */
function install(work: Work, manager: PackageManager, wanted: readonly string[]): string {
  const first = tryManager(work.machine, manager, manager.install(wanted));
  if (first.status === 0) return first.output.toString('utf8').slice(-8_000);
  refreshLists(work.machine, manager);
  return runManager(work.machine, manager, manager.install(wanted));
}

/** What was added since, and is still there. */
const addedSince = (manager: PackageManager, installed: readonly string[]) => {
  const old = new Set(installed);
  return [...manager.installed()].filter((name) => !old.has(name));
};

/** Installs packages with the system's own manager (`install-packages` of the protocol). */
export const installPackages = anyVerb<'install-packages', z.infer<typeof before>, z.infer<typeof left>>({
  verb: 'install-packages',
  before,
  left,
  target: (action) => action.packages.join(' ').slice(0, 4_096),
  look: ({ packages }, { machine }) => ({
    wanted: packages,
    installed: [...packageManager(machine).installed()],
  }),
  perform: ({ packages }, kept, work) => {
    const manager = packageManager(work.machine);
    const absent = missing(manager, packages);
    const output = absent.length === 0 ? '' : install(work, manager, absent);
    work.machine.pause?.('installed');
    if (missing(manager, packages).length > 0)
      throw new Refused('program-failed', `${manager.name} ended well, and the packages are not there.`);
    const added = addedSince(manager, kept.installed);
    return { left: { added }, already: absent.length === 0 && added.length === 0, notUndone: null, output };
  },
  differences: (kept, leftThere, { machine }) => {
    const manager = packageManager(machine);
    const there = manager.installed();
    const ours = (leftThere?.added ?? addedSince(manager, kept.installed)).filter((name) => there.has(name));
    if (ours.length === 0) return [];
    const more = manager.wouldRemove(ours).filter((name) => !ours.includes(name));
    return more.length === 0
      ? []
      : [
          {
            path: ours.join(' ').slice(0, 4_096),
            what: 'state',
            left: 'needed by nothing',
            now: `needed by ${more.join(' ')}`.slice(0, 512),
          },
        ];
  },
  takeBack: (kept, leftThere, { machine }) => {
    const manager = packageManager(machine);
    const there = manager.installed();
    const ours = (leftThere?.added ?? addedSince(manager, kept.installed)).filter((name) => there.has(name));
    if (ours.length === 0) return 'The packages are gone already.';
    const words = ours.some((name) => AUDIT_PACKAGES.has(name))
      ? switchAuditOff(machine, manager.name === 'apt-get')
      : '';
    runManager(machine, manager, manager.remove(ours));
    return `Removed: ${ours.join(' ')}. ${words}`.trim();
  },
});
