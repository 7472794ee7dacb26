import { describe, expect, it } from 'vitest';
import { pathsOfExec } from '../profile/command.ts';
import { answer, context, value } from '../testing/answers.ts';
import { unitsCollector } from './units.ts';

describe('units', () => {
  const show = `Type=simple
Restart=on-failure
MainPID=812
ExecStart={ path=/home/minotaur/mycoSwarm/.venv/bin/mycoswarm ; argv[]=/home/minotaur/mycoSwarm/.venv/bin/mycoswarm daemon ; ignore_errors=no ; start_time=[Sat 2026-11-21 19:02:11 UTC] ; stop_time=[n/a] ; pid=812 ; code=(null) ; status=0/0 }
Environment=PYTHONUNBUFFERED=1 OPENAI_API_KEY=sk-proj-000000000000000000000 "GREETING=hello world"
EnvironmentFiles=/etc/default/mycoswarm (ignore_errors=yes)
User=minotaur
NoNewPrivileges=no
ProtectSystem=no
RestrictNamespaces=no
SetCredential=secret:hunter2
Id=mycoswarm.service
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath=/etc/systemd/system/mycoswarm.service
DropInPaths=/etc/systemd/system/mycoswarm.service.d/override.conf
UnitFileState=enabled
`;
  const text = `# /etc/systemd/system/mycoswarm.service
[Service]
User=minotaur
Environment=PYTHONUNBUFFERED=1 OPENAI_API_KEY=sk-proj-000000000000000000000 "GREETING=hello \\
  world"
ExecStart=/x/mycoswarm daemon --token 0123456789abcdef
SetCredential=secret:hunter2
`;

  it('keeps allow-listed properties, and of variables the names', () => {
    const facts = value(
      unitsCollector.parse(
        answer(
          ['systemd', 'yes', 'systemd 252 (252.39-1~deb12u2)'],
          ['show', 'mycoswarm.service', 'system', `${show}\u00010`],
          ['environment', '/etc/default/mycoswarm', 'GROQ_API_KEY'],
          ['text', 'mycoswarm.service', 'system', `${text}\u00010`],
          ['show', 'ufw.service', 'system', 'Id=ufw.service\nLoadState=not-found\nFragmentPath=\n\u00010'],
        ),
        context,
      ),
    );
    expect(facts).toMatchObject({ systemd: true, version: '252' });
    expect(facts.units).toHaveLength(1);
    const [service] = facts.units;
    expect(service).toMatchObject({
      name: 'mycoswarm.service',
      path: '/etc/systemd/system/mycoswarm.service',
      dropIns: ['/etc/systemd/system/mycoswarm.service.d/override.conf'],
      load: 'loaded',
      active: 'active',
      enabled: 'enabled',
      mainPid: 812,
      user: 'minotaur',
      userUnit: false,
      properties: { ProtectSystem: 'no', NoNewPrivileges: 'no', RestrictNamespaces: 'no' },
    });
    expect(service?.environmentNames.map(({ name, place }) => [name, place])).toEqual([
      ['PYTHONUNBUFFERED', '/etc/systemd/system/mycoswarm.service'],
      ['OPENAI_API_KEY', '/etc/systemd/system/mycoswarm.service'],
      ['GREETING', '/etc/systemd/system/mycoswarm.service'],
      ['GROQ_API_KEY', '/etc/default/mycoswarm'],
    ]);
    const kept = JSON.stringify(facts);
    for (const secret of ['sk-proj-', 'hunter2', '0123456789abcdef', 'hello'])
      expect(kept).not.toContain(secret);
    expect(service?.text).toContain('PYTHONUNBUFFERED=1 OPENAI_API_KEY=[redacted]');
  });

  it('says without systemd that there is none, and still reads a unit file and a link to nowhere', () => {
    const facts = value(
      unitsCollector.parse(
        answer(
          ['systemd', 'no', ''],
          ['file', 'mycoswarm.service', 'system', '/etc/systemd/system/mycoswarm.service', 'file', '', 'yes'],
          [
            'filetext',
            'mycoswarm.service',
            'system',
            '/etc/systemd/system/mycoswarm.service',
            '[Service]\nUser=m\nProtectHome=yes\nExecStart=/x/mycoswarm daemon\n',
          ],
          [
            'drop',
            'mycoswarm.service',
            'system',
            '/etc/systemd/system/mycoswarm.service.d/a.conf',
            '[Service]\nExecStart=\nExecStart=/y/mycoswarm daemon\nProtectHome=read-only\n',
          ],
          [
            'file',
            'mycoswarm-b.service',
            '1000',
            '/home/m/.config/systemd/user/mycoswarm-b.service',
            'dangling',
            '/gone',
            'no',
          ],
        ),
        context,
      ),
    );
    expect(facts.systemd).toBe(false);
    expect(facts.units.map(({ name, load, enabled, userUnit }) => [name, load, enabled, userUnit])).toEqual([
      ['mycoswarm.service', 'stub', 'enabled', false],
      ['mycoswarm-b.service', 'not-found', 'disabled', true],
    ]);
    expect(facts.units[0]?.properties).toEqual({
      User: 'm',
      ProtectHome: 'read-only',
      ExecStart: '{ path=/y/mycoswarm ; argv[]=/y/mycoswarm daemon ; ignore_errors=no ; }',
    });
  });

  it('keeps every command of a unit that no manager has loaded, until one takes them back', () => {
    const text = (content: string) =>
      value(
        unitsCollector.parse(
          answer(
            ['systemd', 'no', ''],
            [
              'file',
              'mycoswarm.service',
              'system',
              '/etc/systemd/system/mycoswarm.service',
              'file',
              '',
              'yes',
            ],
            ['filetext', 'mycoswarm.service', 'system', '/etc/systemd/system/mycoswarm.service', content],
          ),
          context,
        ),
      ).units[0]?.properties;
    const properties = text(
      [
        '[Service]',
        'ExecCondition=/a/condition',
        'ExecStartPre=/a/one',
        'ExecStartPre=-+/a/two --file /a/three',
        'ExecStart="/opt/my co/run" daemon',
        'ExecReload=/a/reload',
        'ExecStop=/a/stop',
        'ExecStopPost=!/a/after',
      ].join('\n'),
    );
    const paths = (name: string) => pathsOfExec(properties?.[name] ?? '');
    expect(paths('ExecCondition')).toEqual(['/a/condition']);
    expect(paths('ExecStartPre')).toEqual(['/a/one', '/a/two', '/a/three']);
    expect(paths('ExecStart')).toContain('/opt/my co/run');
    expect(paths('ExecReload')).toEqual(['/a/reload']);
    expect(paths('ExecStop')).toEqual(['/a/stop']);
    expect(paths('ExecStopPost')).toEqual(['/a/after']);
    expect(
      pathsOfExec(
        text('[Service]\nExecStartPre=/a/one\nExecStartPre=\nExecStartPre=/a/two')?.ExecStartPre ?? '',
      ),
    ).toEqual(['/a/two']);
  });
});
