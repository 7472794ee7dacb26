import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, type TestContext } from 'vitest';
import { collect } from '#core/facts/collect.ts';
import type { AnyCollector } from '#core/facts/collectors.ts';
import { hostFor } from '#core/hosts/host-for.ts';
import { type LoopbackSshd, startLoopbackSshd, whyNoSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { FACTS_FORMAT } from '#shared/domain/facts/facts.ts';
import { createConsole } from './create-console.ts';
import type { Looking } from './looking.ts';
import type { ConsoleService, Question } from './service.ts';

const USER = `sk-adm-${process.pid}`;
const SUDOERS = `/etc/sudoers.d/${USER}`;
/** A word that nobody else on this machine says. */
const SECRET = randomBytes(8).toString('hex');
const PASSWORD = `correct ${SECRET}`;

/** A real sudo that asks for a real password, over a real sshd. */
const reason = whyNoSshd() ?? whyNoSudo();
let server: LoopbackSshd;
let folder = '';
let service: ConsoleService | null = null;
const AS_ROOT = ['sudo for root', 'sudo for root'];
/** What is typed, one after the other; then nothing. */
let typed: (string | null)[] = [];
let questions: Question[] = [];
let told: string[] = [];

/** What each trip of each look found: a file that only root may read. */
let found: string[] = [];

/** One question in each of the two trips: real ones take seconds, and what matters here is as whom they are put. */
const asked = (subject: 'time' | 'sandbox', trip: 1 | 2) =>
  ({
    subject,
    trip,
    budgetMs: 5_000,
    maxBytes: 100,
    source: '',
    script: () => `cat '${join(server.folder, 'closed')}' 2>/dev/null || echo closed`,
    parse({ stdout }: { stdout: Buffer }, { privilege }: { privilege: string }) {
      found.push(`${privilege} ${stdout.toString().trim()}`);
      return { seen: false, reason: '', wouldHelp: null };
    },
  }) as unknown as AnyCollector;

const looking: Looking = {
  async collect({ node, administrator, salt, signal }) {
    const host = hostFor(node.address, { dataFolder: folder, administrator });
    if (host.kind === 'recorded') throw new Error('no recording is looked at here');
    try {
      const collectors = [asked('time', 1), asked('sandbox', 2)];
      const result = await collect({ host, collectors, hints: null, corrections: [], salt, signal });
      if (!result.ok) return result;
      const { startedAt, ...collection } = result.collection;
      return {
        ok: true,
        facts: {
          ...collection,
          format: FACTS_FORMAT,
          collectedBy: '0.1.0',
          collectedAt: startedAt.toISOString(),
          node: { name: node.name, reachedBy: 'ssh' },
          redacted: false,
        },
      };
    } finally {
      await host.close();
    }
  },
  check: () => [],
};

function whyNoSudo(): string | null {
  try {
    execFileSync('sudo', ['-V'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'needs sudo';
  }
}

beforeAll(async () => {
  if (reason) return;
  server = await startLoopbackSshd();
  server.addAccount(USER);
  execFileSync('chpasswd', { input: `${USER}:${PASSWORD}\n` });
  writeFileSync(join(server.folder, 'closed'), 'for root');
  chmodSync(join(server.folder, 'closed'), 0o600);
});
afterAll(async () => {
  rmSync(SUDOERS, { force: true });
  await server?.close();
});
beforeEach((context: TestContext) => {
  if (reason) context.skip(reason);
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-adm-'));
  [typed, questions, told, found] = [[], [], [], []];
  writeFileSync(SUDOERS, `${USER} ALL=(ALL:ALL) ALL\n`, { mode: 0o440 });
});
afterEach(async () => {
  await service?.close();
  service = null;
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function start(canAsk = true): Promise<{ opened: ConsoleService; node: string }> {
  const opened = await createConsole({
    dataFolder: folder,
    shell: 'web',
    version: '0.1.0',
    schedule: false,
    thread: false,
    looking,
    consent: {
      ask: async () => false,
      tell: (words) => void told.push(words),
      ...(canAsk && {
        askPassword: async (question: Question) => {
          questions.push(question);
          return typed.shift() ?? null;
        },
      }),
    },
  });
  service = opened;
  const { port, identityFile, hostKeyLine } = server;
  const { id } = await opened.nodes.add({
    name: 'naru',
    address: { kind: 'ssh', host: '127.0.0.1', port, user: USER, identityFile },
    confirmedKeys: [hostKeyLine],
  });
  return { opened, node: id };
}

/** Looks, and waits for the end. @returns what each trip found */
async function look(opened: ConsoleService, node: string, administrator: boolean): Promise<string[]> {
  found = [];
  const ended = new Promise<{ state: string; error: string | null }>((resolve) => {
    opened.topics.progress.onDelta((state) => {
      if (state.endedAt !== null) resolve(state);
    });
  });
  await opened.looks.start({ nodes: [node], administrator });
  expect(await ended).toMatchObject({ state: 'done', error: null });
  return found;
}

/** Everything that other accounts of this machine can see of running programs, and all that the console keeps. */
function seenBySnoopers(): string {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => `${read(`/proc/${pid}/cmdline`)}\n${read(`/proc/${pid}/environ`)}`)
    .join('\n');
}
const keptBy = (path: string): string =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');

it('sees what an ordinary look does not, asks again after a wrong password, and leaves it nowhere', async () => {
  const { opened, node } = await start();
  expect(await look(opened, node, false)).toEqual(['user closed', 'user closed']);
  expect(questions).toEqual([]);
  typed = [`incorrect ${SECRET}`, PASSWORD];
  let snooped = '';
  const snooping = setInterval(() => {
    const seen = seenBySnoopers();
    if (seen.includes(SECRET)) snooped = seen;
  }, 100);
  expect(await look(opened, node, true)).toEqual(AS_ROOT);
  clearInterval(snooping);
  expect(questions.map(({ title }) => title)).toEqual(Array(2).fill('Password of sudo on naru'));
  expect(questions[0]?.lines.join(' ')).toMatch(
    /reads, and changes nothing.* this one look, and forgets it at its end/s,
  );
  expect(told).toEqual(['sudo on naru did not take the password. Nothing was done with it.']);
  // The next one asks anew: nothing was kept for it.
  await expect(opened.looks.start({ nodes: [node], administrator: true })).rejects.toMatchObject({
    code: 'CONSENT_REFUSED',
  });
  expect(questions).toHaveLength(3);
  await opened.close();
  service = null;
  expect(snooped).toBe('');
  expect(keptBy(folder)).not.toContain(SECRET);
}, 60_000);

it('asks no third time, and says so; what was known stays', async () => {
  const { opened, node } = await start();
  typed = ['no', 'no', PASSWORD];
  await expect(opened.looks.start({ nodes: [node], administrator: true })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
    message: 'sudo on naru did not take the password.',
    data: { untouched: 'No look was made: findings are as they were.' },
  });
  expect(questions).toHaveLength(2);
}, 60_000);

it.each([
  ['an account that sudo does not know', '', /does not let this account/],
  ['a rule for another program only', `${USER} ALL=(ALL) /usr/bin/true\n`, /does not let this account/],
])(
  'says so for %s',
  async (_what, rules, words) => {
    writeFileSync(SUDOERS, rules, { mode: 0o440 });
    const { opened, node } = await start();
    typed = [PASSWORD];
    await expect(opened.looks.start({ nodes: [node], administrator: true })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringMatching(words),
    });
    expect(told).toEqual([]);
  },
  60_000,
);

it('asks nobody where sudo needs no password, and says where to type one where nobody can be asked', async () => {
  const { opened, node } = await start(false);
  await expect(opened.looks.start({ nodes: [node], administrator: true })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
    data: { next: expect.stringContaining('check --administrator --node naru') },
  });
  writeFileSync(SUDOERS, `${USER} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
  expect(await look(opened, node, true)).toEqual(AS_ROOT);
}, 60_000);
