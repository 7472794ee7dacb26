/** `-I`: neither the folder where it is started nor what the account set for its own Python counts; `-B`: no bytecode is written. */
const PIP = ['-I', '-B', '-m', 'pip', '--no-input', '--disable-pip-version-check'] as const;

/** What an upgrade says of one package to pip. */
export interface PinnedPackage {
  name: string;
  to: string;
}

/**
 * What pip is started with to fetch and unpack exactly these packages, and to change nothing else. The plan shows it and the helper
 * runs it. `--root` (pip-install(1)) puts the files below a folder of its own, laid out as the environment is, so that pip never
 * writes to the environment itself. `:none:` first, for a `no-binary` of pip's configuration would let source run its build scripts.
 * @param stage folder that takes the files
 */
export function pipInstallArguments(stage: string, packages: readonly PinnedPackage[]): string[] {
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
    '--',
    ...packages.map(({ name, to }) => `${name}==${to}`),
  ];
}

/** Asks pip whether every requirement of what is installed is met; reads only. */
export const PIP_CHECK_ARGUMENTS: readonly string[] = [...PIP, 'check'];
