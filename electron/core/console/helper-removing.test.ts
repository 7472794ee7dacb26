import { describe, expect, it } from 'vitest';
import { examplePlan, exampleStep } from '#core/fixes/plans/testing/example-plan.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { takeHelperAway } from './helper-removing.ts';

const at = '2026-11-22T16:00:00.000Z';
const ids = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(32));
const [mine = '', standing = '', waiting = '', foreign = '', settled = ''] = ids;

/** A helper that knows these changes, of two steps each: the first stays for good, the second can be taken back. */
function helperWith(states: Record<string, { second: 'done' | 'undone'; armedUntil?: string }>) {
  const forgotten: string[] = [];
  const answers = (ask: string, change: string | undefined): HelperAnswer => {
    if (ask === 'uninstall') return { answer: 'uninstalled', left: [] };
    if (ask === 'forget') {
      forgotten.push(change ?? '');
      return { answer: 'forgotten' };
    }
    const changes = Object.entries(states).map(([id, { second, armedUntil = null }]) => ({
      change: id,
      at,
      armedUntil,
      reverted: false,
      steps: (['done', second] as const).map((state, step) => ({
        step,
        verb: 'make-directory' as const,
        path: '/srv/x',
        state,
        record: 'f'.repeat(64),
      })),
    }));
    return { answer: 'changes', changes };
  };
  const channel = {
    ask: async (request: { ask: string; change?: string }) => ({
      ok: true,
      answer: answers(request.ask, request.change),
    }),
  } as unknown as HelperChannel;
  return { channel, forgotten };
}

const change = (id: string): StoredChange =>
  ({
    id,
    steps: [{ state: 'done' }, { state: id === settled ? 'left-out' : 'done' }],
    plan: examplePlan({ steps: [exampleStep('/srv/a', { undoable: false }), exampleStep('/srv/b')] }),
  }) as unknown as StoredChange;

describe('taking the helper away', () => {
  it('lets it forget changes of which only what stays for good, or what a person left, is there, and no others', async () => {
    const { channel, forgotten } = helperWith({
      [mine]: { second: 'undone' },
      [standing]: { second: 'done' },
      [waiting]: { second: 'undone', armedUntil: at },
      [foreign]: { second: 'undone' },
      [settled]: { second: 'done' },
    });
    const outcome = await takeHelperAway(channel, [mine, standing, waiting, settled].map(change));
    expect(forgotten).toEqual([mine, settled]);
    expect(outcome).toEqual({ ok: true, words: '' });
  });
});
