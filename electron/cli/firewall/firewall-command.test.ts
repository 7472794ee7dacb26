import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_RULES } from '#core/checks/testing/firewall-facts.ts';
import { rulesetDigest } from '#core/firewall/prove/digest.ts';
import type { Proof } from '#core/firewall/prove/proof.ts';
import { run } from '../program.ts';
import { capturedTerminal } from '../testing/captured-terminal.ts';
import { refusal } from './check-proof-file.ts';
import { rulesOfFiles } from './read-rules.ts';

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
const SET = '-A OUTPUT -m set --match-set foo dst -j ACCEPT';
const NAT = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A OUTPUT -d 8.8.8.8/32 -p tcp -j DNAT --to-destination 192.168.1.7:8080
-A OUTPUT -d 8.8.4.4/32 -p tcp -j REDIRECT --to-ports 8080
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
    writeFileSync(file('no-rules'), DROP_ALL.replace('DROP', 'ACCEPT'));
    writeFileSync(file('opaque'), FIVE.replace(/-A OUTPUT -d 127.*/, SET));
    writeFileSync(file('nat'), NAT);
    writeFileSync(file('nft.json'), NO_RULES);
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

  it('says of a packet that gets out whose connection it is in, where that is not its own', async () => {
    const established = '-A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n';
    writeFileSync(file('established'), FIVE.replace('-A OUTPUT', `${established}-A OUTPUT`));
    const args = ['prove', '--uid', '1001', '--ruleset', file('established')];
    expect((await command(...args)).out).toContain('in a connection that another account has opened');
    const { code, out } = await command(...args, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out).results[0].packet).toMatchObject({
      port: 53,
      connection: 'opened by another account',
    });
  });

  it('answers every packet of a file, in order', async () => {
    const { code, out } = await command(
      'explain',
      '--ruleset',
      file('five'),
      '--packets',
      file('packets.jsonl'),
      '--json',
    );
    // One of them is unknown.
    expect(code).toBe(2);
    const verdicts: { verdict: string; missing: string[]; reason: string; assumed?: string }[] =
      JSON.parse(out);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['accept', 'drop', 'drop', 'unknown', 'accept']);
    expect(verdicts[3]?.missing).toEqual(['skuid']);
    expect(verdicts[3]?.reason).toContain('who sends is not given (give --uid)');
    expect(verdicts.map(({ assumed }) => assumed ?? null)).toEqual([
      'no IPv6 listing was given',
      null,
      null,
      null,
      null,
    ]);
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

  it.each([
    ['an IPv4 listing alone', ['five'], [null, 'no IPv6 listing was given']],
    ['an IPv6 listing alone', ['rules.v6'], ['no IPv4 listing was given', null]],
    ['both, one of them without a rule', ['five', 'no-rules'], [null, null]],
    ['a listing of nft, which holds both', ['nft.json'], [null, null]],
  ])('says what it takes for granted with %s', async (_what, names, expected) => {
    const args = ['--uid', '1001', ...names.flatMap((name) => ['--ruleset', file(name)])];
    const { out } = await command('prove', ...args, '--json');
    const { results, scope } = JSON.parse(out);
    expect(results.map(({ assumed }: { assumed?: string }) => assumed ?? null)).toEqual(expected);
    expect(scope.judgedBy).toBe('check --only outbound-firewall');
    const text = (await command('prove', ...args)).out;
    expect(text.includes('as far as these listings go')).toBe(expected.some((one) => one !== null));
    expect(text).toContain('are judged by: swarmkeep check --only outbound-firewall');
  });

  it('says why it cannot tell', async () => {
    const { code, out } = await command('prove', '--uid', '1001', '--ruleset', file('opaque'));
    expect(code).toBe(1);
    expect(out).toContain('unknown  IPv4');
    expect(out).toContain('It hangs on:\n      -A OUTPUT -m set --match-set foo dst -j ACCEPT');
    expect(out).toMatch(/Such as tcp to 8\.8\.8\.8:443 as uid 1001: .* is not modelled/);
    const json = await command('prove', '--uid', '1001', '--ruleset', file('opaque'), '--json');
    expect(JSON.parse(json.out).results[0]).toMatchObject({
      result: 'unknown',
      example: { packet: { to: '8.8.8.8' }, reason: expect.stringContaining('not modelled') },
    });
  });

  it.each([
    ['8.8.8.8', 'no-rules', 'internet'],
    ['100.64.0.1', 'no-rules', 'internet'],
    ['192.168.1.3', 'no-rules', 'home network'],
    ['fd00::1', 'no-rules', 'home network'],
    ['127.0.0.53', 'no-rules', 'this machine'],
    ['::1', 'no-rules', 'this machine'],
    ['8.8.8.8', 'nat', 'home network'],
    ['8.8.4.4', 'nat', 'this machine'],
  ])('ends the way to %s under %s in words', async (to, rules, end) => {
    const args = ['--uid', '1001', '--to', to, '--proto', 'tcp', '--port', '443', '--dev', 'eth0'];
    const { out } = await command('explain', '--ruleset', file(rules), ...args);
    expect(out).toMatch(new RegExp(`→ eth0 → ${end}\\n`));
  });

  it('says in plain words what a packet must be', async () => {
    const ask = (...more: string[]) =>
      command('explain', '--ruleset', file('five'), '--to', '8.8.8.8', '--proto', 'tcp', ...more);
    expect((await ask('--port', '70000')).error).toContain('a port is a whole number from 0 to 65535');
    expect((await ask('--uid', 'root')).error).toContain('With --ruleset a uid is a number');
    expect((await command('explain', '--help')).out).toContain('2 that of a packet is unknown');
    expect((await command('prove', '--help')).out).toContain('What comes in is not asked here');
  });

  it('checks a proof again, and refuses it for other rules', async () => {
    const both = ['--ruleset', file('five'), '--ruleset', `ip6:${file('rules.v6')}`];
    const { out } = await command('prove', '--uid', '1001', ...both, '--json');
    writeFileSync(file('proof.json'), out);
    const holds = await command('prove', '--check', file('proof.json'), ...both);
    expect(holds).toMatchObject({
      code: 0,
      out: expect.stringContaining('IPv6: no packet of uid 1001 gets to a public address'),
    });
    expect(holds.out).toContain('IPv4: no packet of uid 1001 gets to a public address');
    const twice = JSON.parse(out).results;
    writeFileSync(file('twice.json'), JSON.stringify({ results: [twice[0], twice[0]] }));
    expect(await command('prove', '--check', file('twice.json'), ...both)).toMatchObject({
      code: 2,
      out: expect.stringContaining('IPv6: nothing is proven of uid 1001'),
    });
    writeFileSync(file('other'), FIVE.replace('1001 -j DROP', '1002 -j DROP'));
    const refused = await command('prove', '--check', file('proof.json'), '--ruleset', file('other'));
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('refused') });
  });

  it('gives up on a proof that takes too long', async () => {
    const rules = rulesOfFiles([file('five')], capturedTerminal().terminal).rules;
    const { out } = await command('prove', '--uid', '1001', '--ruleset', file('five'), '--json');
    const { proof } = JSON.parse(out).results[0];
    expect(refusal(rules, proof)).toBeNull();
    expect(refusal(rules, proof, performance.now() - 1)).toMatch(/too long/);
    // Splits that leave all packets in one half ask no rule anything where there is none.
    const none = rulesOfFiles([file('rules.v6')], capturedTerminal().terminal).rules;
    const idle = { ...proof, ruleset: rulesetDigest(none.ruleset), sets: [{ field: 'l4proto', values: [] }] };
    idle.regions = Array.from({ length: 100_000 }, () => [
      { split: 0 },
      { stoppedBy: [], redirectedBy: [] },
    ]).flat();
    expect(refusal(none, idle, performance.now() + 50)).toMatch(/too long/);
  });

  it('says of a proof that it is about packets, as text and as JSON', async () => {
    const { out } = await command('prove', '--uid', '1001', '--ruleset', file('five'), '--json');
    writeFileSync(file('proof.json'), out);
    const args = ['prove', '--check', file('proof.json'), '--ruleset', file('five')];
    expect((await command(...args)).out).toContain(
      'This is about packets of these uids. Programs that pass data on (a resolver, a proxy, Ollama) are judged by: swarmkeep check --only outbound-firewall',
    );
    expect(JSON.parse((await command(...args, '--json')).out)).toEqual({
      proofs: [
        { holds: true, question: 'IPv4: no packet of uid 1001 gets to a public address', reason: null },
      ],
      notProven: ['IPv6: nothing is proven of uid 1001'],
      scope: {
        note: expect.stringContaining('about packets of these uids'),
        judgedBy: 'check --only outbound-firewall',
      },
    });
  });

  it.each<[string, (question: Proof['question']) => void, number, string]>([
    ['another uid', (question) => (question.fields.skuid = [['1002', '1002']]), 1, 'refused'],
    ['every uid', (question) => (question.fields.skuid = [['0', '4294967295']]), 1, 'refused'],
    ['the other family', (question) => (question.version = 6), 1, 'refused'],
    ['the other direction', (question) => (question.direction = 'in'), 1, 'refused'],
    ['the home network too', (question) => (question.fields.daddr = [['0x0', '0xffffffff']]), 1, 'refused'],
    ['no protocols', (question) => Reflect.deleteProperty(question.fields, 'l4proto'), 1, 'refused'],
    ['no uid at all', (question) => (question.fields.skuid = []), 2, 'a part of the packets only'],
    ['one address', (question) => (question.fields.daddr = [['0x8080808', '0x8080808']]), 2, 'a part of'],
    ['no interface', (question) => question.exceptInterfaces.push(...question.names), 2, 'a part of'],
  ])('is not taken in by a proof whose question was changed to %s', async (_what, change, exit, words) => {
    const { out } = await command('prove', '--uid', '1001', '--ruleset', file('five'), '--json');
    const { proof } = JSON.parse(out).results[0];
    change(proof.question);
    writeFileSync(file('forged.json'), JSON.stringify(proof));
    const told = await command('prove', '--check', file('forged.json'), '--ruleset', file('five'));
    expect(told.code).toBe(exit);
    expect(told.out).toContain(words);
    expect(told.out).not.toContain('gets to a public address');
    if (exit === 2) expect(told.out).toContain('nothing is proven of all packets');
  });

  it.each([
    ['a listing of which nothing tells the family', 64, ['--ruleset', 'unclear'], 'iptables or of ip6tables'],
    ['an empty listing', 2, ['--ruleset', 'empty'], 'not read as "no rules"'],
    ['a listing that was cut', 2, ['--ruleset', 'cut'], 'COMMIT'],
    ['JSON that was cut', 2, ['--ruleset', 'cut.json'], 'cut.json'],
    ['a file that is not there', 2, ['--ruleset', 'nowhere'], 'There is no such file'],
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
    ['{"uid":1,"to":"8.8.8.8","proto":"tcp","port":70000}', 'port: a port is a whole number from 0 to 65535'],
    ['{"uid":"root","to":"8.8.8.8","proto":"tcp"}', 'names are looked up for --uid alone'],
    ['[1]', 'not a JSON object'],
    ['{"uid":1,"to":"8.8.8.8","proto":"tcp","nope":1}', 'line 1: "nope" is no field of a packet'],
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
    [['explain', '--to', '8.8.8.8', '--proto', 'tcp', '--uid', 'root', '--ruleset', 'x']],
    [['explain', '--to', '8.8.8.8', '--proto', 'tcp', '--uid', '1-2']],
    [['explain', '--to', '8.8.8.8', '--proto', 'tcp', '--uid', '!']],
    [['prove', '--uid', 'mycoswarm', '--ruleset', 'x']],
    [['prove', '--uid', '5-3']],
    [['explain', '--to', '8.8.8.8', '--proto', 'tcp', '--packets', 'x']],
    [['prove', '--uid', '5-3', '--ruleset', 'x']],
    [['prove', '--uid', '4294967295', '--ruleset', 'x']],
    [['prove', '--check', 'x', '--uid', '1']],
  ])('calls %j wrong usage', async (args) => {
    expect((await command(...args)).code).toBe(64);
  });
});
