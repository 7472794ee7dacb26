/** `-I`: neither the folder where it is started nor what the account set for its own Python counts; `-B`: no bytecode is written. */
const PIP = ['-I', '-B', '-m', 'pip', '--no-input', '--disable-pip-version-check'] as const;

/** What an upgrade says of one package to pip. */
export interface PinnedPackage {
  name: string;
  to: string;
}

/** Whether a pip of that version tells which files it unpacked, with their hashes (`--report`, pip 22.2). */
export function pipTellsFiles(version: string): boolean {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})/.exec(version) ?? [];
  return Number(major) > 22 || (Number(major) === 22 && Number(minor) >= 2);
}

/**
 * What pip is started with to fetch and unpack exactly these packages, and to change nothing else. The plan shows it and the helper
 * runs it. `--root` (pip-install(1)) puts the files below a folder of its own, laid out as the environment is, so that pip never
 * writes to the environment itself. `:none:` first, for a `no-binary` of pip's configuration would let source run its build scripts.
 * @param stage folder that takes the files
 * @param report file into which pip writes what it unpacked; null for a pip that cannot
 */
export function pipInstallArguments(
  stage: string,
  packages: readonly PinnedPackage[],
  report: string | null,
): string[] {
  return [
    ...PIP,
    'install',
    '--root',
    stage,
    '--ignore-installed',
    '--no-deps',
    '--no-binary=:none:',
    '--only-binary=:all:',
    '--no-compile',
    '--no-user',
    '--no-cache-dir',
    '--no-warn-script-location',
    '--retries=1',
    '--timeout=20',
    ...(report === null ? [] : ['--report', report]),
    '--',
    ...packages.map(({ name, to }) => `${name}==${to}`),
  ];
}

/** Asks pip whether every requirement of what is installed is met; reads only. */
export const PIP_CHECK_ARGUMENTS: readonly string[] = [...PIP, 'check'];
