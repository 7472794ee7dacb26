import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SubjectValue } from '#core/facts/collector.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { permitsOf, readDoas } from './doas-rules.ts';
import { changed } from './testing/facts-builder.ts';
import { agentAccount, but, hardened, type Situation, tryEach } from './testing/situations.ts';

type Elevation = NonNullable<SubjectValue<'accounts'>['elevation']>;
const NOTHING: Elevation = { doas: [], polkit: [], kerberos: [], kerberosComplete: true };

const withElevation = (more: Partial<Elevation>, program?: string, facts: Facts = hardened) =>
  changed(facts, 'accounts', (value) => {
    value.elevation = { ...NOTHING, ...more };
    if (program !== undefined)
      value.setuidPrograms.push({ path: program, uid: 0, gid: 0, mode: 0o4755, capabilities: null });
  });
const doas = (text: string | null, facts?: Facts) =>
  withElevation({ doas: [{ path: '/etc/doas.conf', text }] }, '/usr/bin/doas', facts);
const polkit = (text: string | null, name = '/etc/polkit-1/rules.d/50-own.rules') =>
  withElevation({ polkit: [{ path: name, text }] });
const rule = (condition: string) =>
  `polkit.addRule(function(action, subject) { if (${condition}) return polkit.Result.YES; });`;
const open = agentAccount({ password: 'set' });

const situations: Situation[] = [
  ['dedicated-user', 'doas without rules', withElevation({}, '/usr/bin/doas'), 'pass'],
  [
    'dedicated-user',
    'doas for the agent without a password',
    doas('permit nopass mycoswarm\n'),
    'fix',
    /rule of doas/,
  ],
  [
    'dedicated-user',
    'doas for its group',
    doas('permit nopass :mycoswarm as root cmd reboot'),
    'fix',
    /rule of doas/,
  ],
  ['dedicated-user', 'doas for its number', doas('permit nopass 1001'), 'fix', /rule of doas/],
  ['dedicated-user', 'doas for somebody else', doas('permit nopass :wheel\npermit person'), 'pass'],
  ['dedicated-user', 'doas with a password that nobody has', doas('permit persist mycoswarm'), 'pass'],
  ['dedicated-user', 'doas with a password, and one is set', doas('permit persist mycoswarm', open), 'fix'],
  ['dedicated-user', 'doas that is denied later', doas('permit nopass :mycoswarm\ndeny mycoswarm'), 'pass'],
  [
    'dedicated-user',
    'doas that is denied for one program',
    doas('permit nopass mycoswarm\ndeny mycoswarm cmd rm'),
    'fix',
  ],
  ['dedicated-user', 'doas that is permitted last', doas('deny mycoswarm\npermit nopass mycoswarm'), 'fix'],
  [
    'dedicated-user',
    'a rule behind a comment',
    doas('# permit nopass mycoswarm\npermit nopass person # mycoswarm'),
    'pass',
  ],
  ['dedicated-user', 'a rule over two lines', doas('permit nopass \\\n  mycoswarm'), 'fix'],
  ['dedicated-user', 'a rule with variables', doas('permit nopass setenv { A=1 -B } mycoswarm'), 'fix'],
  ['dedicated-user', 'rules that could not be read', doas(null), 'unknown'],
  ['dedicated-user', 'rules that are not understood', doas('allow everything'), 'unknown'],
  [
    'outbound-firewall',
    'doas for the agent, who lifts every rule',
    doas('permit nopass mycoswarm'),
    'fix',
    /be root/,
  ],
  ['dedicated-user', 'ksu, and no home lets anybody in', withElevation({}, '/usr/bin/ksu'), 'pass'],
  [
    'dedicated-user',
    'ksu, and a file of root',
    withElevation({ kerberos: ['/root/.k5users'] }, '/usr/bin/ksu'),
    'unknown',
  ],
  [
    'dedicated-user',
    'ksu, and closed homes',
    withElevation({ kerberosComplete: false }, '/usr/bin/ksu'),
    'unknown',
  ],
  ['dedicated-user', 'polkit for somebody else', polkit(rule('subject.isInGroup("wheel")')), 'pass'],
  [
    'dedicated-user',
    'polkit for the agent',
    polkit(rule('subject.user == "mycoswarm"')),
    'review',
    /50-own\.rules/,
  ],
  [
    'dedicated-user',
    'polkit for a name that only contains its own',
    polkit(rule('subject.user == "mycoswarm2"')),
    'pass',
  ],
  ['dedicated-user', 'polkit for everybody', polkit(rule('action.id == "org.x"')), 'review'],
  ['dedicated-user', 'polkit in a comment', polkit('// subject.user == "mycoswarm"\n'), 'pass'],
  [
    'dedicated-user',
    'the older polkit, for every account',
    polkit(
      '[x]\nIdentity=unix-user:*\nAction=*\nResultAny=yes\n',
      '/etc/polkit-1/localauthority/50-local.d/a.pkla',
    ),
    'review',
  ],
  ['dedicated-user', 'polkit that could not be read', polkit(null), 'unknown'],
  [
    'dedicated-user',
    'facts of an older version, without doas',
    but('accounts', (value) => {
      delete value.elevation;
    }),
    'pass',
  ],
];

describe('rules beside those of sudo', () => {
  tryEach(situations);

  it('reads anything as rules of doas, and nobody is permitted by a rule that does not name them', () => {
    const word = fc.constantFrom(
      'permit',
      'deny',
      'nopass',
      'mycoswarm',
      ':wheel',
      'as',
      'cmd',
      '{',
      '}',
      'setenv',
      '"',
      '\\',
      '#',
      '\n',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (text) => {
          const { rules } = readDoas(text);
          expect(
            permitsOf(rules, { names: new Set(['somebody']), groups: new Set() }).every(
              (one) => one.identity === 'somebody',
            ),
          ).toBe(true);
        },
      ),
    );
  });
});
