import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { openTestNode } from '../helper-node.ts';

const result = z.object({
  tries: z.int(),
  counts: z.record(z.string(), z.int()),
  violations: z.array(z.string()),
});
export type FuzzResult = z.infer<typeof result>;

/** What a run may leave outside of its world: the helper's own folder, the programs and lock files of the driver. */
const OWN = /^\/(srv(\/fuzz(\/.*)?)?|opt(\/fuzz-programs(\/.*)?)?|var(\/lib(\/swarmkeep(\/.*)?)?)?)?$/;

/**
 * Runs the driver in a test node and then looks at the copy-on-write layer: a write anywhere outside the world is a
 * violation, whatever the driver itself saw.
 */
export async function runFuzz(tries: number, seed: number, mode: 'quiet' | 'race'): Promise<FuzzResult> {
  const node = await openTestNode();
  try {
    const drive = join(import.meta.dirname, 'drive.ts');
    const [enter, ...rest] = node.inside;
    const written = new Set(node.written());
    const end = spawnSync(
      enter ?? 'nsenter',
      [...rest, process.execPath, '--no-warnings', drive, String(tries), String(seed), mode],
      { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    if (end.status !== 0) throw new Error(`The driver failed: ${end.stderr.slice(-2_000)}`);
    const found = result.parse(JSON.parse(end.stdout.trim().split('\n').at(-1) ?? ''));
    const outside = node.written().filter((path) => !OWN.test(path) && !written.has(path));
    for (const path of outside) found.violations.push(`outside of its world: ${path}`);
    return found;
  } finally {
    node.close();
  }
}
