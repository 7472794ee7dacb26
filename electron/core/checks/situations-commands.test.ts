import { describe } from 'vitest';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { changed, file } from './testing/facts-builder.ts';
import { AGENT, type Situation, tryEach, unitWith } from './testing/situations.ts';

const SCRIPT = '/home/mycoswarm/workspace/prep.sh';
const SAFE = '/usr/local/libexec/prep.sh';
const command = (argv: string) =>
  `{ path=${argv.split(' ')[0]} ; argv[]=${argv} ; ignore_errors=no ; start_time=[n/a] }`;

/** The hardened node whose unit has further commands: as its files have them, and as systemd says them. */
function running(kind: string, ...lines: [prefix: string, argv: string][]): Facts {
  const properties = { [kind]: lines.map(([, argv]) => command(argv)).join('\n') };
  const facts = changed(unitWith(properties), 'units', (value) => {
    for (const unit of value.units) {
      if (unit.name !== 'mycoswarm.service') continue;
      unit.text += lines.map(([prefix, argv]) => `${kind}=${prefix}${argv}\n`).join('');
    }
  });
  return changed(facts, 'files', (value) => {
    const folders = ['/bin', '/usr', '/usr/local', '/usr/local/libexec'].map((path) => file(path, 0, 0o755));
    value.files.push(
      ...folders,
      file('/bin/sh', 0, 0o755, { kind: 'file' }),
      file('/bin/chown', 0, 0o755, { kind: 'file' }),
      file(SCRIPT, AGENT, 0o755, { kind: 'file' }),
      file(SAFE, 0, 0o755, { kind: 'file' }),
    );
  });
}

const textWith = (facts: Facts, more: string) =>
  changed(facts, 'units', (value) => {
    for (const unit of value.units) if (unit.name === 'mycoswarm.service') unit.text += more;
  });

const kinds: Situation[] = [
  'ExecCondition',
  'ExecStartPre',
  'ExecReload',
  'ExecStop',
  'ExecStopPost',
].flatMap((kind): Situation[] => [
  ['source-read-only', `${kind}= of the agent`, running(kind, ['', SCRIPT]), 'fix', /how it is started/],
  ['source-read-only', `${kind}= of the administrator`, running(kind, ['', SAFE]), 'pass'],
  ['dedicated-user', `${kind}= of the agent, run as the agent`, running(kind, ['', SCRIPT]), 'pass'],
]);

const AS_ROOT = /administrator runs a program .* that the agent can change/;

const rights: Situation[] = [
  ...['+', '!', '!!', '-+', '@+', '+-'].map(
    (prefix): Situation => [
      'dedicated-user',
      `a script of the agent behind ${prefix}`,
      running('ExecStartPre', [prefix, SCRIPT]),
      'fix',
      AS_ROOT,
    ],
  ),
  [
    'source-read-only',
    'a script of the agent, run as administrator',
    running('ExecReload', ['+', SCRIPT]),
    'fix',
    AS_ROOT,
  ],
  [
    'dedicated-user',
    'a script of the agent, run by a shell as administrator',
    running('ExecStopPost', ['+', `/bin/sh ${SCRIPT}`]),
    'fix',
    AS_ROOT,
  ],
  [
    'dedicated-user',
    'a file of the agent that a program of the system is given',
    running('ExecStartPre', ['+', `/bin/chown mycoswarm ${SCRIPT}`]),
    'pass',
  ],
  [
    'dedicated-user',
    'a script of the administrator, run as administrator',
    running('ExecStartPre', ['+', SAFE]),
    'pass',
  ],
  [
    'dedicated-user',
    'a script of the agent beside one that runs as administrator',
    running('ExecStartPre', ['+', SAFE], ['', SCRIPT]),
    'pass',
  ],
  [
    'dedicated-user',
    'a script whose place has a specifier',
    textWith(running('ExecStartPre', ['', SCRIPT]), 'ExecStartPre=\nExecStartPre=+%h/workspace/prep.sh\n'),
    'fix',
    AS_ROOT,
  ],
  [
    'dedicated-user',
    'a script of the agent under PermissionsStartOnly=',
    textWith(running('ExecStartPre', ['', SCRIPT]), 'PermissionsStartOnly=yes\n'),
    'fix',
    AS_ROOT,
  ],
  [
    'dedicated-user',
    'a script that was taken back',
    textWith(running('ExecStartPre', ['+', SCRIPT]), 'ExecStartPre=\n'),
    'pass',
  ],
  [
    'dedicated-user',
    'a script that was not looked at',
    running('ExecStartPre', ['+', '/opt/other.sh']),
    'unknown',
  ],
  [
    'dedicated-user',
    'a script of the agent, run by a unit of its own manager',
    changed(running('ExecStartPre', ['+', SCRIPT]), 'units', (value) => {
      for (const unit of value.units) if (unit.name === 'mycoswarm.service') unit.userUnit = true;
    }),
    'pass',
  ],
];

describe('commands of the unit beside the one that starts it', () => tryEach(kinds));
describe('commands that systemd runs as administrator', () => tryEach(rights));
