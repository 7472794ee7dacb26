import { describe, expect, it } from 'vitest';
import type { HelperChannel, HelperReply } from '#core/hosts/helper-channel.ts';
import { helperFailure } from '#core/hosts/helper-channel.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { HelperAccess } from '#shared/domain/plan.ts';
import { createFixChannels } from './fix-channels.ts';
import { fakeClock } from './testing/fake-clock.ts';

const node = { id: 'miu', name: 'miu', address: { kind: 'local' } } as SwarmNode;
const other = { ...node, id: 'ane', name: 'ane' } as SwarmNode;
const hello = { version: 1, ask: 'hello' } as const;
const GREETED = { ok: true, answer: { answer: 'hello' } } as unknown as HelperReply;

/** Channels on a stand-in for the helper behind pkexec or sudo, which counts its windows and tries. */
function channelsOn(via: HelperAccess['via']) {
  const seen = {
    windows: 0,
    tries: [] as (string | null)[],
    typed: 'wrong',
    questions: 0,
    lines: '',
    told: [] as string[],
  };
  let agrees = false;
  const clock = fakeClock('2026-11-22T19:00:00.000Z');
  const channels = createFixChannels({
    dataFolder: '/nowhere',
    clock,
    bundle: null,
    consent: {
      ask: async () => true,
      tell: (words) => void seen.told.push(words),
      async askPassword({ lines }) {
        seen.questions += 1;
        seen.lines = lines.join(' ');
        return seen.typed;
      },
    },
    openRoot: () => null,
    openChannel: ({ password }): HelperChannel => ({
      access: async () => ({ via, installed: true, outdated: false, words: '' }),
      close: async () => undefined,
      async ask() {
        if (via === 'pkexec') {
          seen.windows += 1;
          return agrees ? GREETED : helperFailure('dismissed', 'It was dismissed.', '');
        }
        const given = password?.() ?? null;
        if (given === null) return helperFailure('password-needed', 'It needs a password.', '');
        seen.tries.push(given);
        return given === 'right' ? GREETED : helperFailure('password-wrong', 'It was wrong.', '');
      },
    }),
  });
  return { channels, seen, clock, agree: () => (agrees = true) };
}

async function asked(
  channels: ReturnType<typeof channelsOn>['channels'],
  run: string,
  ask: string | null,
  on = node,
) {
  const channel = await channels.open(on, run, { fresh: false, ask });
  const reply = await channel.ask(hello);
  return reply.ok ? 'answered' : reply.failure;
}

describe('a password window that a person dismissed', () => {
  it('is followed by no other one, in the same run or by itself later, and the failure says what to do', async () => {
    const { channels, seen, clock } = channelsOn('pkexec');
    const channel = await channels.open(node, 'run', { fresh: false, ask: 'For: a change' });
    await channel.ask(hello);
    for (let more = 0; more < 5; more += 1) await channel.ask(hello);
    expect(seen.windows).toBe(1);
    // What runs by itself tries every 15 seconds.
    for (let times = 0; times < 240; times += 1) {
      await clock.pass(15_000);
      expect(await asked(channels, 'run', null)).toMatchObject({ kind: 'dismissed', mayHaveBegun: false });
    }
    expect(seen.windows).toBe(1);
    expect(await asked(channels, 'run', null)).toMatchObject({ next: expect.stringContaining('"Try now"') });
  });

  it('comes once more for each time that a person orders something, and only on that node', async () => {
    const { channels, seen, agree } = channelsOn('pkexec');
    await asked(channels, 'run', 'For: a change');
    expect(await asked(channels, 'elsewhere', null, other)).toMatchObject({ message: 'It was dismissed.' });
    expect(seen.windows).toBe(2);
    await asked(channels, 'run', 'For: a change');
    expect(seen.windows).toBe(3);
    agree();
    expect(await asked(channels, 'run', 'For: a change')).toBe('answered');
    expect(await asked(channels, 'run', null)).toBe('answered');
  });
});

describe('a password of sudo that is wrong', () => {
  it('is tried once for each order, never by itself, and after the third is not asked for at once', async () => {
    const { channels, seen, clock } = channelsOn('sudo-password');
    for (const run of ['one', 'two', 'three']) {
      expect(await asked(channels, run, 'For: a change')).toMatchObject({ kind: 'password-wrong' });
      expect(await asked(channels, run, null)).toMatchObject({ kind: expect.stringContaining('password-') });
    }
    expect(seen.tries).toHaveLength(3);
    seen.typed = 'right';
    expect(await asked(channels, 'four', 'For: a change')).toMatchObject({
      kind: 'password-wrong',
      message: expect.stringContaining('3 times'),
      next: expect.stringContaining('sudo -v'),
    });
    expect(seen.tries).toHaveLength(3);
    await clock.pass(121_000);
    expect(await asked(channels, 'five', 'For: a change')).toBe('answered');
    expect(seen.tries).toHaveLength(4);
  });

  it('is forgotten by a right one', async () => {
    const { channels, seen } = channelsOn('sudo-password');
    await asked(channels, 'one', 'For: a change');
    await asked(channels, 'two', 'For: a change');
    seen.typed = 'right';
    expect(await asked(channels, 'three', 'For: a change')).toBe('answered');
    channels.forget('three');
    seen.typed = 'wrong';
    await asked(channels, 'four', 'For: a change');
    expect(await asked(channels, 'five', 'For: a change')).toMatchObject({ message: 'It was wrong.' });
  });
});

describe('a password of sudo that is right', () => {
  it('is asked for once for a node, however often a plan is made anew, and by plans at the same time', async () => {
    const { channels, seen } = channelsOn('sudo-password');
    seen.typed = 'right';
    await Promise.all(['one', 'two'].map((run) => asked(channels, run, 'A plan')));
    await asked(channels, 'three', 'A plan');
    expect(seen.questions).toBe(1);
    await asked(channels, 'elsewhere', 'A plan', other);
    expect(seen.questions).toBe(2);
    expect(seen.lines).toContain('after 5 minutes without one');
  });

  it('is forgotten after five minutes without a change, and with one at the end of it, as the question says', async () => {
    const { channels, seen, clock } = channelsOn('sudo-password');
    seen.typed = 'right';
    await asked(channels, 'plan', 'A plan');
    await clock.pass(299_000);
    expect(await asked(channels, 'plan', null)).toBe('answered');
    await clock.pass(2_000);
    expect(await asked(channels, 'plan', null)).toMatchObject({ kind: 'password-needed' });
    await asked(channels, 'change', 'A plan');
    channels.began('change');
    await clock.pass(301_000);
    expect(await asked(channels, 'change', null)).toBe('answered');
    // The next plan is another matter: its password is asked for, not taken from a change that runs.
    await asked(channels, 'other plan', 'A plan');
    expect(seen.questions).toBe(3);
    channels.forget('change');
    expect(await asked(channels, 'change', null)).toMatchObject({ kind: 'password-needed' });
  });

  it('that was wrong is said to be wrong where it was typed', async () => {
    const { channels, seen } = channelsOn('sudo-password');
    await asked(channels, 'one', 'A plan');
    expect(seen.told).toEqual([expect.stringContaining('sudo on miu did not take the password')]);
  });
});

describe('a look as administrator', () => {
  /** Channels on a stand-in for sudo that counts what it is given. */
  function channelsOnSudo(typed: (string | null)[]) {
    const seen = { questions: 0, tries: [] as (string | null)[], lines: '' };
    const channels = createFixChannels({
      dataFolder: '/nowhere',
      clock: fakeClock('2026-11-22T19:00:00.000Z'),
      bundle: null,
      consent: {
        ask: async () => true,
        async askPassword({ lines }) {
          seen.questions += 1;
          seen.lines = lines.join(' ');
          return typed.shift() ?? null;
        },
      },
      openChannel: () => {
        throw new Error('the helper has no part in it');
      },
      openRoot: ({ password }) => ({
        access: async () => ({
          via: 'sudo-password',
          user: 'ane',
          machine: 'x86_64',
          systemd: true,
          polkit: false,
          words: '',
        }),
        run: async () => helperFailure('no-access', 'Nothing is run.', ''),
        close: async () => undefined,
        async prove() {
          const given = password?.() ?? null;
          if (given === null) return helperFailure('password-needed', 'It needs a password.', '');
          seen.tries.push(given);
          return given === 'right' ? { ok: true } : helperFailure('password-wrong', 'It was wrong.', '');
        },
      }),
    });
    return { channels, seen };
  }
  const why = 'To look.';

  it('asks once more after a wrong password, and after three in a row nobody for a while', async () => {
    const { channels, seen } = channelsOnSudo(['wrong', 'right', 'a', 'b', 'c', 'd']);
    const ready = await channels.administrator(node, 'look 1', why);
    expect(ready.ok && ready.password()).toBe('right');
    channels.forget('look 1');
    expect(ready.ok && ready.password()).toBeNull();
    const wrong = { ok: false, failure: { kind: 'password-wrong' } };
    expect(await channels.administrator(node, 'look 2', why)).toMatchObject(wrong);
    expect(seen.tries).toEqual(['wrong', 'right', 'a', 'b']);
    expect(await channels.administrator(node, 'look 3', why)).toMatchObject({
      failure: { message: expect.stringContaining('3 times') },
    });
    expect(seen.tries).toHaveLength(5);
    expect(await channels.administrator(node, 'look 4', why)).toMatchObject({ ok: false });
    expect(seen.questions).toBe(5);
  });

  it('asks for itself, and for nothing else', async () => {
    const { channels, seen } = channelsOnSudo(['right', 'right']);
    await Promise.all(['one', 'two'].map((run) => channels.administrator(node, run, why)));
    expect(seen.questions).toBe(2);
    expect(seen.lines).toContain('for this one look');
    expect(channels.passwordOf('one')?.()).toBe('right');
    expect(channels.passwordOf('a plan')).toBeUndefined();
  });

  it('is told apart from one that was dismissed', async () => {
    const { channels, seen } = channelsOnSudo([null, 'right']);
    expect(await channels.administrator(node, 'one', why)).toMatchObject({
      failure: { kind: 'password-needed' },
    });
    expect(seen.tries).toEqual([]);
  });
});
