import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './program.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

const rule = (id: string, detection: string, source = '{product: linux, category: process_creation}') =>
  `title: Rule ${id}\nid: ${id}\nlevel: high\nlogsource: ${source}\ndetection:\n  ${detection}\n`;

describe('swarmkeep rules check and detect', () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-detect-'));
    mkdirSync(path('rules/more'), { recursive: true });
    writeFileSync(path('rules/one.yml'), rule('one', "s: {CommandLine|contains: 'passwd'}\n  condition: s"));
    writeFileSync(
      path('rules/more/two.yaml'),
      rule('two', "k: ['ssh']\n  condition: k", '{product: linux, service: sshd}'),
    );
    writeFileSync(path('rules/notes.md'), 'no rule');
    symlinkSync('..', path('rules/more/loop'));
    writeFileSync(path('bad.yml'), rule('bad', 's: {a|bogus: 1}\n  condition: s'));
    writeFileSync(path('needy.yml'), rule('needy', "s: {User|expand: '%admins%'}\n  condition: s"));
    writeFileSync(
      path('events.jsonl'),
      '{"CommandLine":"cat /etc/PASSWD","User":"root"}\n{"CommandLine":"ssh miu"}\n{"logsource":{"product":"linux","service":"sshd"},"message":"ssh"}\n',
    );
    writeFileSync(
      path('windows.json'),
      JSON.stringify([{ Event: { System: { EventID: 1 }, EventData: { CommandLine: 'passwd' } } }], null, 2),
    );
    writeFileSync(path('broken.jsonl'), '{"a":1}\n{"a":\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function command(...args: string[]) {
    const { terminal, written } = capturedTerminal();
    const code = await run(['--data-dir', path('none'), ...args], '0.0.0-test', terminal);
    return { code, ...written };
  }
  const json = async (...args: string[]) => JSON.parse((await command(...args, '--json')).out);

  it('count what compiles, what needs values and what fails', async () => {
    const fine = await command('rules', 'check', path('rules'), '--json');
    expect(fine).toMatchObject({ code: 0, error: '' });
    expect(JSON.parse(fine.out)).toEqual({
      total: 2,
      compiled: 2,
      needsValues: 0,
      failed: [],
      prefiltered: 2,
      placeholders: [],
    });
    const all = await command('rules', 'check', folder, '--json');
    expect(all.code).toBe(1);
    expect(JSON.parse(all.out)).toEqual({
      total: 4,
      compiled: 2,
      needsValues: 1,
      failed: [{ file: path('bad.yml'), reason: 'there is no modifier "bogus"' }],
      prefiltered: 2,
      placeholders: [{ file: path('needy.yml'), names: ['admins'] }],
    });
    expect(await json('rules', 'check', path('needy.yml'), '--value', 'admins=root')).toMatchObject({
      compiled: 1,
    });
    expect((await command('rules', 'check', folder)).out).toContain(
      '4 rules: 2 compiled · 1 need values · 1 failed',
    );
  });

  it('name rules that can never fire, when that is asked', async () => {
    const never = path('never.yml.txt');
    writeFileSync(never, rule('never', "s: {a: 'x'}\n  f: {a|startswith: 'X'}\n  condition: s and not f"));
    expect(await json('rules', 'check', path('rules'), never, '--prove')).toMatchObject({
      compiled: 3,
      neverFire: [{ file: never, rule: 'never' }],
    });
    expect((await command('rules', 'check', never, '--prove')).code).toBe(1);
    expect((await command('rules', 'check', never)).code).toBe(0);
  });

  it('find events by the log that they are said to be from', async () => {
    const found = await command(
      'detect',
      '--rules',
      path('rules'),
      '--events',
      path('events.jsonl'),
      '--logsource',
      'product=linux,category=process_creation',
      '--json',
    );
    expect(found).toMatchObject({ code: 1, error: '' });
    expect(JSON.parse(found.out)).toEqual({
      events: 3,
      matched: 1,
      matches: [{ event: 0, rule: 'one', title: 'Rule one', level: 'high' }],
      seconds: expect.any(Number),
    });
    const nothing = await command(
      'detect',
      '--rules',
      path('rules'),
      '--events',
      path('events.jsonl'),
      '--logsource',
      'product=windows',
      '--json',
    );
    expect(nothing.code).toBe(0);
    expect(JSON.parse(nothing.out)).toMatchObject({ events: 3, matched: 0, matches: [] });
  });

  it('put events to every rule when asked to, and those that say nothing', async () => {
    const pairs = async (...args: string[]) =>
      (await json('detect', '--rules', path('rules'), '--events', path('events.jsonl'), ...args)).matches.map(
        ({ event, rule: id }: { event: number; rule: string }) => `${event} ${id}`,
      );
    expect(await pairs('--all-rules')).toEqual(['0 one', '1 two', '2 two']);
    expect(await pairs()).toEqual(['0 one', '1 two', '2 two']);
    const said = await command('detect', '--rules', path('rules'), '--events', path('events.jsonl'));
    expect(said.error).toContain('2 of 3 events do not say what log they are from');
    expect(said.out).toContain('3 events, 3 with a match');
  });

  it('unwrap events of Windows, and read arrays', async () => {
    expect(
      await json('detect', '--rules', path('rules/one.yml'), '--events', path('windows.json'), '--all-rules'),
    ).toMatchObject({ events: 1, matched: 1 });
  });

  it('go on without rules that cannot be used, and say so', async () => {
    const found = await command(
      'detect',
      '--rules',
      folder,
      '--events',
      path('events.jsonl'),
      '--all-rules',
      '--json',
    );
    expect(found.code).toBe(1);
    expect(found.error).toContain(`Not used: ${path('bad.yml')}: there is no modifier "bogus"`);
    expect(found.error).toContain('needs --value for admins');
    expect(
      await json(
        'detect',
        '--rules',
        folder,
        '--events',
        path('events.jsonl'),
        '--all-rules',
        '--value',
        'admins=ro*',
      ),
    ).toMatchObject({ matched: 3 });
  });

  it.each([
    [64, ['detect', '--rules', 'x']],
    [64, ['detect', '--rules', 'x', '--events', 'y', '--logsource', 'host=x']],
    [64, ['detect', '--rules', 'x', '--events', 'y', '--logsource', 'product=a,product=b']],
    [64, ['detect', '--rules', 'x', '--events', 'y', '--logsource', 'product=a', '--all-rules']],
    [64, ['rules', 'check']],
    [64, ['rules', 'check', 'x', '--value', '=x']],
    [2, ['rules', 'check', '/nowhere']],
    [1, ['rules', 'check', '/dev/null']],
  ] as const)('exit with %i for %j', async (code, args) => {
    expect((await command(...args)).code).toBe(code);
  });

  it('say what is wrong with events, and exit with 2', async () => {
    const ask = (file: string) => command('detect', '--rules', path('rules'), '--events', file, '--json');
    expect(await ask(path('broken.jsonl'))).toMatchObject({
      code: 2,
      error: expect.stringContaining('Event 1 is not whole'),
    });
    const last = '{"Image":"/usr/bin/true"}';
    writeFileSync(
      path('mixed.jsonl'),
      `{"Image":"/bin/a"}\n{"Image":"cut off\n\n<html>\n${'nothing\n'.repeat(20)}${last}\n`,
    );
    const mixed = await ask(path('mixed.jsonl'));
    expect(mixed.code).toBe(2);
    expect(JSON.parse(mixed.out)).toMatchObject({ events: 2, broken: 22 });
    expect(mixed.error).toContain('22 pieces of text could not be read as events and were left out.');
    expect(mixed.error.match(/is no JSON object|is not whole/g)).toHaveLength(5);
    expect(await ask(path('nowhere'))).toMatchObject({
      code: 2,
      error: expect.stringContaining('There is no such file'),
    });
    expect(await ask(folder)).toMatchObject({ code: 2, error: expect.stringContaining('is a folder') });
    const empty = await command('rules', 'check', mkdtempSync(path('empty-')));
    expect(empty).toMatchObject({ code: 2, error: expect.stringContaining('There is no rule in') });
  });
});
