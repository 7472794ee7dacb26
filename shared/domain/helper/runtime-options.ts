/** Options of the runtime: no debugger by signal, no native addons, no settings from elsewhere. */
export const RUNTIME_OPTIONS = [
  '--disable-sigusr1',
  '--no-addons',
  '--no-warnings',
  '--openssl-config=/dev/null',
] as const;
