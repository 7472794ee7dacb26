/** Variables whose values checks need and that by their meaning hold no secret. Of all others only the name is kept. */
export const KEPT_VARIABLES: readonly string[] = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'PWD',
  'LANG',
  'LC_ALL',
  'TZ',
  'VIRTUAL_ENV',
  'PYTHONPATH',
  'PYTHONHOME',
  'PYTHONUSERBASE',
  'CONDA_PREFIX',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_RUNTIME_DIR',
  'OLLAMA_HOST',
  'OLLAMA_ORIGINS',
  'OLLAMA_MODELS',
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'INVOCATION_ID',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
];

const KEPT = new Set(KEPT_VARIABLES);

/**
 * May the value of this environment variable become a fact? Proxies are also known in lower case; their URLs lose their
 * credentials by `redactText`.
 */
export function mayKeepValue(name: string): boolean {
  return KEPT.has(name) || (name.endsWith('_proxy') && KEPT.has(name.toUpperCase()));
}
