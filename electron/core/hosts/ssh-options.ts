import type { NodeAddress } from '#shared/domain/node.ts';
import { knownHostsPath } from './known-hosts.ts';

export type SshAddress = Extract<NodeAddress, { kind: 'ssh' }>;

/** What OpenSSH's client needs from our environment, and nothing more: no SSH_ASKPASS, no variable with a secret. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SSH_AUTH_SOCK',
  'SYSTEMROOT',
  'USERPROFILE',
  'PROGRAMDATA',
];

/** Environment for `ssh` and `ssh-keyscan`: messages in the C locale, since the reasons of a failure are read from them. */
export function sshEnvironment(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { LC_ALL: 'C', SSH_ASKPASS_REQUIRE: 'never' };
  for (const name of PASSED_ON) if (from[name] !== undefined) environment[name] = from[name];
  return environment;
}

/**
 * A path as an argument of `-o Name=`: `%` and double quotes have a meaning there (ssh_config(5), TOKENS).
 * @returns null for paths that OpenSSH would read as something else (`${…}`, a leading `~`, quotes, control characters)
 */
export function optionPath(path: string): string | null {
  if (/["\\\p{Cc}]|\$\{|^~/u.test(path)) return null;
  return `"${path.replaceAll('%', '%%')}"`;
}

/**
 * Argument vector of `ssh` up to the remote command (ssh(1), ssh_config(5)).
 *
 * `-F none`: the operator's configuration is not read. It may forward the agent, run programs (ProxyCommand, Match exec,
 * LocalCommand) or turn host key checks off, and where the agent runs under the operator's account the agent can write it.
 * Keys in their default places and the ssh-agent still serve.
 * @param controlPath socket for multiplexing, or null where OpenSSH has none (Windows)
 * @param idleSeconds how long a shared connection stays that nobody uses, also when the console died
 * @returns the arguments, or which setting cannot be expressed safely
 */
export function sshArguments(
  address: SshAddress,
  dataFolder: string,
  controlPath: string | null,
  idleSeconds = 30,
): { ok: true; arguments: string[] } | { ok: false; message: string } {
  const knownHosts = optionPath(knownHostsPath(dataFolder));
  if (!knownHosts) return { ok: false, message: 'The data folder has a name that OpenSSH cannot be given.' };
  const identity = address.identityFile === undefined ? null : optionPath(address.identityFile);
  if (address.identityFile !== undefined && !identity) {
    return { ok: false, message: 'The key file has a name that OpenSSH cannot be given. Use its full path.' };
  }
  const control = controlPath === null ? null : optionPath(controlPath);
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'GlobalKnownHostsFile=/dev/null',
    'KnownHostsCommand=none',
    'VerifyHostKeyDNS=no',
    'CheckHostIP=no',
    'UpdateHostKeys=no',
    'HashKnownHosts=no',
    'ConnectTimeout=5',
    'ConnectionAttempts=1',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=2',
    'ForwardAgent=no',
    'ForwardX11=no',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    'ProxyCommand=none',
    'Tunnel=no',
    'AddKeysToAgent=no',
    'GSSAPIAuthentication=no',
    'PasswordAuthentication=no',
    'KbdInteractiveAuthentication=no',
    'CanonicalizeHostname=no',
    'RequestTTY=no',
    'EscapeChar=none',
    'LogLevel=ERROR',
    ...(identity ? [`IdentityFile=${identity}`, 'IdentitiesOnly=yes'] : []),
    ...(control
      ? ['ControlMaster=auto', `ControlPath=${control}`, `ControlPersist=${idleSeconds}`]
      : ['ControlMaster=no', 'ControlPath=none']),
  ];
  const user = address.user === undefined ? [] : ['-l', address.user];
  return {
    ok: true,
    arguments: [
      '-F',
      'none',
      '-T',
      ...options.flatMap((option) => ['-o', option]),
      '-p',
      String(address.port),
      ...user,
    ],
  };
}
