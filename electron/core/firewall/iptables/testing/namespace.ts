import { existsSync } from 'node:fs';
import type { TestContext } from 'vitest';
import { runProcess } from '#core/hosts/run-process.ts';

/** Skips a test where no network namespace can be made or a program is missing. */
export function needs(context: TestContext, ...programs: readonly string[]): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    context.skip('needs root on Linux for a network namespace');
  for (const program of programs) if (!existsSync(program)) context.skip(`needs ${program}`);
}

/**
 * Runs a script of sh(1) in a network namespace of its own, which is gone when it ends.
 * @returns what it printed; throws when it fails
 */
export async function inNamespace(script: string): Promise<string> {
  const chunks: Buffer[] = [];
  const run = await runProcess({
    program: 'unshare',
    arguments: ['-n', '/bin/sh', '-s'],
    environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    script: `set -e\n${script}\nexit 0\n`,
    timeoutMs: 50_000,
    maxStdoutBytes: 16 * 1_048_576,
    onOutput: (chunk) => chunks.push(chunk),
  });
  if (run.how !== 'ended' || run.end.exitCode !== 0)
    throw new Error(run.how === 'not-started' ? run.error.message : `${run.how}: ${run.end.stderr}`);
  return Buffer.concat(chunks).toString('utf8');
}
