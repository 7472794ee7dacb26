import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runScript } from '#core/hosts/testing/run-script.ts';
import { blankInstance } from '#shared/domain/profile.ts';
import type { CollectContext } from '../../collector.ts';
import { context } from '../../testing/answers.ts';
import { credentialsCollector } from '../credentials.ts';

const KEY = `export OPENAI_API_KEY=sk-proj-${'a1'.repeat(20)}\n`;
let home: string;
let settings: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'swarmkeep-keys-'));
  settings = join(home, '.config/mycoswarm');
  mkdirSync(settings, { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** What is found in the home, and what it says that it did not read. */
function look(edit: ((script: string) => string) | null = null) {
  const instance = { ...blankInstance('a', 'by-hand'), home, configurationFolder: settings };
  const asked: CollectContext = { ...context, profile: { corrected: [], instances: [instance] } };
  const script = credentialsCollector.script(asked);
  const edited = edit?.(script) ?? script;
  if (edit !== null && edited === script) throw new Error('nothing was changed');
  const { stdout, stderr, status } = runScript(edited, { PATH: '/usr/bin:/bin', node_uid: '' });
  const output = { stdout, stderr: String(stderr), exitCode: status, timedOut: false, cut: false, tookMs: 1 };
  const read = credentialsCollector.parse(output, asked);
  if (!read.seen) throw new Error(read.reason);
  const within = (place: string) => place.startsWith(home);
  return {
    found: read.value.found.filter(({ place }) => within(place)).map(({ name }) => name),
    looked: read.value.lookedAt.filter(within),
    unread: read.gaps.map(({ what }) => what).filter(within),
  };
}

it('finds a key behind many others that are none, and in a folder far down', () => {
  writeFileSync(join(home, '.bashrc'), `OPENAI_API_KEY=your-key-here\n${'# no key\n'.repeat(1_000)}${KEY}`);
  const deep = join(settings, 'plugins/one/two/three/four');
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, 'hidden.py'), KEY);
  expect(look()).toMatchObject({ found: ['OPENAI_API_KEY', 'OPENAI_API_KEY'], unread: [] });
});

it.each(['grep -aiE -m 2000', 'grep -aoiE', 'grep -aviE', "sed -E 's/[", 'grep -aoE', 'cut -c1-12'])(
  'takes no file for one without keys when a program on the way fails: %s',
  (program) => {
    writeFileSync(join(home, '.bashrc'), KEY);
    const { looked, unread } = look((script) => script.replace(program, `sh -c 'exit 2' ${program}`));
    expect(unread).toContain(join(home, '.bashrc'));
    expect(looked).not.toContain(join(home, '.bashrc'));
  },
);

it('says of a file that is too long that it was not read to its end', () => {
  const history = join(home, '.bash_history');
  writeFileSync(history, KEY);
  truncateSync(history, 64 * 1024 * 1024 + 1);
  expect(look()).toMatchObject({ found: ['OPENAI_API_KEY'], unread: [history] });
  truncateSync(history, 64 * 1024 * 1024);
  expect(look().unread).toEqual([]);
});

it('says of a folder with too many files, or one that cannot be listed, that it was not read to its end', () => {
  const fill = (count: number) => {
    for (let at = 0; at < count; at += 1) writeFileSync(join(settings, `${at}`), '');
  };
  fill(400);
  expect(look().unread).toEqual([]);
  expect(look((script) => script.replace('find . -xdev', 'sh -c "exit 1" find')).unread).toEqual([settings]);
  fill(401);
  expect(look().unread).toEqual([settings]);
});

it('says of a name with a line end in it that nobody looked there', () => {
  writeFileSync(join(settings, 'two\nlines'), KEY);
  expect(look().unread).toEqual([join(settings, 'two\u0001lines')]);
});
