import { expect, it } from 'vitest';
import type { LedgerEvent } from './ledger.ts';
import { ledgerSentence } from './ledger-words.ts';

const ordered = (purpose: string, title: string) =>
  ledgerSentence({
    kind: 'change-ordered',
    where: { node: 'miu', name: 'miu' },
    who: { shell: 'web', user: 'minotaur' },
    what: { change: 'a', plan: 'a', hash: 'b', purpose, title, checks: [] },
  } as unknown as LedgerEvent);

it('says what a change is for once', () => {
  expect(ordered('fix', 'Close the way out')).toBe('Fix on miu began: Close the way out');
  expect(ordered('redo', 'Do again: Close the way out')).toBe('Do again on miu began: Close the way out');
  expect(ordered('undo', 'Undo on miu: Close the way out')).toBe('Undo on miu began: Close the way out');
  expect(ordered('allow-changes', 'Allow changes on miu')).toBe('Allow changes on miu began');
  expect(ordered('remove', 'Remove Swarmkeep from miu')).toBe('Remove Swarmkeep on miu began');
});
