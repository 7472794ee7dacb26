import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccessMeans, judgeAccess, readAccess } from './helper-channel-access.ts';
import { readAnswer } from './helper-channel-answer.ts';
import { helperCommand, remoteLine } from './helper-channel-command.ts';

const BUNDLE = 'b'.repeat(64);
const hello = (change: object = {}): string =>
  JSON.stringify({
    answer: 'hello',
    protocol: 1,
    version: '0.1.0',
    bundle: BUNDLE,
    runtime: 'a'.repeat(64),
    uid: 0,
    systemd: true,
    ...change,
  });
const MEANS: AccessMeans = { nodeName: 'miu', session: false, canAskPassword: true, bundle: BUNDLE };
const judge = (printed: string, means: Partial<AccessMeans> = {}) =>
  judgeAccess(readAccess(printed), { ...MEANS, ...means });

const THERE = 'swarmkeep installed\nswarmkeep sudo-there\n';

describe('which way there is to the helper', () => {
  it.each([
    ['none: it is not there', 'swarmkeep uid 1000\nswarmkeep sudo-there\n', {}, 'none', 'not there'],
    ['root', `swarmkeep uid 0\n${THERE}swarmkeep root ${hello()}\n`, {}, 'root', 'already'],
    [
      'sudo without a password',
      `swarmkeep uid 1000\n${THERE}swarmkeep plain ${hello({ uid: 1000 })}\nswarmkeep sudo ${hello()}\n`,
      {},
      'sudo',
      'without a password',
    ],
    [
      'sudo with a password',
      `swarmkeep uid 1000\n${THERE}swarmkeep sudo \n`,
      {},
      'sudo-password',
      'never written down',
    ],
    [
      'none: nobody can be asked',
      `swarmkeep uid 1000\n${THERE}swarmkeep sudo \n`,
      { canAskPassword: false },
      'none',
      'cannot ask',
    ],
    [
      'pkexec',
      `swarmkeep uid 1000\n${THERE}swarmkeep pkexec-there\nswarmkeep sudo \n`,
      { session: true },
      'pkexec',
      'own window',
    ],
    [
      'none: pkexec elsewhere, and no sudo',
      'swarmkeep uid 1000\nswarmkeep installed\nswarmkeep pkexec-there\n',
      {},
      'none',
      'no sudo',
    ],
  ] as const)('finds %s', (_, printed, means, via, words) => {
    const access = judge(printed, means);
    expect(access.via).toBe(via);
    expect(access.words).toContain(words);
  });

  it('says when the helper is another one than this console has', () => {
    const printed = (change: object) => `swarmkeep uid 0\n${THERE}swarmkeep root ${hello(change)}\n`;
    expect(judge(printed({}))).toMatchObject({ outdated: false });
    expect(judge(printed({ bundle: 'c'.repeat(64) }))).toMatchObject({ outdated: true });
    expect(judge(printed({ protocol: 2 }))).toMatchObject({ outdated: true });
    expect(judge(printed({ bundle: 'c'.repeat(64) }), { bundle: null })).toMatchObject({ outdated: false });
  });

  it('believes no way that a hostile node only claims in other words', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const access = judge(`swarmkeep uid 1000\nswarmkeep installed\n${text.replaceAll('swarmkeep', '')}`);
        expect(access.via).toBe('none');
        expect(access.words.length).toBeLessThanOrEqual(512);
      }),
    );
  });
});

describe('an answer of the helper', () => {
  const ask = { version: 1, ask: 'arm', change: 'a'.repeat(32), seconds: 60 } as const;
  const armed = JSON.stringify({ answer: 'armed', revertsAt: '2026-11-21T19:20:00.000Z' });

  it('is read behind the greeting of a login shell', () => {
    expect(readAnswer(ask, `Welcome to miu!\n${armed}\n`, 'miu')).toMatchObject({
      ok: true,
      answer: { answer: 'armed' },
    });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'Killed'],
    ['half of it', armed.slice(0, -4)],
    ['another shape', '{"answer":"armed"}'],
    ['the answer to something else', '{"answer":"confirmed"}'],
    [
      'half characters',
      '{"answer":"refused","refusal":"busy","message":"\\ud800","differences":[],"rolledBack":false}',
    ],
  ])('is refused when it is %s', (_, printed) => {
    expect(readAnswer(ask, printed, 'miu')).toMatchObject({
      ok: false,
      failure: { kind: 'bad-answer', mayHaveBegun: true },
    });
  });

  it('never throws, whatever was printed', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        (printed) => typeof readAnswer(ask, printed, 'miu').ok === 'boolean',
      ),
      { numRuns: 200 },
    );
  });
});

describe('the command line', () => {
  it('is made of constants, with the request nowhere in it', () => {
    const request = {
      version: 1,
      ask: 'do',
      change: 'a'.repeat(32),
      step: 0,
      action: { verb: 'load-table', table: { family: 'inet', name: 'swarmkeep_x' }, text: '$(id)' },
    } as const;
    for (const way of ['root', 'sudo', 'sudo-password', 'pkexec'] as const) {
      expect(remoteLine(helperCommand(way, request))).toMatch(
        /^(sudo |pkexec |-[a-zA-Z-]+ |'' |-- )*\/usr\/local\/libexec\/swarmkeep\/swarmkeep-[a-z]+$/,
      );
    }
    expect(helperCommand('pkexec', request).at(-1)).toMatch(/swarmkeep-network$/);
    expect(helperCommand('sudo-password', request)).toContain('-k');
  });

  it('quotes what a shell would read', () => {
    expect(remoteLine(['sh', '-c', 'printf \'%s\' "$1"; :', 'sh', '/etc/a b'])).toBe(
      `sh -c 'printf '\\''%s'\\'' "$1"; :' sh '/etc/a b'`,
    );
  });
});
