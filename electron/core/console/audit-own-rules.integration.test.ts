import { appendFileSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createConsole } from './create-console.ts';
import type { ConsoleAudit, ConsoleService } from './service.ts';
import { fakeLooking } from './testing/fake-looking.ts';

let folder: string;
let service: ConsoleService;
let audit: ConsoleAudit;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-own-rules-'));
  await open();
});
afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  service = await createConsole({
    dataFolder: join(folder, 'data'),
    shell: 'web',
    version: '0',
    consent: { ask: async () => false },
    schedule: false,
    watching: true,
    looking: fakeLooking({}, () => new Date()).looking,
  });
  if (service.audit === undefined) throw new Error('This console follows no logs');
  audit = service.audit;
}

const rule = (title: string, detection: string) =>
  `title: ${title}\nlevel: high\nlogsource:\n  product: linux\ndetection:\n  one:\n    ${detection}\n  condition: one\n`;
const WITHOUT_LOGSOURCE = (title: string, detection: string) =>
  rule(title, detection).replace('product: linux', 'category: any_log');
const filter = `title: Hide all\nlogsource:\n  product: linux\nfilter:\n  rules: any\n  all:\n    user: '*'\n  condition: not all\n`;

async function settingsTold(): Promise<string[]> {
  const { entries } = await service.activity.list({ limit: 50, search: '' });
  return entries.filter((entry) => entry.record?.kind === 'settings-changed').map((entry) => entry.sentence);
}

it('keeps rules that can be used, says why others are left out, and has them in force at once', {
  timeout: 120_000,
}, async () => {
  const answer = await audit.addRules({
    files: [
      { name: 'ines.yml', text: rule('Ines is here', 'user: ines') },
      { name: 'broken.yml', text: 'title: [' },
      { name: 'empty.yml', text: '' },
    ],
  });
  expect(answer.added).toEqual(['ines.yml']);
  expect(answer.faults.map(({ file }) => file)).toEqual(['broken.yml', 'empty.yml']);
  expect(answer.faults.every(({ reason }) => reason.length > 5)).toBe(true);
  const kept = join(folder, 'data', 'rules', 'ines.yml');
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  expect((await audit.ownRules(undefined)).files).toMatchObject([
    { name: 'ines.yml', inForce: 1, faults: [] },
  ]);
  expect((await audit.rules({} as never)).map((known) => known.rule.title)).toContain('Ines is here');
  expect((await settingsTold()).join()).toContain('ines.yml');
  await expect(
    audit.addRules({ files: [{ name: '../up.yml', text: rule('Up', 'user: x') }] }),
  ).rejects.toThrow();
});

it('tells of matches of a rule that was added while it watches, and not of one that was removed', {
  timeout: 120_000,
}, async () => {
  const { id: node } = await service.nodes.add({
    address: { kind: 'local' },
    confirmedKeys: [],
    name: 'here',
  });
  const log = join(folder, 'some.log');
  writeFileSync(log, 'level=info user=before msg="first"\n');
  await audit.addSource({ node, target: { kind: 'file', path: log } });
  await vi.waitFor(
    async () => expect((await audit.events({ query: '', limit: 10 })).events).toHaveLength(1),
    30_000,
  );
  const [event] = (await audit.events({ query: '', limit: 10 })).events;
  const logsource = Object.entries(event?.logsource ?? {})
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n  ');
  const own = (title: string, user: string) =>
    WITHOUT_LOGSOURCE(title, `user: ${user}`).replace('category: any_log', logsource || 'category: any_log');
  await audit.addRules({ files: [{ name: 'naru.yml', text: own('Naru is here', 'naru') }] });
  appendFileSync(log, 'level=info user=naru msg="second"\n');
  await vi.waitFor(
    async () => expect((await audit.alerts({})).map((alert) => alert.rule.title)).toContain('Naru is here'),
    30_000,
  );
  const removed = await audit.removeRules({ name: 'naru.yml' });
  expect(removed.text).toContain('Naru is here');
  appendFileSync(log, 'level=info user=naru msg="third"\n');
  await vi.waitFor(
    async () => expect((await audit.events({ query: '', limit: 10 })).events).toHaveLength(3),
    30_000,
  );
  expect((await audit.alerts({})).find((alert) => alert.rule.title === 'Naru is here')?.count).toBe(1);
  await expect(audit.removeRules({ name: 'naru.yml' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
});

it('refuses a rule that is called as another one, and replaces a file by its name', {
  timeout: 120_000,
}, async () => {
  const id = (last: string) => `id: 5b0d4f0e-3e0f-4a7e-9a3c-0a4f2f3c1b${last}\n`;
  const add = (name: string, text: string) => audit.addRules({ files: [{ name, text }] });
  await add('z.yml', id('20') + rule('The first', 'user: z'));
  // Read before `z.yml`, it would have taken its place.
  const refused = await add('a.yml', id('20') + rule('The second', 'user: nobody'));
  expect(refused).toEqual({
    added: [],
    faults: [
      { file: 'a.yml', reason: expect.stringContaining('is that of a rule in your z.yml. Remove that') },
    ],
  });
  const ofTheirs = await add('b.yml', `id: f328ac5a-aad3-452d-94e6-f8e6d1d2cac5\n${rule('Theirs', 'a: b')}`);
  expect(ofTheirs.faults[0]?.reason).toContain('Swarmkeep’s own log-forged.yml. Give this rule another');
  const two = [
    { name: 'c.yml', text: id('21') + rule('C', 'user: c') },
    { name: 'd.yml', text: id('21') + rule('D', 'user: d') },
  ];
  expect(await audit.addRules({ files: two })).toMatchObject({
    added: ['c.yml'],
    faults: [{ file: 'd.yml' }],
  });
  expect((await add('z.yml', id('20') + rule('The first, better', 'user: z'))).added).toEqual(['z.yml']);
  const titles = (await audit.rules({} as never)).map((known) => known.rule.title);
  expect(titles).toEqual(expect.arrayContaining(['The first, better', 'C']));
  expect((await audit.ownRules(undefined)).files.flatMap(({ faults }) => faults)).toEqual([]);
});

it('asks for values of placeholders, keeps them, and holds rules against them', {
  timeout: 120_000,
}, async () => {
  await audit.addRules({
    files: [{ name: 'admins.yml', text: rule('An admin', "user|expand: '%admins%'") }],
  });
  const { files, placeholders } = await audit.ownRules(undefined);
  expect(files.find(({ name }) => name === 'admins.yml')).toMatchObject({ inForce: 0, waitsFor: ['admins'] });
  expect(placeholders).toEqual([{ name: 'admins', values: [], waiting: 1 }]);
  await audit.setRuleValues({ name: 'admins', values: ['minotaur', 'r*'] });
  await service.close();
  await open();
  const after = await audit.ownRules(undefined);
  expect(after.files.find(({ name }) => name === 'admins.yml')).toMatchObject({ inForce: 1, waitsFor: [] });
  expect(after.placeholders).toEqual([{ name: 'admins', values: ['minotaur', 'r*'], waiting: 0 }]);
});

it('records a filter, which can hide what other rules find, as less strict', {
  timeout: 120_000,
}, async () => {
  await audit.addRules({ files: [{ name: 'plain.yml', text: rule('Plain', 'user: plain') }] });
  await audit.addRules({ files: [{ name: 'hide.yml', text: filter }] });
  const told = await settingsTold();
  expect(told.find((sentence) => sentence.includes('hide.yml'))).toContain('(less strict)');
  expect(told.find((sentence) => sentence.includes('plain.yml'))).not.toContain('(less strict)');
  await audit.addRules({ files: [{ name: 'plain.yml', text: rule('Plainer', 'user: nobody') }] });
  expect((await settingsTold())[0]).toMatch(/plain\.yml.*replaced \(less strict\)/);
});

it('never follows a link out of the folder when it removes or replaces', { timeout: 120_000 }, async () => {
  const outside = join(folder, 'outside.yml');
  writeFileSync(outside, 'precious');
  await audit.addRules({ files: [{ name: 'one.yml', text: rule('One', 'user: one') }] });
  symlinkSync(outside, join(folder, 'data', 'rules', 'link.yml'));
  await expect(audit.removeRules({ name: 'link.yml' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  await audit.addRules({ files: [{ name: 'link.yml', text: rule('Two', 'user: two') }] });
  expect(statSync(outside).size).toBe('precious'.length);
});
