import { expect, it } from 'vitest';
import type { CollectContext } from '../../collector.ts';
import { parseAccounts } from './parse.ts';
import { PROGRAMS_LIMIT } from './programs-script.ts';

const context: CollectContext = {
  privilege: 'root',
  now: new Date(0),
  skewMs: null,
  salt: '',
  profile: { instances: [], corrected: [] },
  seen: {},
};
const record = (tag: string, ...fields: string[]) =>
  [`@${tag}:${fields.length}`, ...fields].map((field) => `${field}\0`).join('');
const FIRST =
  record('passwd', 'root:x:0:0:root:/root:/bin/sh\n') +
  record('newuidmap', '/usr/bin/newuidmap') +
  record('end');
const MAPPER = '4755 0 0 /usr/bin/newuidmap\u0001';
const END = record('capabilities-read') + record('programs-end') + record('home-programs-end', '0');

function read(aside: string) {
  const stdout = Buffer.from(FIRST + aside);
  const collected = parseAccounts(
    { stdout, stderr: '', exitCode: 0, timedOut: false, cut: false, tookMs: 1 },
    context,
  );
  if (!collected.seen) throw new Error(collected.reason);
  const gaps = collected.gaps.map((gap) => gap.what).filter((what) => what.startsWith('setuid'));
  return { works: collected.value.newuidmapWorks, gaps };
}

it('knows nothing of programs before the search for them has ended', () => {
  expect(read('')).toEqual({ works: null, gaps: ['setuid programs'] });
  expect(read(record('setuid', '/usr', 'end\u0001'))).toEqual({ works: null, gaps: ['setuid programs'] });
  expect(read(record('setuid', '/usr', 'end\u0001') + END)).toEqual({ works: false, gaps: [] });
});

it('keeps what was found by a search that was ended', () => {
  expect(read(record('setuid', '/usr', `${MAPPER}end\u0001`))).toEqual({
    works: true,
    gaps: ['setuid programs'],
  });
  expect(read(record('setuid', '/usr', `${MAPPER}late\u0001`) + END)).toEqual({
    works: true,
    gaps: ['setuid programs below /usr'],
  });
});

it('takes a search that failed without a word for none', () => {
  expect(read(record('setuid', '/usr', '') + END).gaps).toEqual(['setuid programs below /usr']);
});

it('sees that a list was cut although its text is shorter than its bytes', () => {
  const name = '4755 0 0 /ü\u0001';
  const list = name.repeat(PROGRAMS_LIMIT / Buffer.byteLength(name) + 1);
  const cut = Buffer.from(list).subarray(0, PROGRAMS_LIMIT).toString('latin1');
  const stdout = Buffer.concat([
    Buffer.from(FIRST),
    Buffer.from(`@setuid:2\0/srv\0${cut}\0`, 'latin1'),
    Buffer.from(END),
  ]);
  const collected = parseAccounts(
    { stdout, stderr: '', exitCode: 0, timedOut: false, cut: false, tookMs: 1 },
    context,
  );
  expect(collected.seen && collected.gaps.map((gap) => gap.what)).toContain('setuid programs below /srv');
});
