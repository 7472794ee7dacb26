import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSudoers, rulesFor } from './sudoers.ts';

const text = `# a comment
Defaults env_reset, secure_path="/usr/bin:/bin"
User_Alias OPS = anna, %wheel : AGENTS = minotaur, \\
  #1002
Cmnd_Alias RESTART = /usr/bin/systemctl restart x
root ALL=(ALL:ALL) ALL
%sudo	ALL=(ALL:ALL) ALL
AGENTS ALL = (root) NOPASSWD: RESTART
bob , carl ALL=/bin/ls # not dora
%#27 ALL=/bin/true
"space user" ALL=/bin/true
@includedir /etc/sudoers.d
#include /opt/other
`;
const file = (text: string) => ({ path: '/etc/sudoers', text });
const { rules, unread } = readSudoers([file(text)], new Set(['/etc/sudoers.d']));
const of = (name: string, uid: number, groups: string[] = [], groupIds: number[] = []): string[] =>
  rulesFor(rules, { name, uid, groups, groupIds });

describe('sudoers', () => {
  it.each([
    ['root', 0, [], [], 'root ALL=(ALL:ALL) ALL'],
    ['anna', 1000, ['sudo'], [], '%sudo	ALL=(ALL:ALL) ALL'],
    ['minotaur', 1001, [], [], 'AGENTS ALL = (root) NOPASSWD: RESTART'],
    ['nameless', 1002, [], [], 'AGENTS ALL = (root) NOPASSWD: RESTART'],
    ['carl', 1003, [], [], 'bob , carl ALL=/bin/ls'],
    ['eve', 1004, [], [27], '%#27 ALL=/bin/true'],
    ['space user', 1005, [], [], '"space user" ALL=/bin/true'],
  ])('finds the rule of %s', (name, uid, groups, groupIds, rule) => {
    expect(of(name, uid, groups, groupIds)).toEqual([rule]);
  });

  it('gives none to who has none, and takes no default or comment for a rule', () => {
    expect(of('dora', 1010)).toEqual([]);
    expect(of('env_reset', 1011)).toEqual([]);
    expect(rules).toHaveLength(6);
  });

  it('says which included file it did not read', () => {
    expect(unread).toEqual(['/opt/other']);
    expect(readSudoers([file('@include "local rules"\n')]).unread).toEqual(['/etc/local rules']);
    expect(readSudoers([file('@includedir /etc/sudoers.d/')]).unread).toEqual(['/etc/sudoers.d']);
  });

  it('survives aliases in a circle', () => {
    const circle = readSudoers([file('User_Alias A = B\nUser_Alias B = A\nA ALL=ALL\nALL ALL=/bin/true')]);
    expect(rulesFor(circle.rules, { name: 'x', uid: 1, groups: [], groupIds: [] })).toEqual([
      'ALL ALL=/bin/true',
    ]);
  });

  it.each([
    ['another case of the name', 'MYCOSWARM ALL=(ALL) ALL'],
    ['another case of a group', '%OLLAMA ALL=(ALL) ALL'],
    ['a netgroup', '+swarm ALL=(ALL) ALL'],
    ['a character by its number', 'my\\x63oswarm ALL=(ALL) ALL'],
    ['a uid with zeros before it', '#0990 ALL=(ALL) ALL'],
    ['a quoted group', '%"ollama" ALL=(ALL) ALL'],
    ['a line behind a comment that ends in a backslash', '# see below \\\nmycoswarm ALL=(ALL) ALL'],
    ['a continued list', 'bob, \\\n  mycoswarm ALL=(ALL) ALL'],
    ['a name negated twice', '!!mycoswarm ALL=(ALL) ALL'],
    ['an alias negated as its member is', 'User_Alias OFF = ! mycoswarm\n!OFF ALL=(ALL) ALL'],
    [
      'an alias that is far too long',
      `User_Alias MANY = ${Array.from({ length: 1_100 }, (_, at) => `u${at}`).join(',')}, mycoswarm\nMANY ALL=(ALL) ALL`,
    ],
  ])('counts %s', (_, line) => {
    const account = { name: 'mycoswarm', uid: 990, groups: ['mycoswarm', 'ollama'], groupIds: [990, 991] };
    const read = readSudoers([file(line)]);
    expect(read.unread).toEqual([]);
    expect(rulesFor(read.rules, account)).toHaveLength(1);
    expect(rulesFor(read.rules, { name: 'bo', uid: 1, groups: [], groupIds: [] })).toHaveLength(
      /^\+|MANY/.test(line) ? 1 : 0,
    );
  });

  it('says that a line was not understood, and that a plugin decides over groups', () => {
    expect(readSudoers([file('= ALL\n')]).unread).toEqual(['a line of /etc/sudoers']);
    expect(readSudoers([file('Defaults group_plugin="x.so"')]).unread).toHaveLength(1);
  });

  it('bears any text, and aliases that name each other many times', () => {
    fc.assert(fc.property(fc.string(), (line) => readSudoers([file(line)]).rules.length >= 0));
    const nested = Array.from({ length: 26 }, (_, at) => {
      const next = String.fromCharCode(66 + at);
      return `User_Alias ${String.fromCharCode(65 + at)} = ${Array(40).fill(next).join(',')}`;
    });
    expect(readSudoers([file(`${nested.join('\n')}\nA ALL=ALL`)]).rules).toHaveLength(1);
  });
});
