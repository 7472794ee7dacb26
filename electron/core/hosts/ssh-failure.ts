import { type HostError, hostError } from './host.ts';

/**
 * Why `ssh` ended with status 255, read from its messages in the C locale (OpenSSH 8 to 10). A hostile server can put
 * other words before them (its banner), which changes the sentence that is shown and nothing else.
 * @param stderr what ssh printed
 * @param label the node for sentences, e.g. `miu, port 22`
 * @param hadOutput the script had begun to answer before
 */
export function sshFailure(stderr: string, label: string, hadOutput: boolean): HostError {
  if (
    /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for .{1,255} has changed|REVOKED HOST KEY/i.test(stderr)
  ) {
    return hostError(
      'host-key-changed',
      `${label} shows another host key than the one you confirmed. Nothing was sent to it.`,
      'If you reinstalled the machine, compare the new key on its own screen and confirm it. If not, somebody may be in between.',
    );
  }
  if (/host key is known for|Host key verification failed/i.test(stderr)) {
    return hostError(
      'host-key-unknown',
      `The host key of ${label} was not confirmed yet. Nothing was sent to it.`,
      'Compare the key with the one on the machine itself, then confirm it.',
    );
  }
  if (hadOutput) {
    return hostError(
      'connection-lost',
      `The connection to ${label} broke off.`,
      'Check that the machine is awake and the network is up, then look again.',
    );
  }
  if (
    /Permission denied|Too many authentication failures|no mutual signature|No more authentication/i.test(
      stderr,
    )
  ) {
    return hostError(
      'login-refused',
      `${label} refused the login.`,
      'Check the login name, and that your public key is in authorized_keys there and loaded here (ssh-add).',
    );
  }
  if (/timed out|Timeout/i.test(stderr)) {
    return hostError(
      'timed-out',
      `${label} did not answer in time.`,
      'Check that the machine is awake and in the same network.',
    );
  }
  const reason =
    /Connection refused|No route to host|Network is unreachable|Could not resolve hostname|Name or service not known/i.exec(
      stderr,
    )?.[0];
  return hostError(
    'unreachable',
    `${label} could not be reached${reason ? ` (${reason.toLowerCase()})` : ''}.`,
    'Check the name and the port, and that the machine is awake and runs an SSH server.',
  );
}
