import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { findProgram, type ProgramEnd, runProgram } from '../run/run-program.ts';

/** A system's own package manager, as far as the helper uses it. */
export interface PackageManager {
  name: 'apt-get' | 'dnf' | 'pacman';
  /** Names of all installed packages. */
  installed(): Set<string>;
  /** Arguments that install without asking and without anything only recommended. */
  install(names: readonly string[]): readonly string[];
  /** Arguments that fetch the lists of what there is; null where installing does it. */
  refresh: readonly string[] | null;
  remove(names: readonly string[]): readonly string[];
  /** What removing these would remove. */
  wouldRemove(names: readonly string[]): string[];
}

/** Packages are fetched and unpacked: a slow line and a slow disk are no failure. */
const PACKAGES_MS = 1_200_000;
const ENVIRONMENT = {
  DEBIAN_FRONTEND: 'noninteractive',
  DEBIAN_PRIORITY: 'critical',
  NEEDRESTART_SUSPEND: '1',
};
const APT = [
  '-y',
  '-q',
  '-o',
  'Dpkg::Options::=--force-confdef',
  '-o',
  'Dpkg::Options::=--force-confold',
  '-o',
  'DPkg::Lock::Timeout=120',
];
const NO_NETWORK =
  /could not resolve|temporary failure|network is unreachable|unable to fetch|failed to fetch|no route to host|connection (timed out|refused)|could not connect|curl error|failed retrieving file|no address associated|some index files failed/i;

const list = (machine: Machine, program: string, ...args: string[]) =>
  new Set(
    runProgram(machine, { program, arguments: args, maxBytes: 16 * 1024 * 1024 })
      .output.toString('utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  );

function apt(machine: Machine): PackageManager {
  return {
    name: 'apt-get',
    installed: () => {
      const lines = [
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the form of dpkg-query(1), not of JavaScript
        ...list(machine, 'dpkg-query', '--show', '--showformat=${db:Status-Status} ${Package}\\n'),
      ];
      return new Set(lines.filter((line) => line.startsWith('installed ')).map((line) => line.slice(10)));
    },
    install: (names) => ['install', ...APT, '--no-install-recommends', '--no-remove', '--', ...names],
    refresh: ['update', '-q'],
    remove: (names) => ['purge', ...APT, '--', ...names],
    wouldRemove: (names) =>
      [...list(machine, 'apt-get', 'purge', '-s', '-q', ...APT, '--', ...names)]
        .map((line) => /^(?:Purg|Remv) (\S+)/.exec(line)?.[1] ?? '')
        .filter(Boolean),
  };
}

function dnf(machine: Machine): PackageManager {
  const query = () => list(machine, 'rpm', '-qa', '--queryformat', '%{NAME}\\n');
  return {
    name: 'dnf',
    installed: query,
    install: (names) => ['install', '-y', '--setopt=install_weak_deps=False', '--', ...names],
    refresh: null,
    remove: (names) => ['remove', '-y', '--noautoremove', '--', ...names],
    // dnf has no list for programs: what needs one of them is asked of rpm.
    wouldRemove: (names) => {
      const needing = names.flatMap((name) => [
        ...list(machine, 'rpm', '-q', '--whatrequires', '--queryformat', '%{NAME}\\n', '--', name),
      ]);
      const known = query();
      return [...names, ...needing.filter((name) => known.has(name))];
    },
  };
}

function pacman(machine: Machine): PackageManager {
  return {
    name: 'pacman',
    installed: () => list(machine, 'pacman', '-Qq'),
    install: (names) => ['-S', '--noconfirm', '--needed', '--', ...names],
    refresh: null,
    remove: (names) => ['-Rn', '--noconfirm', '--', ...names],
    wouldRemove: (names) => [...list(machine, 'pacman', '-Rnp', '--print-format', '%n', '--', ...names)],
  };
}

/** The package manager of this node; refuses `missing-tool` where there is none that the helper knows. */
export function packageManager(machine: Machine): PackageManager {
  if (findProgram(machine, 'apt-get') !== null) return apt(machine);
  if (findProgram(machine, 'dnf') !== null) return dnf(machine);
  if (findProgram(machine, 'pacman') !== null) return pacman(machine);
  throw new Refused('missing-tool', 'This node has neither apt-get, dnf nor pacman. Nothing was touched.');
}

/** Fetches the lists of what there is. apt-get ends well when it reached nobody, so its words count too. */
export function refreshLists(machine: Machine, manager: PackageManager): void {
  if (manager.refresh === null) return;
  const words = runManager(machine, manager, manager.refresh);
  if (NO_NETWORK.test(words))
    throw new Refused('no-network', `${manager.name} could not fetch its lists: ${last(words)}`);
}

/** Runs the manager; refuses `no-network`, `no-space`, `timed-out`, `program-failed`. */
export function runManager(machine: Machine, manager: PackageManager, args: readonly string[]): string {
  const end = tryManager(machine, manager, args);
  if (end.timedOut) throw new Refused('timed-out', `${manager.name} did not end within 20 minutes.`);
  const words = `${end.output.toString('utf8')}\n${end.errors}`.trim();
  if (end.status === 0) return words.slice(-8_000);
  if (/no space left/i.test(words)) throw new Refused('no-space', 'There is no space left for the packages.');
  if (NO_NETWORK.test(words))
    throw new Refused('no-network', `${manager.name} could not fetch the packages: ${last(words)}`);
  throw new Refused(
    'program-failed',
    `${manager.name} ended with ${end.status ?? 'a signal'}: ${last(words)}`,
  );
}

/** Runs the manager and answers how it ended. The node's lock is not handed on: packages start lasting programs. */
export function tryManager(machine: Machine, manager: PackageManager, args: readonly string[]): ProgramEnd {
  return runProgram(machine, {
    program: manager.name,
    arguments: args,
    environment: ENVIRONMENT,
    timeoutMs: PACKAGES_MS,
    maxBytes: 32 * 1024 * 1024,
    holdsLock: false,
  });
}

const last = (words: string) => words.split('\n').slice(-6).join(' ').slice(-800);
