import { join } from 'node:path';
import type { SshConfig, SshConfigHost } from '#shared/contract/found-nodes.ts';
import { sshHostName, sshUserName } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { optionPath } from '../ssh-options.ts';
import { type ConfigFiles, type Directive, readConfigTree } from './config-tree.ts';
import { PatternMatcher } from './host-pattern.ts';
import { type HostValues, hostValues, isMatchAll } from './host-values.ts';

const MAX_HOSTS = 1_024;

/** A host of the configuration, before it is compared with the list of nodes. */
export type ReadHost = Omit<SshConfigHost, 'known'>;

/**
 * Which machines the operator's own `~/.ssh/config` names, and how each is reached. The file is only read: no `Match exec`, no
 * ProxyCommand and no variable is ever evaluated, which `ssh -G` would do.
 * @param home of the operator
 */
export async function readSshConfig(
  home: string,
  files: ConfigFiles,
): Promise<Omit<SshConfig, 'hosts'> & { hosts: ReadHost[] }> {
  const file = visible(join(home, '.ssh', 'config')).slice(0, 256);
  const tree = await readConfigTree(home, files);
  if (tree === null) return { file, found: false, hosts: [], leftOut: 0, problems: [] };
  const names = new Set<string>();
  const leftOut = collect(tree.directives, names);
  const matcher = new PatternMatcher();
  const hosts: ReadHost[] = [];
  const problems = new Set(tree.problems);
  for (const name of names) {
    if (hosts.length === MAX_HOSTS) {
      problems.add(`More than ${MAX_HOSTS} hosts: the rest was left out.`);
      break;
    }
    const values = hostValues(tree.directives, name, matcher);
    if (matcher.spent) {
      problems.add('It has too many patterns to compare: the rest was left out.');
      break;
    }
    hosts.push(hostOf(name, values, home));
  }
  return {
    file,
    found: true,
    hosts,
    leftOut,
    problems: [...problems].map((problem) => visible(problem).slice(0, 512)).slice(0, 16),
  };
}

/** Names that stand for one machine each: no pattern, nothing negated. @returns how many `Match` blocks are passed over */
function collect(directives: readonly Directive[], names: Set<string>): number {
  let leftOut = 0;
  for (const directive of directives) {
    if ('files' in directive) {
      for (const file of directive.files) leftOut += collect(file, names);
    } else if (directive.keyword === 'host') {
      for (const value of directive.values) if (/^[^!*?][^*?]{0,255}$/.test(value)) names.add(value);
    } else if (directive.keyword === 'match' && !isMatchAll(directive.values)) leftOut += 1;
  }
  return leftOut;
}

function hostOf(name: string, values: HostValues, home: string): ReadHost {
  const unusable = (why: string): ReadHost => ({ name: visible(name).slice(0, 256), address: null, why });
  if (values.proxy !== undefined && values.proxy.toLowerCase() !== 'none') {
    return unusable('It is reached through another machine or program, which Swarmkeep does not do.');
  }
  const host = sshHostName.safeParse(
    (values.hostName ?? name).replaceAll(/%(.)/gs, (all, sign: string) =>
      sign === '%' ? '%' : sign === 'h' ? name : all,
    ),
  );
  if (!host.success) return unusable('Its host name has signs that no host name has.');
  const port = values.port === undefined ? 22 : /^\d{1,5}$/.test(values.port) ? Number(values.port) : 0;
  if (port < 1 || port > 65_535) return unusable('Its port is no number from 1 to 65535.');
  const user = sshUserName.optional().safeParse(values.user);
  if (!user.success) return unusable('Its login name has signs that no login name has.');
  const keys = values.identityFiles.filter((file) => file.toLowerCase() !== 'none');
  const [identityFile] = keys
    .map((file) => keyPath(file, { home, name, host: host.data, port, user: user.data }))
    .filter((path) => path !== null);
  return {
    name: visible(name).slice(0, 256),
    address: {
      kind: 'ssh',
      host: host.data,
      port,
      ...(user.data !== undefined && { user: user.data }),
      ...(identityFile !== undefined && { identityFile }),
    },
    why: whyKey(keys.length, identityFile !== undefined, values.identityAgent),
  };
}

/** What a person should know about the key before logging in; null when there is nothing. */
function whyKey(named: number, usable: boolean, agent: string | undefined): string | null {
  if (named > 1 && usable) return 'It names several key files; the first is used.';
  if (named > 0 && !usable)
    return 'Its key file cannot be told from here; the keys that OpenSSH finds are used.';
  if (agent !== undefined) return 'Its keys are in an agent of their own, which Swarmkeep does not ask.';
  return null;
}

/**
 * Path of a key with `~/` and the tokens that need nothing but this file (ssh_config(5), TOKENS).
 * @returns null for anything else: another account's home, a variable, a path that is not whole
 */
function keyPath(
  text: string,
  at: { home: string; name: string; host: string; port: number; user: string | undefined },
): string | null {
  const tokens: Readonly<Record<string, string | undefined>> = {
    '%': '%',
    d: at.home,
    h: at.host,
    n: at.name,
    p: String(at.port),
    r: at.user,
  };
  if (text.includes('${')) return null;
  let possible = true;
  const path = (text.startsWith('~/') ? join(at.home, text.slice(2)) : text).replaceAll(
    /%(.?)/gs,
    (all, sign: string) => {
      const value = Object.hasOwn(tokens, sign) ? tokens[sign] : undefined;
      possible &&= value !== undefined;
      return value ?? all;
    },
  );
  const whole = path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path);
  return possible && whole && path.length <= 4_096 && optionPath(path) !== null ? path : null;
}
