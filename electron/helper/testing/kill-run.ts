import { spawnSync } from 'node:child_process';
import { type HelperAnswer, helperAnswer } from '#shared/domain/helper/answers.ts';
import type { TestNode } from './helper-node.ts';
import { builtServer } from './install-helper.ts';

/**
 * Asks the helper's code once, in a process of its own that is killed at the `at`-th point between two acts; 0 lets it end.
 * Answers null when it was killed.
 */
export function askKilled(node: TestNode, request: unknown, at: number): HelperAnswer | null {
  const [enter, ...rest] = node.inside;
  const args = [...rest, process.execPath, '--no-warnings', builtServer(), String(at)];
  const end = spawnSync(enter ?? 'nsenter', args, {
    input: `${JSON.stringify(request)}\n`,
    encoding: 'utf8',
  });
  if (end.stdout.trim() !== '') return helperAnswer.parse(JSON.parse(end.stdout));
  if (end.signal === null && end.status !== 137)
    throw new Error(`The helper ended with ${end.status}: ${end.stderr}`);
  return null;
}
