import { describe, expect, it } from 'vitest';
import { innerChange, steadyText } from './evidence-drift.ts';
import type { Evidence, Finding } from './finding.ts';

const entry = (what: string, seen: string, status: Evidence['status'] = 'fix'): Evidence => ({
  what,
  seen,
  status,
  source: 'a test',
  raw: null,
});
const found = (evidence: Evidence[], more: Partial<Finding> = {}) => ({
  status: 'fix' as Finding['status'],
  evidence,
  evidenceOmitted: 0,
  ...more,
});
const door = (port: number, pid = 812) =>
  entry(`0.0.0.0:${port} mycoswarm (pid ${pid}, uid 1000 minotaur)`, 'every address');

describe('text without what changes by itself', () => {
  it.each([
    ['mycoswarm (pid 812)', 'mycoswarm (pid 99)'],
    ['mycoswarm (pid 812, 813, 814) as uid 1001', 'mycoswarm (pid 7) as uid 1001'],
    ['lists of packages, from 2026-11-20T06:00:00.000Z', 'lists of packages, from 2026-11-21T06:00:01Z'],
    ['offset from the source: -3.25 ms', 'offset from the source: 4 ms'],
    ['published 3 days ago', 'published 4 days ago'],
    ['7 times: code ran with the network on', '12 times: code ran with the network on'],
    ['12, with room for 8192', '13, with room for 8192'],
    ['owned by mycoswarm and 3 more like it', 'owned by mycoswarm'],
    ['1 other program runs under the same account', '2 other programs run under the same account'],
    ['1 open now: somebody works with this account', '2 open now: somebody works with this account'],
    ['0.0.0.0:45120/udp mycoswarm', '0.0.0.0:33001/udp mycoswarm'],
  ])('%s is %s', (one, other) => {
    expect(steadyText(one)).toBe(steadyText(other));
  });

  it.each([
    ['0.0.0.0:7890 mycoswarm (uid 1000)', '0.0.0.0:7890 mycoswarm (uid 0)'],
    ['0.0.0.0:45120 mycoswarm', '0.0.0.0:45121 mycoswarm'],
    ['0.0.0.0:5353/udp mycoswarm', '0.0.0.0:5354/udp mycoswarm'],
    ['1: somebody can log in over SSH', '2: somebody can log in over SSH'],
    ['/srv/pid 12/x mode 0755', '/srv/pid 12/x mode 0777'],
    ['at most 128 bits, 256 are needed', 'at most 64 bits, 256 are needed'],
  ])('%s is not %s', (one, other) => {
    expect(steadyText(one)).not.toBe(steadyText(other));
  });
});

describe('a change inside a finding', () => {
  it('is one entry more, named', () => {
    expect(innerChange(found([door(7_890)]), found([door(7_890, 99), door(8_080)]))).toEqual({
      direction: 'more',
      words: 'Now also 0.0.0.0:8080 mycoswarm (pid 812, uid 1000 minotaur): every address.',
    });
  });

  it('is one entry less, and the same entry with another meaning is said once', () => {
    expect(innerChange(found([door(7_890), door(8_080)]), found([door(7_890)]))?.words).toMatch(
      /^No longer 0\.0\.0\.0:8080/,
    );
    const keys = (count: number) => entry('authorized keys of minotaur', `${count}: somebody can log in`);
    expect(innerChange(found([keys(1)]), found([keys(2)]))).toEqual({
      direction: 'more',
      words: 'Now also authorized keys of minotaur: 2: somebody can log in.',
    });
  });

  it('is none for other processes, another order, and what is fine', () => {
    const fine = entry('127.0.0.1:11434 ollama', 'this machine only', 'pass');
    expect(
      innerChange(found([door(7_890), door(8_080)]), found([door(8_080, 1), fine, door(7_890, 2)])),
    ).toBeNull();
  });

  it('is none where nobody waits, and where the status itself changed', () => {
    const pass = { status: 'pass' as const };
    expect(innerChange(found([], pass), found([door(1)], pass))).toBeNull();
    expect(innerChange(found([door(1)], { status: 'review' }), found([door(2)]))).toBeNull();
  });

  it('counts only, where not every entry is listed', () => {
    const many = (omitted: number, port: number) => found([door(port)], { evidenceOmitted: omitted });
    expect(innerChange(many(5, 1), many(5, 2))).toBeNull();
    expect(innerChange(many(5, 1), many(6, 2))).toEqual({
      direction: 'more',
      words: '7 things were seen, before 6.',
    });
  });

  it('stays one short line, however much is new and however long it is', () => {
    const much = Array.from({ length: 150 }, (_, index) => entry(`/${index}${'x'.repeat(2_000)}`, 'open'));
    const words = innerChange(found([]), found(much))?.words ?? '';
    expect(words).toMatch(/; 148 things more\.$/);
    expect(words.length).toBeLessThan(600);
  });
});
