import { spawnSync } from 'node:child_process';

/**
 * For tests: what a script for a node prints when the shell of this computer runs it, with an environment of its own.
 * @param env all that the script finds
 * @returns bytes of both outputs, and the exit status; null where a signal ended it
 */
export function runScript(
  script: string,
  env: Record<string, string>,
): { stdout: Buffer; stderr: Buffer; status: number | null } {
  return spawnSync('/bin/sh', ['-s'], { input: script, env, maxBuffer: 64 * 1_048_576 });
}
