import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  HELPER_PROGRAM,
  installCommands,
  isInstallCommand,
  placedFiles,
} from '#shared/domain/helper/installation.ts';
import { openTestNode, type TestNode, whyNoTestNode } from './testing/helper-node.ts';

const EVERYTHING = { sudoersFor: 'root', polkit: true, systemd: true };
const HASH = 'a'.repeat(64);
const hashes = Object.fromEntries(placedFiles(EVERYTHING).map(({ source }) => [source, HASH]));
const commands = installCommands(EVERYTHING, hashes);
const [makeFolder] = commands;
const place = commands.find(({ arguments: words }) => words.includes(HELPER_PROGRAM));
const reason = whyNoTestNode();

describe('the commands that place the helper', () => {
  let node: TestNode;
  beforeAll(async () => {
    if (reason === null) node = await openTestNode();
  });
  beforeEach((context) => {
    if (reason !== null) context.skip(reason);
  });
  afterAll(() => node?.close());

  it.each([
    ['a group', 'chown 0:50 /usr/local; chmod 2775 /usr/local'],
    ['everybody', 'chown 0:0 /usr/local; chmod 0757 /usr/local'],
    ['another owner', 'chown 1500:0 /usr/local; chmod 0755 /usr/local'],
    [
      'somebody in an access list',
      'chown 0:0 /usr/local; chmod 0755 /usr/local; setfacl -m u:1500:rwx /usr/local',
    ],
  ])('refuse a folder above that %s can change, and place nothing', (_, change) => {
    node.run('sh', '-c', change);
    for (const command of [makeFolder, place])
      expect(() => node.run(...(command?.arguments ?? ['false']))).toThrow(
        /Others than root can change \/usr\/local/,
      );
    expect(node.run('sh', '-c', 'ls /usr/local/libexec/swarmkeep 2>&1 || true')).toMatch(/No such file/);
    node.run('sh', '-c', 'setfacl -b /usr/local; chown 0:0 /usr/local; chmod g-s,u=rwx,go=rx /usr/local');
  });

  it('refuse a link on the way, and make the folder where all is root’s alone', () => {
    node.run(
      'sh',
      '-c',
      'mkdir -p /srv/elsewhere && rm -rf /usr/local/libexec && ln -s /srv/elsewhere /usr/local/libexec',
    );
    expect(() => node.run(...(commands[1]?.arguments ?? ['false']))).toThrow(/Others than root/);
    node.run('rm', '/usr/local/libexec');
    for (const command of commands.slice(0, 2)) node.run(...command.arguments);
    expect(node.run('stat', '-c', '%U %a', '/usr/local/libexec/swarmkeep').trim()).toBe('root 755');
  });
});

describe('what is run as root to place the helper', () => {
  it('is one of its own commands, whatever a record says', () => {
    for (const { arguments: words } of commands) expect(isInstallCommand(words)).toBe(true);
    const words = [...(place?.arguments ?? [])];
    for (const [index, word] of words.entries()) {
      if (/^[0-9a-f]{64}$/.test(word)) continue;
      expect(isInstallCommand(words.with(index, `${word} `)), word).toBe(false);
    }
    expect(isInstallCommand(['sh', '-c', 'id', 'sh', HELPER_PROGRAM, '0755', HASH, 'true'])).toBe(false);
    expect(isInstallCommand([...words, '/etc/cron.d/x'])).toBe(false);
  });
});
