/**
 * Variables whose values checks need and that by their meaning hold no secret. Everything else is kept by name only.
 */
const KEPT = new Set([
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
]);

/** May the value of this environment variable become a fact? Proxy URLs lose their credentials by `redactText`. */
export function mayKeepValue(name: string): boolean {
  return KEPT.has(name) || KEPT.has(name.toUpperCase());
}
