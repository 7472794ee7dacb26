import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sshConfig } from '#shared/contract/found-nodes.ts';
import { readConfigLine } from './config-line.ts';
import type { ConfigFiles } from './config-tree.ts';
import { PatternMatcher } from './host-pattern.ts';
import { readSshConfig } from './ssh-config.ts';

const HOME = '/home/ines';

/** Files in memory, by their path below the home. */
function filesOf(texts: Record<string, string>): ConfigFiles & { asked: string[] } {
  const byPath = new Map(Object.entries(texts).map(([path, text]) => [`${HOME}/${path}`, text]));
  const asked: string[] = [];
  return {
    asked,
    async read(path) {
      asked.push(path);
      const text = byPath.get(path);
      return text === undefined ? 'missing' : { text };
    },
    async list(folder) {
      return [...byPath.keys()]
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1).split('/')[0] ?? '');
    },
  };
}

const reading = (texts: Record<string, string>) => readSshConfig(HOME, filesOf(texts));
const hostsOf = async (text: string) => (await reading({ '.ssh/config': text })).hosts;

describe('lines of ssh_config', () => {
  it.each([
    ['Host miu', { keyword: 'host', values: ['miu'] }],
    ['  HostName=miu.local  ', { keyword: 'hostname', values: ['miu.local'] }],
    ['\tport \t = 22\r', { keyword: 'port', values: ['22'] }],
    ['Host "a b" c # and so on', { keyword: 'host', values: ['a b', 'c'] }],
    ["User 'x\\'y'", { keyword: 'user', values: ["x'y"] }],
    ['IdentityFile ~/a\\ b', { keyword: 'identityfile', values: ['~/a b'] }],
    ['# Host miu', null],
    ['   ', null],
    ['Host', 'damaged'],
    ['Host "miu', 'damaged'],
    ['= miu', 'damaged'],
    ['Host # miu', 'damaged'],
  ])('reads %j', (line, expected) => {
    expect(readConfigLine(line)).toEqual(expected);
  });
});

describe('patterns', () => {
  const plain = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 });

  it('cover what a regular expression of the same meaning covers', () => {
    fc.assert(
      fc.property(plain, pattern, (name, text) => {
        const twin = text.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        expect(new PatternMatcher().matches(name, text)).toBe(new RegExp(`^${twin}$`).test(name));
      }),
    );
  });

  it('end when they were made to take for ever', () => {
    const matcher = new PatternMatcher(10_000);
    for (let round = 0; round < 100; round += 1) matcher.matches('a'.repeat(256), `${'*a'.repeat(100)}b`);
    expect(matcher.spent).toBe(true);
    expect(matcher.matches('a', '*')).toBe(false);
  });
});

describe('hosts of ~/.ssh/config', () => {
  it('are what their blocks say, the first value first', async () => {
    const text = `
      Host miu *.local !pi.local
        User minotaur
        Port 2222
      Host miu boa.local pi.local
        HostName 192.168.1.20
        User other
        IdentityFile ~/.ssh/%n_%%_key
        IdentityFile /second
      Host *
        User everybody`;
    expect(await hostsOf(text)).toEqual([
      {
        name: 'miu',
        address: {
          kind: 'ssh',
          host: '192.168.1.20',
          port: 2_222,
          user: 'minotaur',
          identityFile: `${HOME}/.ssh/miu_%_key`,
        },
        why: 'It names several key files; the first is used.',
      },
      {
        name: 'boa.local',
        address: expect.objectContaining({ user: 'minotaur', port: 2_222 }),
        why: expect.any(String),
      },
      {
        name: 'pi.local',
        address: expect.objectContaining({ user: 'other', port: 22 }),
        why: expect.any(String),
      },
    ]);
  });

  it.each([
    ['ProxyJump bastion', 'another machine'],
    ['ProxyCommand nc %h %p', 'another machine'],
    ['HostName -oProxyCommand=id', 'host name'],
    ['HostName %d.example', 'host name'],
    ['Port 0', 'port'],
    ['Port ssh', 'port'],
    ['User -l', 'login name'],
  ])('cannot be used with %s, and say why', async (line, why) => {
    const [host] = await hostsOf(`Host miu\n${line}\n`);
    expect(host).toMatchObject({ name: 'miu', address: null, why: expect.stringContaining(why) });
  });

  it.each(['~root/key', 'key', `\${HOME}/key`, '~/k%C', '/a"b', '/k%', '/k%__proto__'])(
    'get no key from %s',
    async (file) => {
      const [host] = await hostsOf(`Host miu\nIdentityFile '${file}'\n`);
      expect(host?.address).toEqual({ kind: 'ssh', host: 'miu', port: 22 });
      expect(host?.why).toContain('key file');
    },
  );

  it('may name no proxy and no key', async () => {
    const [host] = await hostsOf('Host miu\nProxyJump none\nProxyCommand nc x\nIdentityFile none\n');
    expect(host).toEqual({ name: 'miu', address: { kind: 'ssh', host: 'miu', port: 22 }, why: null });
  });

  it('pass over every Match block but `Match all`, and count them', async () => {
    const text =
      'Match exec "touch /tmp/x"\nUser exec\nHost miu\nMatch host miu\nPort 1\nMatch all\nUser all\nMatch final all\nPort 2\n';
    const { hosts, leftOut } = await reading({ '.ssh/config': text });
    expect(hosts).toEqual([
      { name: 'miu', address: { kind: 'ssh', host: 'miu', port: 22, user: 'all' }, why: null },
    ]);
    expect(leftOut).toBe(3);
  });

  it('come from included files below ~/.ssh only, in their block only', async () => {
    const files = filesOf({
      '.ssh/config': `Include conf.d/*.conf ~/.ssh/more\nHost boa\nInclude inner\nHost *\nInclude ../../../etc/ssh/x /etc/y ~root/z \${HOME}/v conf.d/[a]\n`,
      '.ssh/conf.d/b.conf': 'Host b\nUser fromB\n',
      '.ssh/conf.d/a.conf': 'Host a b\nUser fromA\n',
      '.ssh/conf.d/.hidden.conf': 'Host hidden\n',
      '.ssh/conf.d/a.txt': 'Host text\n',
      '.ssh/more': 'Host more\n',
      '.ssh/inner': 'User inner\nHost *\nPort 24\n',
    });
    const { hosts, problems } = await readSshConfig(HOME, files);
    const told = hosts.map(({ name, address }) => [name, address?.user ?? null, address?.port]);
    expect(told).toEqual([
      ['a', 'fromA', 22],
      ['b', 'fromA', 22],
      ['more', null, 22],
      ['boa', 'inner', 24],
    ]);
    expect(problems).toHaveLength(5);
    for (const path of files.asked) expect(path.startsWith(`${HOME}/.ssh/`)).toBe(true);
  });

  it('end when files include each other, and themselves', async () => {
    const { hosts, problems } = await reading({ '.ssh/config': 'Host a\nInclude config config\n' });
    expect(hosts.map(({ name }) => name)).toEqual(['a']);
    expect(problems.join(' ')).toMatch(/deep|256 files/);
  });

  it('are none where there is no file', async () => {
    expect(await reading({})).toMatchObject({ found: false, hosts: [] });
  });

  it('are bounded and of the form of the contract, whatever stands there', async () => {
    const word = fc.oneof(
      fc.constantFrom(
        'Host',
        'Match',
        'Include',
        'all',
        '*',
        'User',
        'HostName',
        'IdentityFile',
        '"',
        "'",
        '=',
      ),
      fc.constantFrom('\u202e', '%', '%h', '~', '!', '\\', '#', '\u0000', '__proto__', '\u001b[2J', '\ud800'),
      fc.string({ maxLength: 6 }),
    );
    const line = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const read = await reading({ '.ssh/config': lines.join('\n') });
        const hosts = read.hosts.map((host) => ({ ...host, known: null }));
        expect(sshConfig.parse({ ...read, hosts })).toEqual({ ...read, hosts });
      }),
      { numRuns: 40 },
    );
  });

  it('are at most 1,024, of a megabyte at most', async () => {
    const many = Array.from({ length: 1_030 }, (_, index) => `Host h${index}\n`).join('');
    const crowded = await reading({ '.ssh/config': many });
    expect(crowded.hosts.length).toBeLessThanOrEqual(1_024);
    expect(crowded.problems).not.toEqual([]);
    const wide = await reading({ '.ssh/config': `Host a${' '.repeat(1_000_000)}b\n` });
    expect(wide.hosts.map(({ name }) => name)).toEqual(['a', 'b']);
    const long = await reading({ '.ssh/config': `Host a\n#${'x'.repeat(1_100_000)}\n` });
    expect(long).toMatchObject({ hosts: [], problems: [expect.stringContaining('megabyte')] });
  });
});
