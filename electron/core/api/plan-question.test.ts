import { describe, expect, it } from 'vitest';
import { planHash } from '#core/fixes/plan-registry.ts';
import { examplePlan, exampleStep } from '#core/fixes/plans/testing/example-plan.ts';
import { planQuestion } from './plan-question.ts';

const question = (change: Parameters<typeof examplePlan>[0]) => {
  const made = examplePlan(change);
  return planQuestion({ ...made, hash: planHash(made) }, 'operator@192.168.1.24');
};
const command = (title: string, ...words: string[]) =>
  exampleStep('/x', { title, preview: { kind: 'command', arguments: words } });

describe('what a person is asked', () => {
  it('names every step in one line of words, a short command beside it and a long one exactly below', () => {
    const script = `set -eu\nalone() {\n  test "$1" = ''\n}\n${'alone "$2"\n'.repeat(60)}`;
    const { title, lines } = question({
      steps: [
        command('Load the rules', 'nft', '-f', "it's"),
        command('Place the helper', 'sh', '-c', script, 'sh', '/usr/local/libexec'),
        command('Place its runtime', 'sh', '-c', script, 'sh', '/usr/local/libexec/node'),
        exampleStep('/etc/a'),
      ],
    });
    expect(title).toBe('Close the way out for mycoSwarm on miu');
    expect(lines[0]).toMatch(/^On miu \(operator@192\.168\.1\.24\)\. /);
    expect(lines).toContain(`1. Load the rules: nft -f 'it'\\''s'`);
    expect(lines).toContain('2. Place the helper');
    expect(lines).toContain('4. Write /etc/a: /etc/a is written (root:root 0644)');
    expect(lines).toContain('3. sh -c "$script1" sh /usr/local/libexec/node');
    expect(lines.findIndex((line) => line.startsWith('script1='))).toBeGreaterThan(
      lines.indexOf('4. Write /etc/a: /etc/a is written (root:root 0644)'),
    );
    expect(lines.at(-1)).toMatch(/[0-9a-f]{64}$/);
  });

  it('always fits into a dialog, and names every step of the longest plan', () => {
    const steps = Array.from({ length: 256 }, (_, index) =>
      exampleStep(`/etc/${index}-${'x'.repeat(2_000)}`),
    );
    const { lines } = question({ steps, title: 'T'.repeat(512) });
    expect(lines.length).toBeLessThanOrEqual(60);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(1_024);
    for (const index of steps.keys())
      expect(lines.join('; ')).toMatch(new RegExp(`\\b${index + 1}\\. Write /etc/${index}-`));
  });

  it('shows nothing that is hidden or turned round', () => {
    const { title, lines } = question({
      title: 'Close\u202e it',
      steps: [exampleStep('/etc/\u001b[31mred')],
    });
    for (const hidden of ['\u202e', '\u001b']) expect(`${title}${lines.join('')}`).not.toContain(hidden);
  });
});
