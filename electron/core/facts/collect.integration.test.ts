import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { localHost } from '#core/hosts/local.ts';
import type { SubjectName } from '#shared/domain/facts/facts.ts';
import { runTrip } from './collect/trip.ts';
import type { TripJob } from './collect/trip-script.ts';
import { collect } from './collect.ts';
import type { Collected, ScriptOutput } from './collector.ts';
import type { AnyCollector } from './collectors.ts';

async function run(jobs: TripJob[]): Promise<ScriptOutput[]> {
  const outputs: ScriptOutput[] = [];
  const result = await runTrip(localHost(), jobs, {
    sudo: false,
    onJob: (index, output) => {
      outputs[index] = output;
    },
  });
  expect(result).toMatchObject({ ok: true });
  return outputs;
}

const job = (script: string, budgetMs = 5_000, maxBytes = 4_194_304): TripJob => ({
  script,
  budgetMs,
  maxBytes,
});

/** A collector of ours for the engine: its script, and what its parser makes of the answer. */
function collector(
  subject: SubjectName,
  script: string,
  parse: (output: ScriptOutput) => Collected<unknown>,
  trip: 1 | 2 | 'aside' = 1,
): AnyCollector {
  return {
    subject,
    trip,
    budgetMs: 1_000,
    maxBytes: 10_000,
    source: script,
    script: () => script,
    parse,
  } as AnyCollector;
}

const time = { synchronised: true, service: null, source: null, offsetMs: null, timezone: null };

function gather(collectors: AnyCollector[], signal?: AbortSignal) {
  return collect({
    host: localHost(),
    collectors,
    hints: null,
    corrections: [],
    salt: '0'.repeat(64),
    signal,
  });
}

describe('one trip', () => {
  it('lets a job for which nothing waits run behind the others', async () => {
    const [first, aside] = await run([job('nice'), { ...job('nice; sleep 9', 1_000), yields: true }]);
    expect(Number(aside?.stdout) - Number(first?.stdout)).toBe(10);
    expect(aside?.timedOut).toBe(true);
  });

  it('brings every byte of many talkative jobs back to the right one', async () => {
    // Each prints all byte values, then its own letter a million times, at the same time as all the others.
    const script = (letter: string): string =>
      `i=0; while [ $i -lt 256 ]; do printf "\\\\$(printf %o $i)"; i=$((i + 1)); done; head -c 1000000 /dev/zero | tr '\\000' ${letter}; echo ${letter} >&2`;
    const letters = [...'abcdefgh'];
    const outputs = await run(letters.map((letter) => job(script(letter))));
    const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    for (const [index, letter] of letters.entries()) {
      const { stdout, stderr, exitCode, cut, timedOut } = outputs[index] as ScriptOutput;
      expect({ stderr, exitCode, cut, timedOut }).toEqual({
        stderr: `${letter}\n`,
        exitCode: 0,
        cut: false,
        timedOut: false,
      });
      expect(stdout.equals(Buffer.concat([all, Buffer.alloc(1_000_000, letter)]))).toBe(true);
    }
  });

  it('lets no output pose as a frame of another job, even with the right words', async () => {
    const forge = `tr '\\000' '\\n' < /proc/$PPID/environ | head -n 3; for kind in o e exit end; do echo "$nonce 1 $kind QUJD"; printf '%s 1 end\\n' 0123; done; echo "- done"`;
    const [liar, honest] = await run([job(forge), job('sleep 0.3; echo honest')]);
    expect(honest).toMatchObject({ exitCode: 0, timedOut: false });
    expect(honest?.stdout.toString()).toBe('honest\n');
    expect(liar?.stdout.toString()).toContain(' 1 end QUJD\n');
  });

  it('ends what is too slow, cuts what is too long, and waits for nobody else', async () => {
    const began = Date.now();
    const [stubborn, long, endless, fine, eater] = await run([
      job("trap '' TERM INT HUP; while :; do sleep 1; done", 1_000),
      job('head -c 20000 /dev/zero', 5_000, 10_000),
      job('yes', 1_000, 5_000_000),
      job('echo fine'),
      job('cat; read -r line || echo "no input"'),
    ]);
    expect(stubborn).toMatchObject({ timedOut: true, exitCode: null });
    expect(long).toMatchObject({ cut: true });
    expect(long?.stdout.length).toBe(10_000);
    expect(endless?.cut || endless?.timedOut).toBe(true);
    expect(fine?.stdout.toString()).toBe('fine\n');
    expect(eater?.stdout.toString()).toBe('no input\n');
    expect(Date.now() - began).toBeLessThan(7_000);
  });

  it('gives up on a job that keeps its output open, and ends that too', async () => {
    const began = Date.now();
    const [holder, fine] = await run([job('sleep 7331 & echo started', 1_000), job('echo fine', 1_000)]);
    expect(fine?.stdout.toString()).toBe('fine\n');
    expect(holder).toMatchObject({ timedOut: true, exitCode: null });
    expect(Date.now() - began).toBeLessThan(20_000);
    const left = readdirSync('/proc').filter((entry) => {
      try {
        return (
          /^[0-9]+$/.test(entry) &&
          readFileSync(`/proc/${entry}/cmdline`, 'latin1').startsWith('sleep\0' + '7331')
        );
      } catch {
        return false;
      }
    });
    expect(left).toEqual([]);
  });

  it('shows no script and no salt to others in an argument vector', async () => {
    const [output] = await run([job(": SECRET-IN-SCRIPT; cat /proc/[0-9]*/cmdline | tr '\\000' ' '")]);
    expect(output?.stdout.toString()).not.toContain('SECRET-IN' + '-SCRIPT');
  });
});

describe('a collection', () => {
  it('keeps the failure of one collector away from the others', async () => {
    const result = await gather([
      collector('time', 'echo yes', () => ({ seen: true, value: time, gaps: [] })),
      collector('mounts', 'exit 7', (output) => ({
        seen: false,
        reason: `status ${output.exitCode}`,
        wouldHelp: null,
      })),
      collector('sockets', 'true', () => {
        throw new Error('a defect');
      }),
      collector('audit', 'true', () => ({ seen: true, value: { probe: 'lies' }, gaps: [] })),
      collector('identity', 'sleep 30', (output) => ({
        seen: false,
        reason: output.timedOut ? 'late' : 'not late',
        wouldHelp: null,
      })),
    ]);
    if (!result.ok) throw new Error(result.error.message);
    const { subjects } = result.collection;
    expect(subjects.time).toMatchObject({ state: 'seen', value: time });
    expect(subjects.mounts).toMatchObject({ state: 'unseen', reason: 'status 7' });
    expect(subjects.sockets).toMatchObject({
      state: 'unseen',
      reason: 'the answer of the node could not be read',
    });
    expect(subjects.audit).toMatchObject({ state: 'unseen' });
    expect(subjects.identity).toMatchObject({ state: 'unseen', reason: 'late' });
    expect(subjects.units).toMatchObject({ state: 'unseen', reason: 'this version does not look at it' });
  });

  it('is not changed by keys that mean something to JavaScript', async () => {
    const text =
      '{"synchronised":true,"service":null,"source":null,"offsetMs":null,"timezone":null,"__proto__":{"polluted":1},"constructor":2}';
    const result = await gather([
      collector('time', `echo '${text}'`, (output) => ({
        seen: true,
        value: JSON.parse(output.stdout.toString()),
        gaps: [],
      })),
    ]);
    if (!result.ok) throw new Error(result.error.message);
    expect(result.collection.subjects.time).toMatchObject({ state: 'seen', value: time });
    expect('polluted' in result.collection.subjects.time).toBe(false);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(JSON.stringify(Object(result.collection.subjects.time).value)).not.toContain('polluted');
  });

  it('is over at once when it is cancelled, before or during', async () => {
    const slow = collector('time', 'sleep 30', () => ({ seen: true, value: time, gaps: [] }));
    expect(await gather([slow], AbortSignal.abort())).toMatchObject({
      ok: false,
      error: { failure: 'cancelled' },
    });
    const began = Date.now();
    expect(await gather([slow], AbortSignal.timeout(200))).toMatchObject({
      ok: false,
      error: { failure: 'cancelled' },
    });
    expect(Date.now() - began).toBeLessThan(15_000);
  });

  it('says on macOS and Windows that only SSH nodes work there', async () => {
    const collectors = [collector('time', 'true', () => ({ seen: true, value: time, gaps: [] }))];
    const base = { collectors, hints: null, corrections: [], salt: '' };
    for (const [platform, name] of [
      ['darwin', 'macOS'],
      ['win32', 'Windows'],
    ] as const) {
      const result = await collect({ ...base, host: localHost(platform) });
      expect(result).toMatchObject({ ok: false, error: { code: 'NOT_SUPPORTED_HERE' } });
      expect(!result.ok && result.error.message).toContain(name);
    }
  });
});
