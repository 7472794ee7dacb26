import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecretName, REDACTED, redactArguments, redactText } from './redact.ts';

/** Any UTF-16 at all, also halves of surrogate pairs. */
const anyUnits = fc
  .array(fc.nat({ max: 0xffff }), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));
const token = 'ab12'.repeat(16);

describe('redactText', () => {
  it.each([
    ['a swarm token', `Using token ${token} now`, token],
    ['a token in a list', `[${token},${token.toUpperCase()}]`, token],
    ['an OpenAI key', 'OPENAI=sk-proj-abcDEF0123456789abcd', 'sk-proj-abcDEF0123456789abcd'],
    ['a key of Anthropic', 'x sk-ant-api03-abcdefghijklmnop y', 'abcdefghijklmnop'],
    ['a Hugging Face token', '"hf_abcdefghijklmnopqrst"', 'hf_abcdefghijklmnopqrst'],
    ['a GitHub token', 'ghp_abcdefghijklmnop1234', 'ghp_abcdefghijklmnop1234'],
    ['a password in a URL', 'http_proxy=http://me:hunter2@proxy:3128/', 'hunter2'],
    ['a header', "curl -H 'X-Swarm-Token: letmein1' http://x", 'letmein1'],
    ['a bearer', 'Authorization: Bearer abc.def.ghi', 'abc.def.ghi'],
    ['an assignment', 'DB_PASSWORD=hunter2 run', 'hunter2'],
    ['a quoted assignment', 'Environment="API_KEY=hunter2"', 'hunter2'],
    ['a value in JSON', '{"swarm_token": "hunter2"}', 'hunter2'],
    ['a value in YAML', 'api_key: hunter2', 'hunter2'],
    ['an option with equals sign', '--password=hunter2', 'hunter2'],
    ['an option and its value', 'daemon --token hunter2 --port 7890', 'hunter2'],
  ])('removes %s', (_name, text, secret) => {
    const redacted = redactText(text);
    expect(redacted.toLowerCase()).not.toContain(secret.toLowerCase());
    expect(redacted).toContain(REDACTED);
  });

  it.each([
    `requests==2.31.0 --hash=sha256:${token}`,
    `hash = "sha256:${token}"`,
    `image@sha256:${token}`,
    `sha256 = "${token}"`,
    'ExecStart=/usr/bin/mycoswarm daemon --port 7890',
    'PasswordAuthentication no',
    'usepam yes',
    '/home/mycoswarm/.config/mycoswarm/swarm-token',
    'tcp LISTEN 0 128 0.0.0.0:7890 0.0.0.0:* uid:1000 ino:627 sk:1 cgroup:/system.slice/x.service <->',
  ])('leaves %s alone', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('changes nothing when it is applied again', () => {
    const words = fc.constantFrom(
      'token',
      '=',
      ':',
      ' ',
      '"',
      token,
      'PASSWORD',
      '--key',
      'sk-',
      'x'.repeat(20),
      '\n',
      '://a:b@',
      'Bearer',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          anyUnits,
          fc.array(words).map((list) => list.join('')),
        ),
        (text) => {
          const once = redactText(text);
          expect(redactText(once)).toBe(once);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('lets no swarm token through that stands between other text', () => {
    const around = fc.string({ unit: fc.constantFrom(...' \n"\'=:/{}[](),;|<>xyzXYZ'), maxLength: 20 });
    fc.assert(
      fc.property(around, around, (before, after) => {
        expect(redactText(`${before}${token}${after}`)).not.toContain(token);
      }),
    );
  });

  it('stays fast on text that is made to be slow', () => {
    const began = performance.now();
    for (const text of [
      'a'.repeat(200_000),
      '://'.repeat(60_000),
      '"token" '.repeat(25_000),
      'token = '.repeat(25_000),
      'f'.repeat(200_000),
    ]) {
      redactText(text);
    }
    expect(performance.now() - began).toBeLessThan(10_000);
  }, 30_000);
});

describe('redactArguments', () => {
  it('takes the word after a secret option, and nothing else', () => {
    expect(redactArguments(['mycoswarm', 'daemon', '--token', 'hunter2', '--port', '7890'])).toEqual([
      'mycoswarm',
      'daemon',
      '--token',
      REDACTED,
      '--port',
      '7890',
    ]);
    expect(redactArguments(['x', '-password', 'hunter2'])).toEqual(['x', '-password', REDACTED]);
    expect(redactArguments(['x', '--api-key', '--verbose'])).toEqual(['x', '--api-key', '--verbose']);
    expect(redactArguments(['env', 'OPENAI_API_KEY=hunter2', 'python'])).toEqual([
      'env',
      `OPENAI_API_KEY=${REDACTED}`,
      'python',
    ]);
  });
});

describe('isSecretName', () => {
  it.each([
    'OPENAI_API_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'token',
    'X-Swarm-Token',
    'db_password',
    'PGPASSWORD',
    'hf-token',
    'client-secret',
  ])('knows %s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });
  it.each(['PATH', 'HOME', 'OLLAMA_HOST', 'KEYMAP', 'tokenizer', 'keyboard', 'monkeys'])(
    'leaves %s',
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );
});
