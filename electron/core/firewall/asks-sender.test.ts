import { expect, it } from 'vitest';
import { asksSender } from './asks-sender.ts';
import type { Chain, Condition, Statement, Table } from './model.ts';

const of = (...statements: Statement[]) => {
  const chain: Chain = {
    name: 'out',
    base: null,
    rules: [{ id: 1, text: '', handle: null, statements }],
  };
  const table: Table = {
    source: { program: 'nft', backend: null },
    family: 'inet',
    name: 'filter',
    chains: new Map([['out', chain]]),
    dormant: false,
  };
  return { tables: [table] };
};
const values = { kind: 'numbers', mask: null, intervals: [[1n, 1n]] } as const;
const uid: Condition = { field: 'skuid', values };
const port: Condition = { field: 'dport', values };

it('knows whether any rule asks who sends', () => {
  const accept = { kind: 'accept' } as const;
  expect(asksSender(of({ kind: 'match', alternatives: [[port]], negated: false }))).toBe(false);
  expect(asksSender(of({ kind: 'unmodelled', text: 'xt' }, { kind: 'verdict', verdict: accept }))).toBe(
    false,
  );
  expect(asksSender(of({ kind: 'match', alternatives: [[port], [port, uid]], negated: true }))).toBe(true);
  expect(asksSender(of({ kind: 'verdictMap', entries: [{ conditions: [uid], verdict: accept }] }))).toBe(
    true,
  );
  const gid: Condition = { field: 'skgid', values };
  expect(
    asksSender(of({ kind: 'mapMark', field: 'mark', entries: [{ conditions: [gid], value: 1n }] })),
  ).toBe(true);
});
