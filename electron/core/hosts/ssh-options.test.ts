import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { hostError } from './host.ts';
import { sshFailure } from './ssh-failure.ts';
import { optionPath, sshArguments, sshEnvironment } from './ssh-options.ts';

const address = { kind: 'ssh', host: 'miu', port: 22 } as const;

/** What OpenSSH itself makes of our arguments (`ssh -G`). */
function effective(dataFolder: string, identityFile?: string): Map<string, string> | null {
  const built = sshArguments(
    { ...address, ...(identityFile ? { identityFile } : {}) },
    dataFolder,
    '/tmp/x/m',
  );
  if (!built.ok) throw new Error(built.message);
  const result = spawnSync('ssh', ['-G', ...built.arguments, '--', 'miu'], {
    encoding: 'utf8',
    env: sshEnvironment(),
  });
  if (result.error) return null;
  expect(result.stderr).toBe('');
  return new Map(
    result.stdout.split('\n').map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]),
  );
}

describe('arguments of ssh', () => {
  it('mean to OpenSSH what the design promises', (context) => {
    const options = effective('/home/me/Library/Application Support/Swarmkeep 100%', '/home/me/my key');
    if (!options) return context.skip('needs the OpenSSH client');
    expect(Object.fromEntries(options)).toMatchObject({
      batchmode: 'yes',
      stricthostkeychecking: 'true',
      connecttimeout: '5',
      forwardagent: 'no',
      forwardx11: 'no',
      clearallforwardings: 'yes',
      updatehostkeys: 'false',
      permitlocalcommand: 'no',
      passwordauthentication: 'no',
      kbdinteractiveauthentication: 'no',
      globalknownhostsfile: '/dev/null',
      identityfile: '/home/me/my key',
      identitiesonly: 'yes',
      controlmaster: 'auto',
      controlpersist: '30',
    });
    expect(options.get('userknownhostsfile')).toContain('/home/me/Library/Application Support/Swarmkeep 100');
    expect(options.has('proxycommand')).toBe(false);
  });

  it.each(['/a"b', '/a\nb', '~/key', '/\u0024{HOME}/key', '/a\\b'])(
    'refuse the path %j, which OpenSSH would read otherwise',
    (path) => {
      expect(optionPath(path)).toBeNull();
      expect(sshArguments({ ...address, identityFile: path }, '/data', null).ok).toBe(false);
    },
  );

  it('take nothing from our environment but what the client needs', () => {
    const environment = sshEnvironment({
      PATH: '/bin',
      SSH_ASKPASS: '/bin/evil',
      OPENAI_API_KEY: 'x',
      SSH_AUTH_SOCK: '/s',
    });
    expect(environment).toEqual({
      LC_ALL: 'C',
      SSH_ASKPASS_REQUIRE: 'never',
      PATH: '/bin',
      SSH_AUTH_SOCK: '/s',
    });
  });
});

describe('reasons of a failure', () => {
  it.each([
    [
      'No ED25519 host key is known for miu and you have requested strict checking.\r\nHost key verification failed.',
      'host-key-unknown',
    ],
    [
      '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nHost key verification failed.',
      'host-key-changed',
    ],
    ['ssh: connect to host miu port 22: Connection refused', 'unreachable'],
    ['ssh: Could not resolve hostname miu: Name or service not known', 'unreachable'],
    ['ssh: connect to host miu port 22: Connection timed out', 'timed-out'],
    ['Connection timed out during banner exchange', 'timed-out'],
    ['me@miu: Permission denied (publickey).', 'login-refused'],
    ['', 'unreachable'],
  ])('%j is %s', (stderr, failure) => {
    expect(sshFailure(stderr, 'miu', false).failure).toBe(failure);
  });

  it('is a broken connection when the node had begun to answer', () => {
    expect(sshFailure('client_loop: send disconnect: Broken pipe', 'miu', true).failure).toBe(
      'connection-lost',
    );
  });

  it('has a code of the contract', () => {
    expect(hostError('cancelled', 'a', 'b').code).toBe('NOT_ALLOWED');
  });
});
