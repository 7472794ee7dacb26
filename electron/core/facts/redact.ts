/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

/** A name whose value is a secret: of a variable, an option, a header, a key in a file. */
const SECRET_NAME =
  /(?:^|[^a-z])(?:(?:api|access|private|secret|auth|account|encryption|signing|master)[_-]?key|token|secret|passw(?:or)?d|passphrase|pwd|credentials?|authorization|cookie|dsn)(?:[^a-z]|$)|(?:key|token|secret|password|passwd)$/i;

/** 64 hex digits (a swarm token looks so) that are not announced as a digest. */
const SWARM_TOKEN = /(?<!sha256[:=]|sha256 ?= ?["']|sha256-|[0-9a-f])[0-9a-f]{64}(?![0-9a-f])/gi;

/** Keys of providers that can be told by their form alone. */
const PROVIDER_KEY =
  /\b(?:sk-(?:ant-|proj-|or-|svcacct-)?[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{16,}|gh[opusr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|gsk_[A-Za-z0-9]{16,}|r8_[A-Za-z0-9]{16,}|xai-[A-Za-z0-9]{16,}|pplx-[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{30,}|AKIA[A-Z0-9]{12,}|ASIA[A-Z0-9]{12,}|xox[abeprs]-[A-Za-z0-9-]{10,}|npm_[A-Za-z0-9]{20,}|pypi-[A-Za-z0-9_-]{20,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})/g;

const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,256}):[^\s/@]{1,512}@/gi;
const HEADER =
  /\b((?:proxy-)?authorization|x-swarm-token|x-api-key|cookie)(\s*[:=]\s*)(?:bearer\s+|basic\s+)?[^\s"',;]+/gi;
const BEARER = /\b(bearer)\s+[A-Za-z0-9._~+/=-]{8,}/gi;
/** Words that a name of a secret has somewhere in it; `isSecretName` has the last word. */
const HINT = '(?:key|token|secret|passw|passphrase|pwd|credential|authorization|cookie|dsn)';
/** `NAME=value`, `name: value`, `"name": "value"`. Names are bounded, so that long runs of letters cost no more. */
const ASSIGNMENT = new RegExp(
  `(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]{0,60}?${HINT}[A-Za-z0-9_.-]{0,20})(["']?\\s{0,2}[=:]\\s{0,2}["']?)([^\\s"',;]{1,4096})`,
  'gi',
);
/** `--name value`. */
const OPTION = new RegExp(
  `(?<![A-Za-z0-9_.-])(--?[A-Za-z0-9_.-]{0,60}?${HINT}[A-Za-z0-9_.-]{0,20})(\\s{1,2}["']?)([^\\s"'-][^\\s"']{0,4095})`,
  'gi',
);

/** The name alone says that its value must not be shown: `OPENAI_API_KEY`, `--password`, `X-Swarm-Token`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Words that follow a secret's name and are none: paths of key files, switches, what we wrote ourselves. */
function isHarmless(value: string): boolean {
  return (
    value === REDACTED ||
    value === '' ||
    /^(?:true|false|yes|no|on|off|null|none|[0-9]{1,3}|%[a-z]|\$\{?\w+\}?)$/i.test(value)
  );
}

function hideValue(whole: string, name: string, middle: string, value: string): string {
  return isSecretName(name) && !isHarmless(value) ? `${name}${middle}${REDACTED}` : whole;
}

/**
 * Replaces everything in a text that looks like a secret: tokens of 64 hex digits (digests announced by `sha256:` stay),
 * provider keys, passwords in URLs, authorization headers, values assigned to names of secrets. Applying it twice changes
 * nothing more.
 */
export function redactText(text: string): string {
  return text
    .replace(SWARM_TOKEN, REDACTED)
    .replace(PROVIDER_KEY, REDACTED)
    .replace(URL_PASSWORD, `$1:${REDACTED}@`)
    .replace(HEADER, `$1$2${REDACTED}`)
    .replace(BEARER, `$1 ${REDACTED}`)
    .replace(ASSIGNMENT, hideValue)
    .replace(OPTION, hideValue);
}

/**
 * Redacts an argument vector: each word by `redactText`, and the word after an option that is called like a secret
 * (`--token x`, `-password x`).
 */
export function redactArguments(words: readonly string[]): string[] {
  let secretFollows = false;
  return words.map((word) => {
    const follows = secretFollows;
    secretFollows = /^--?[A-Za-z][A-Za-z0-9_.-]*$/.test(word) && isSecretName(word);
    if (follows && !word.startsWith('-') && !isHarmless(word)) return REDACTED;
    return redactText(word);
  });
}
