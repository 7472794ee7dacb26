import { expect, it } from 'vitest';
import {
  leftOut,
  readActivitySearch,
  readAuditSearch,
  readChecksSearch,
  readPlanSearch,
  readSetupSearch,
  strictly,
} from './search.ts';

it('takes what is expected from an address', () => {
  expect(readSetupSearch({ step: 'outbound-firewall', add: true })).toEqual({
    step: 'outbound-firewall',
    add: true,
  });
  expect(readChecksSearch({ check: 'swarm-secret', on: 'miu' })).toEqual({
    check: 'swarm-secret',
    on: 'miu',
  });
});

it.each([
  { step: 1, add: 'true', check: null, on: {} },
  { step: '<script>', check: '../x', on: 'MIU' },
  { step: 'a'.repeat(65), check: 'a'.repeat(65), on: 'a'.repeat(65) },
])('leaves out anything else: %j', (search) => {
  expect(readSetupSearch(search)).toEqual({});
  expect(readChecksSearch(search)).toEqual({});
});

it('leaves out of the address of a plan whatever is no plan', () => {
  const change = 'a'.repeat(32);
  expect(readPlanSearch({ do: 'fix', on: 'miu', checks: 'swarm-secret,time-sync' })).toEqual({
    do: 'fix',
    on: 'miu',
    checks: 'swarm-secret,time-sync',
  });
  expect(readPlanSearch({ do: 'undo', change })).toEqual({ do: 'undo', change });
  expect(
    readPlanSearch({ do: 'apply', on: '../miu', checks: 'A"<', change: `${change}0`, hash: 'x' }),
  ).toEqual({});
});

it('leaves out of the address of Activity whatever is no event and no subject', () => {
  expect(readActivitySearch({ event: 12, about: 'changes' })).toEqual({ event: 12, about: 'changes' });
  expect(readActivitySearch({ event: -1, about: '<b>' })).toEqual({});
  expect(readActivitySearch({ event: '12' })).toEqual({});
});

it('takes a query, a time and what is open from the address of Audit, and nothing else', () => {
  const [from, to] = ['2026-11-21T22:29:00.000Z', '2026-11-21T22:41:00.000Z'];
  expect(readAuditSearch({ q: 'node:naru', from, to, span: '24h', event: 7, view: 'rules' })).toEqual({
    q: 'node:naru',
    from,
    to,
    span: '24h',
    event: 7,
    view: 'rules',
  });
  // An end without a begin, or before it, chooses nothing.
  expect(readAuditSearch({ to })).toEqual({});
  expect(readAuditSearch({ from: to, to: from })).toEqual({ from: to });
  expect(
    readAuditSearch({
      q: 'x'.repeat(2_049),
      from: 'yesterday',
      span: '1y',
      event: -1,
      view: '../x',
      alert: '',
    }),
  ).toEqual({});
});

it('takes a number that was typed by hand for the text that it stands for', () => {
  expect(readAuditSearch({ alert: 3, q: 404 })).toEqual({ alert: '3', q: '404' });
  expect(readAuditSearch({ alert: { a: 1 }, q: ['x'] })).toEqual({});
});

it('hands nothing on that was left out, and names it', () => {
  const search = { node: 'miu', event: -1, alert: null, q: 'a', other: '<b>' };
  // The router puts this over what came, so each of them has to be there.
  expect({ ...search, ...strictly(readAuditSearch)(search) }).toStrictEqual({
    node: 'miu',
    event: undefined,
    alert: undefined,
    q: 'a',
    other: undefined,
  });
  expect(leftOut(search, readAuditSearch)).toEqual(['event', 'alert', 'other']);
  expect(leftOut({ node: 'miu', q: 'a' }, readAuditSearch)).toEqual([]);
});
