import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { whyNoTestNode } from '../testing/helper-node.ts';
import { type ServedHelper, serveHelper } from '../testing/served-helper.ts';

const reason = whyNoTestNode();
const table = { family: 'inet', name: 'swarmkeep_s' } as const;
const chains =
  '*filter\n:SWARMKEEP_S - [0:0]\n-A SWARMKEEP_S -m owner --uid-owner 1000 -j DROP\n-I OUTPUT 1 -j SWARMKEEP_S\nCOMMIT\n';

describe('what the verbs about the system do and take back', () => {
  let helper: ServedHelper;
  let id = 0;
  const sh = (script: string) => helper.node.run('sh', '-c', script);
  const done = (answer: HelperAnswer) => {
    if (answer.answer !== 'done') throw new Error(JSON.stringify(answer));
    return answer;
  };
  const step = () => ({ version: 1, change: (++id).toString(16).padStart(32, '0'), step: 0 });

  beforeAll(async () => {
    if (reason !== null) return;
    helper = await serveHelper();
  });
  beforeEach((context) => {
    if (reason !== null) context.skip(reason);
  });
  afterAll(() => helper?.close());

  it.each([
    [
      'a new table',
      '',
      {
        verb: 'load-table',
        table,
        text: 'table inet swarmkeep_s {\nchain o {\ntype filter hook output priority 0\ncounter\n}\n}',
      },
      'nft -s list ruleset',
    ],
    [
      'a table in the place of another',
      'nft add table inet swarmkeep_s; nft add chain inet swarmkeep_s old; nft add rule inet swarmkeep_s old counter accept',
      { verb: 'load-table', table, text: 'table inet swarmkeep_s {\n}' },
      'nft -s list ruleset',
    ],
    [
      'chains',
      '',
      { verb: 'load-chains', program: 'iptables', text: chains },
      'iptables-save -t filter | grep -v "^[#:]" || true; iptables-save -t filter | grep "^:SWARM" || true',
    ],
    [
      'chains of IPv6 in the place of others',
      'ip6tables -N SWARMKEEP_S; ip6tables -A SWARMKEEP_S -j RETURN; ip6tables -A OUTPUT -p icmpv6 -j ACCEPT; ip6tables -A OUTPUT -j SWARMKEEP_S',
      { verb: 'load-chains', program: 'ip6tables', text: chains },
      'ip6tables-save -t filter | grep -v "^#"',
    ],
    [
      'the line that blocks mDNS, twice',
      'iptables -A OUTPUT -m owner --uid-owner 77 -j DROP; iptables -A OUTPUT -d 10.0.0.0/8 -j ACCEPT; iptables -A OUTPUT -m owner --uid-owner 77 -j DROP',
      { verb: 'remove-owner-drop', program: 'iptables', uid: 77 },
      'iptables-save -t filter | grep -v "^#"',
    ],
    [
      'an interface',
      'ip link add sk0 type veth peer name sk1; ip link set sk0 up',
      { verb: 'set-link', interface: 'sk0', up: false },
      'ip -o link show sk0 | grep -o "[<,]UP[,>]" || true',
    ],
    [
      'an account',
      '',
      { verb: 'create-account', name: 'sk-agent', id: 5_123, home: '/srv/sk', comment: 'Swarm agent' },
      'cat /etc/passwd /etc/shadow /etc/group /etc/gshadow /etc/subuid /etc/subgid',
    ],
  ])('%s', async (_name, prepare, action, look) => {
    sh(prepare || 'true');
    const before = sh(look);
    const into = step();
    const first = done(await helper.ask({ ...into, ask: 'do', action }));
    const after = sh(look);
    expect(after).not.toBe(before);
    expect(await helper.ask({ ...into, ask: 'do', action })).toMatchObject({
      already: true,
      record: first.record,
    });
    expect(await helper.ask({ ...into, ask: 'undo', record: first.record })).toMatchObject({
      answer: 'undone',
    });
    expect(sh(look)).toBe(before);
    sh('nft flush ruleset; ip link del sk0 2>/dev/null || true');
  });

  it('makes an account that is locked and can become nobody', async () => {
    const into = step();
    const action = { verb: 'create-account', name: 'sk-two', id: 5_124, home: '/srv/sk', comment: '' };
    const { record } = done(await helper.ask({ ...into, ask: 'do', action }));
    expect(sh('getent passwd sk-two')).toMatch(/^sk-two:x:5124:5124::\/srv\/sk:.*\/nologin\n$/);
    expect(sh('getent shadow sk-two')).toMatch(/^sk-two:!\*:/);
    expect(
      sh('cat /etc/subuid /etc/subgid; id -nG sk-two')
        .split('\n')
        .filter((line) => line.startsWith('sk-two')),
    ).toEqual(['sk-two']);
    expect(await helper.ask({ ...step(), ask: 'do', action })).toMatchObject({ refusal: 'changed-since' });
    sh('groupadd sk-more; usermod -aG sk-more sk-two');
    const undo = { ...into, ask: 'undo', record };
    expect(await helper.ask(undo)).toMatchObject({
      refusal: 'changed-since',
      differences: [{ now: 'member of sk-more' }],
    });
    sh('gpasswd -d sk-two sk-more; (setpriv --reuid=5124 sleep 30 >/dev/null 2>&1 &) ; sleep 0.3');
    expect(await helper.ask(undo)).toMatchObject({
      refusal: 'changed-since',
      differences: [{ now: '1 processes run as it' }],
    });
    sh('kill $(pgrep -u 5124); sleep 0.2');
    expect(await helper.ask(undo)).toMatchObject({ answer: 'undone' });
  });

  it('lets packets through again before anything else, when a whole change is taken back', async () => {
    const { version, change } = step();
    const text = 'table inet swarmkeep_s {\nchain o {\ntype filter hook output priority 0\n}\n}';
    const folder = { verb: 'make-directory', path: '/srv/newer', uid: 0, gid: 0, mode: 0o700 };
    const actions = [
      { verb: 'load-table', table, text },
      { ...folder, expect: { kind: 'absent' } },
    ];
    for (const [number, action] of actions.entries())
      done(await helper.ask({ version, change, step: number, ask: 'do', action }));
    expect(await helper.ask({ version, change, ask: 'revert' })).toMatchObject({ steps: 2, left: [] });
    const when = (number: number) =>
      JSON.parse(sh(`cat /var/lib/swarmkeep/changes/${change}/${number}/undone`)).at;
    expect(when(0) < when(1), `${when(0)} is before ${when(1)}`).toBe(true);
    expect(sh('nft list tables; ls -d /srv/newer 2>&1 || true')).not.toMatch(/swarmkeep_s|^\/srv\/newer$/m);
  });

  it('refuses undo of a table that somebody changed, and touches no other table', async () => {
    sh('nft add table inet other');
    const into = step();
    const text = 'table inet swarmkeep_s {\nchain o {\n}\n}';
    const { record } = done(
      await helper.ask({ ...into, ask: 'do', action: { verb: 'load-table', table, text } }),
    );
    sh('nft add rule inet swarmkeep_s o accept');
    const undo = { ...into, ask: 'undo', record };
    expect(await helper.ask(undo)).toMatchObject({
      refusal: 'changed-since',
      differences: [{ what: 'rules' }],
    });
    sh('nft flush chain inet swarmkeep_s o');
    expect(await helper.ask(undo)).toMatchObject({ answer: 'undone' });
    expect(sh('nft list tables').trim()).toBe('table inet other');
  });

  it.each([
    [
      'units where systemd does not run',
      { verb: 'set-unit', unit: 'ssh.service', action: 'stop' },
      'missing-tool',
    ],
    ['an interface that is not there', { verb: 'set-link', interface: 'nothere', up: true }, 'not-found'],
    ['a line that is not there', { verb: 'remove-owner-drop', program: 'iptables', uid: 9 }, 'not-found'],
    [
      'a package without network',
      { verb: 'install-packages', packages: ['auditd-that-is-not-there'] },
      'no-network',
    ],
    [
      'a table that does not load',
      { verb: 'load-table', table, text: 'table inet swarmkeep_s {\nnonsense\n}' },
      'program-failed',
    ],
  ])(
    'refuses %s',
    async (_name, action, refusal) => {
      expect(await helper.ask({ ...step(), ask: 'do', action })).toMatchObject({
        answer: 'refused',
        refusal,
      });
    },
    120_000,
  );
});
