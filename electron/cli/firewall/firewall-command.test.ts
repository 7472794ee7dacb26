import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../program.ts';
import { capturedTerminal } from '../testing/captured-terminal.ts';

const FIVE = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A OUTPUT -d 127.0.0.0/8 -m owner --uid-owner 1001 -j ACCEPT
-A OUTPUT -d 192.168.0.0/16 -m owner --uid-owner 1001 -j ACCEPT
-A OUTPUT -d 10.0.0.0/8 -m owner --uid-owner 1001 -j ACCEPT
-A OUTPUT -d 172.16.0.0/12 -m owner --uid-owner 1001 -j ACCEPT
-A OUTPUT -m owner --uid-owner 1001 -j DROP
COMMIT
`;
const DROP_ALL = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT DROP [0:0]\nCOMMIT\n';

describe('firewall on the command line', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-firewall-'));
    writeFileSync(file('five'), FIVE);
    writeFileSync(file('rules.v6'), DROP_ALL);
    writeFileSync(file('unclear'), DROP_ALL);
    writeFileSync(file('empty'), '');
    writeFileSync(file('cut'), FIVE.slice(0, -8));
    writeFileSync(file('cut.json'), '{"nftables":[{"metainfo":');
    writeFileSync(
      file('packets.jsonl'),
      [
        '{"uid":1001,"to":"2001:db8::1","proto":"tcp","port":443,"dev":"eth0"}',
        '{"uid":1001,"to":"8.8.8.8","proto":"tcp","port":443,"dev":"eth0"}',
        '{"uid":1001,"to":"224.0.0.251","proto":"udp","port":5353,"dev":"eth0"}',
        '{"to":"8.8.8.8","proto":"icmp"}',
        '{"from":"8.8.8.8","to":"192.168.1.2","proto":"tcp","port":7890,"dev":"eth0"}',
      ].join('\n'),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function command(...args: string[]) {
    const { terminal, written } = capturedTerminal();
    const code = await run(['firewall', ...args], '0.0.0-test', terminal);
    return { code, ...written };
  }

  it('answers every packet of a file, in order', async () => {
    const { code, out } = await command(
      'explain',
      '--ruleset',
      file('five'),
      '--packets',
      file('packets.jsonl'),
      '--json',
    );
    expect(code).toBe(0);
    const verdicts: { verdict: string; missing: string[]; reason: string }[] = JSON.parse(out);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['accept', 'drop', 'drop', 'unknown', 'accept']);
    expect(verdicts[3]?.missing).toEqual(['skuid']);
  });

  it('draws the way of one packet', async () => {
    const args = ['--uid', '1001', '--to', '8.8.8.8', '--proto', 'tcp', '--port', '443', '--dev', 'eth0'];
    const { out } = await command('explain', '--ruleset', file('five'), ...args);
    expect(out).toContain('drop     tcp to 8.8.8.8:443 as uid 1001 through eth0');
    expect(out).toContain('uid 1001 → ip filter OUTPUT: 5 rules, policy accept (dropped)');
    expect(out).toContain('-A OUTPUT -m owner --uid-owner 1001 -j DROP');
  });

  it('proves IPv4 and shows the packet of IPv6, until that is closed too', async () => {
    const open = await command('prove', '--uid', '1001', '--ruleset', file('five'), '--json');
    expect(open.code).toBe(1);
    const { results } = JSON.parse(open.out);
    expect(results).toMatchObject([
      { family: 4, result: 'proof' },
      {
        family: 6,
        result: 'open',
        packet: { to: '2001:4860:4860::8888', proto: 'tcp', port: 443, uid: 1001 },
      },
    ]);
    const both = ['--ruleset', file('five'), '--ruleset', file('rules.v6')];
    const closed = await command('prove', '--uid', '1001', ...both);
    expect(closed.code).toBe(0);
    expect(closed.error).toContain('read as ip6tables-save');
    const others = await command('prove', '--uid', '1001', '--uid', '100000-165535', ...both);
    expect(others.code).toBe(1);
    expect(others.out).toContain('as uid 100000');
  });

  it('checks a proof again, and refuses it for other rules', async () => {
    const { out } = await command('prove', '--uid', '1001', '--ruleset', file('five'), '--json');
    writeFileSync(file('proof.json'), out);
    const holds = await command('prove', '--check', file('proof.json'), '--ruleset', file('five'));
    expect(holds).toMatchObject({
      code: 0,
      out: expect.stringContaining('no packet of uid 1001 gets to a public address'),
    });
    writeFileSync(file('other'), FIVE.replace('1001 -j DROP', '1002 -j DROP'));
    const refused = await command('prove', '--check', file('proof.json'), '--ruleset', file('other'));
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('refused') });
  });

  it.each([
    ['a listing of which nothing tells the family', 64, ['--ruleset', 'unclear'], 'iptables or of ip6tables'],
    ['an empty listing', 2, ['--ruleset', 'empty'], 'not read as "no rules"'],
    ['a listing that was cut', 2, ['--ruleset', 'cut'], 'COMMIT'],
    ['JSON that was cut', 2, ['--ruleset', 'cut.json'], 'cut.json'],
    ['a file that is not there', 2, ['--ruleset', 'nowhere'], 'ENOENT'],
    ['a folder', 2, ['--ruleset', '.'], 'is not a file'],
  ])('gives no verdict for %s', async (_what, exit, [option = '', name = ''], words) => {
    const { code, out, error } = await command('prove', '--uid', '1001', option, file(name));
    expect({ code, out }).toEqual({ code: exit, out: '' });
    expect(error).toContain(words);
  });

  it('takes the family that is named, and works it out from the other listing', async () => {
    expect((await command('prove', '--uid', '1001', '--ruleset', `ip6:${file('unclear')}`)).code).toBe(1);
    const both = ['--ruleset', file('unclear'), '--ruleset', file('five')];
    const { code, error } = await command('prove', '--uid', '1001', ...both);
    expect(code).toBe(0);
    expect(error).toContain('the other listing is of the other family');
  });

  it.each([
    ['{"uid":1001,"to":"8.8.8.8","proto":"tcp"}\nnot JSON', 'line 2: not JSON'],
    ['\n{"uid":-1,"to":"8.8.8.8","proto":"tcp"}', 'line 2: uid'],
    ['{"uid":1,"to":"example.org","proto":"tcp"}', 'line 1: to'],
    ['{"uid":1,"to":"8.8.8.8","proto":"toString"}', 'line 1: proto'],
    ['{"uid":1,"to":"8.8.8.8","proto":"tcp","nope":1}', 'line 1'],
    [`{"to":"${'8'.repeat(70_000)}"}`, 'line 1: longer than'],
    ['{"uid":1,"from":"::1","to":"8.8.8.8","proto":"tcp"}', 'different families'],
  ])('names file and line of a bad packet: %.60s', async (text, words) => {
    writeFileSync(file('bad.jsonl'), text);
    const { code, out, error } = await command(
      'explain',
      '--ruleset',
      file('five'),
      '--packets',
      file('bad.jsonl'),
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toContain(file('bad.jsonl'));
    expect(error).toContain(words);
  });

  it.each([
    [['explain', '--uid', '1001']],
    [['explain', '--to', '8.8.8.8', '--proto', 'tcp', '--uid', 'root']],
    [['explain', '--to', '8.8.8.8', '--proto', 'tcp', '--packets', 'x']],
    [['prove', '--uid', '5-3', '--ruleset', 'x']],
    [['prove', '--uid', '4294967295', '--ruleset', 'x']],
    [['prove', '--check', 'x', '--uid', '1']],
  ])('calls %j wrong usage', async (args) => {
    expect((await command(...args)).code).toBe(64);
  });
});
