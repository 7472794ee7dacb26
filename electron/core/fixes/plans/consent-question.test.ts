import { describe, expect, it } from 'vitest';
import { planHash } from '#core/fixes/plan-registry.ts';
import { consentQuestion } from './consent-question.ts';
import { examplePlan, exampleStep } from './testing/example-plan.ts';

const question = (change: Parameters<typeof examplePlan>[0]) => {
  const made = examplePlan(change);
  return consentQuestion({ ...made, hash: planHash(made) });
};

describe('what a person is asked', () => {
  it('names every step with its exact command, and the hash of the whole', () => {
    const command = exampleStep('/x', {
      title: 'Load the rules',
      preview: { kind: 'command', arguments: ['nft', '-f', "it's"] },
    });
    const { title, lines } = question({ steps: [command, exampleStep('/etc/a')], revertsAfter: 60 });
    expect(title).toBe('Close the way out for mycoSwarm on miu');
    expect(lines.join('\n')).toContain(`1. Load the rules: nft -f 'it'\\''s'`);
    expect(lines.join('\n')).toContain('2. Write /etc/a: /etc/a is written (root:root 0644)');
    expect(lines.join('\n')).toContain('takes itself back after 60 seconds');
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

  it('names the last step however many stand before it, with what it changes', () => {
    const many = Array.from({ length: 60 }, (_, index) => exampleStep(`/srv/${index}/.env`));
    const settings = Array.from({ length: 40 }, () => examplePlan().settings[0]).flatMap((row) => row ?? []);
    const { lines } = question({ steps: [...many, exampleStep('/etc/shadow')], settings });
    expect(lines.join('\n')).toContain('61. Write /etc/shadow');
  });

  it('says where the node is, whatever its name', () => {
    const made = examplePlan({});
    const { lines } = consentQuestion({ ...made, hash: planHash(made) }, 'operator@192.168.1.24');
    expect(lines[0]).toMatch(/^On miu \(operator@192\.168\.1\.24\)\. /);
  });

  it('shows nothing that is hidden or turned round', () => {
    const { title, lines } = question({
      title: 'Close\u202e it',
      steps: [exampleStep('/etc/\u001b[31mred')],
    });
    for (const hidden of ['\u202e', '\u001b']) expect(`${title}${lines.join('')}`).not.toContain(hidden);
  });
});
