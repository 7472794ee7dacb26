import { EXEC_PROPERTIES, KEPT_PROPERTIES } from './properties.ts';

const EXEC: ReadonlySet<string> = new Set(EXEC_PROPERTIES);

/** Variables of units whose value can hold no secret and that a person needs in order to understand the unit. */
const HARMLESS = new Set([
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'PYTHONUNBUFFERED',
  'PYTHONPATH',
  'VIRTUAL_ENV',
  'XDG_CONFIG_HOME',
  'OLLAMA_HOST',
  'OLLAMA_ORIGINS',
  'OLLAMA_MODELS',
]);

/** One assignment of Environment=, unquoted (systemd.exec(5): words separated by spaces, quotes around a whole word). */
export interface Assignment {
  name: string;
  value: string;
}

/** @param text right side of Environment=; whatever is no `NAME=value` is left out */
export function readAssignments(text: string): Assignment[] {
  const found: Assignment[] = [];
  for (const match of text.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+)/gs)) {
    const word = match[1] ?? match[2] ?? match[3] ?? '';
    const parts = /^\$?'?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(word);
    if (parts) found.push({ name: parts[1] ?? '', value: parts[2] ?? '' });
  }
  return found.slice(0, 512);
}

const SECRET_WORD = /(?:sk-|sk_|hf_|ghp_|gho_|github_pat_|xox[abp]-|AKIA|AIza|gsk_)[A-Za-z0-9_-]{8,}/g;
const SECRET_OPTION =
  /((?:--?|\b)[\w-]*(?:token|secret|password|passwd|api-?key|credential)[\w-]*(?:=|\s+))(\S+)/gi;

/** Takes what looks like a secret out of one line of a command. */
export function redactLine(line: string): string {
  return line.replace(SECRET_WORD, '[redacted]').replace(SECRET_OPTION, '$1[redacted]');
}

/**
 * Unit text fit to be kept: values of Environment=, SetCredential= and PassEnvironment-like lines are replaced, and so are words
 * that look like keys anywhere else. File names (EnvironmentFile=, LoadCredential=) stay.
 */
export function redactUnitText(text: string): string {
  const joined = text.replace(/\\\r?\n/g, ' ');
  return joined
    .split('\n')
    .map((line) => {
      const environment = /^(\s*Environment\s*=\s*)(.*)$/.exec(line);
      if (environment) {
        const words = readAssignments(environment[2] ?? '').map(({ name, value }) =>
          HARMLESS.has(name) ? `${name}=${redactLine(value)}` : `${name}=[redacted]`,
        );
        return `${environment[1]}${words.join(' ')}`;
      }
      if (/^\s*(?:SetCredential|SetCredentialEncrypted)\s*=/.test(line)) {
        return line.replace(/=([^:]*).*$/, '=$1:[redacted]');
      }
      return /^\s*(?:EnvironmentFile|LoadCredential)/.test(line) ? line : redactLine(line);
    })
    .join('\n');
}

/** What `systemctl show` would say of a command line, so that both are read by the same code. */
function asCommand(line: string): string {
  const command = line.replace(/^[@:+!|-]+/, '').trim();
  const program = /^"([^"]*)"|^'([^']*)'|^(\S+)/.exec(command);
  return `{ path=${program?.[1] ?? program?.[2] ?? program?.[3] ?? ''} ; argv[]=${command} ; ignore_errors=no ; }`;
}

/**
 * Properties of a unit that no manager has loaded, read from its text and drop-ins in order (systemd.syntax(7): an empty
 * assignment resets, lists add up, the last word wins elsewhere). Only allow-listed names are kept.
 */
export function propertiesFromText(texts: readonly string[]): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const text of texts) {
    let section = '';
    for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
      section = /^\s*\[([A-Za-z-]{1,32})\]\s*$/.exec(line)?.[1] ?? section;
      const match = /^\s*([A-Za-z]{1,64})\s*=\s*(.*?)\s*$/.exec(line);
      const name = match?.[1] ?? '';
      const value = match?.[2] ?? '';
      if (!match || section === 'Install') continue;
      const key = name === 'EnvironmentFile' ? 'EnvironmentFiles' : name;
      if (!KEPT_PROPERTIES.has(key)) continue;
      if (value === '') delete properties[key];
      else if (EXEC.has(key)) {
        const before = properties[key] === undefined ? '' : `${properties[key]}\n`;
        properties[key] = `${before}${redactLine(asCommand(value))}`.slice(0, 8_192);
      } else if (/(?:Paths|Files|Requires|Wants|After|Before|AddressAllow|AddressDeny|Families)$/.test(key)) {
        properties[key] = `${properties[key] ? `${properties[key]} ` : ''}${value}`.slice(0, 8_192);
      } else properties[key] = value.slice(0, 8_192);
    }
  }
  return properties;
}
