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
const { rules, foreignIncludes } = readSudoers([text]);
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
    expect(foreignIncludes).toEqual(['/opt/other']);
  });

  it('survives aliases in a circle', () => {
    const circle = readSudoers(['User_Alias A = B\nUser_Alias B = A\nA ALL=ALL\nALL ALL=/bin/true']);
    expect(rulesFor(circle.rules, { name: 'x', uid: 1, groups: [], groupIds: [] })).toEqual([
      'ALL ALL=/bin/true',
    ]);
  });
});
