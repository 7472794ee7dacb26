import { describe, expect, it } from 'vitest';
import { FACTS_FORMAT, type Facts, type SubjectName, subjects } from '#shared/domain/facts/facts.ts';
import { notSeen } from './collect/observe.ts';
import { recordFacts, replayFacts } from './record.ts';

const at = new Date('2026-11-21T19:20:00.000Z');

function emptyFacts(): Facts {
  const unseen = Object.keys(subjects.shape).map((name) => [name, notSeen('x', at, 'not looked at')]);
  return {
    format: FACTS_FORMAT,
    collectedBy: '0.1.0',
    collectedAt: at.toISOString(),
    tookMs: 5,
    node: { name: 'miu', reachedBy: 'ssh' },
    privilege: 'root',
    redacted: false,
    profile: { instances: [], corrected: [] },
    subjects: Object.fromEntries(unseen) as Record<SubjectName, never>,
  };
}

const secret = 'c0de'.repeat(16);

describe('recordFacts', () => {
  it('removes what could be used, keeps what is needed, and leaves the facts as they were', () => {
    const facts = emptyFacts();
    facts.subjects.mycoswarm = {
      state: 'seen',
      at: at.toISOString(),
      tookMs: 1,
      source: 'x',
      gaps: [],
      value: {
        tokens: [
          {
            instance: 'mycoswarm.service',
            path: '/home/m/.config/mycoswarm/swarm-token',
            exists: true,
            length: 64,
            hexadecimal: true,
            distinctCharacters: 16,
            modifiedAt: null,
            newerThanProcess: null,
            fingerprint: 'd1ce'.repeat(16),
            leaks: [],
          },
        ],
        plugins: [
          {
            instance: 'i',
            name: 'p',
            path: '/p',
            uid: 1,
            mode: 0o644,
            modifiedAt: null,
            digest: 'beef'.repeat(16),
            files: 1,
          },
        ],
        settings: [{ instance: 'i', file: '/c', key: 'swarm_token', value: secret }],
        probes: [],
        notIsolatedLines: null,
        peersSeen: [],
        toolCallLog: null,
      },
    };
    const text = recordFacts(facts);
    expect(text).not.toContain(secret);
    expect(text).not.toContain('d1ced1ce');
    expect(text).toContain('beef'.repeat(16));
    expect(facts.redacted).toBe(false);
    expect(facts.subjects.mycoswarm.value.tokens[0]?.fingerprint).not.toBeNull();
    const replayed = replayFacts(text);
    expect(replayed).toMatchObject({ ok: true, facts: { redacted: true, collectedAt: at.toISOString() } });
    expect(replayed.ok && recordFacts(replayed.facts)).toBe(text);
  });
});

describe('replayFacts', () => {
  const good = recordFacts(emptyFacts());
  it.each([
    ['nothing', '', /empty/],
    ['half a file', good.slice(0, good.length / 2), /damaged/],
    ['text', 'hello', /damaged/],
    ['another format', good.replace('"format": 1', '"format": 2'), /format 2/],
    ['other JSON', '{"a":1}', /no recording/],
    ['a list', '[1]', /no recording/],
    ['null', 'null', /no recording/],
    ['a wrong field', good.replace('"root"', '"king"'), /privilege/],
    ['deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /nested/],
    ['brackets in strings only', `{"format":1,"a":"${'['.repeat(100)}"}`, /damaged at/],
  ])('refuses %s in clear words', (_name, text, words) => {
    const result = replayFacts(text);
    expect(result).toMatchObject({ ok: false, error: { failure: 'damaged-recording', code: 'NOT_ALLOWED' } });
    expect(!result.ok && result.error.message).toMatch(words);
  });

  it('refuses more than 64 MB', () => {
    const result = replayFacts(' '.repeat(64 * 1024 * 1024 + 1));
    expect(!result.ok && result.error.message).toMatch(/64 MB/);
  });

  it('is not changed by a __proto__ in the file', () => {
    const result = replayFacts(good.replace('{', '{"__proto__":{"polluted":true},'));
    expect(result.ok).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(result.ok && 'polluted' in result.facts).toBe(false);
  });
});
