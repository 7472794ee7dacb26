import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { ApiClient } from '#core/api/direct-client.ts';
import { type AppliedChange, WHEN_LET } from '#shared/domain/plan.ts';
import { followChange } from './follow-change.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

const LET = {
  id: 'x',
  state: 'rolling-back',
  error: `It failed. It is taken back ${WHEN_LET}: the window was dismissed.`,
} as unknown as AppliedChange;

/** A console that tells these states of one change, one after the other. */
function consoleWith(first: AppliedChange, ...later: AppliedChange[]): ApiClient {
  async function* told() {
    for (const [index, value] of later.entries()) yield { kind: 'delta', number: index + 1, value };
  }
  const fixes = { get: async () => first, progress: async () => told() };
  return { fixes, streams: { acknowledge: async () => ({}) } } as unknown as ApiClient;
}

/** Asks for the change a moment after it began, by a timer that keeps no process alive. */
const WAITS = `
import { followChange } from '${new URL('./follow-change.ts', import.meta.url).href}';
const get = () => new Promise((resolve) => setTimeout(resolve, 20, { id: 'x', state: 'done' }).unref());
const terminal = { error: { write() {}, isTTY: false, columns: 80 } };
await followChange({ fixes: { get } }, 'x', terminal);`;

describe('following a change', () => {
  it('ends with words where only an answer of a person would bring the change on', async () => {
    const under = { ...LET, state: 'applying', error: null, steps: [], results: [] } as AppliedChange;
    const left = { ...under, error: `It goes on ${WHEN_LET}: the window was dismissed.` };
    await expect(followChange(consoleWith(left), 'x', capturedTerminal().terminal)).rejects.toMatchObject({
      message: left.error,
    });
    for (const client of [consoleWith(LET), consoleWith(under, LET)])
      await expect(followChange(client, 'x', capturedTerminal().terminal)).rejects.toMatchObject({
        exitCode: 2,
        message: LET.error,
      });
  });

  it('keeps the process until the change is at rest', () => {
    const args = ['--no-warnings', '--input-type=module', '--eval', WAITS];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
