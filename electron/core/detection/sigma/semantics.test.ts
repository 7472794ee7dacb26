import { describe, expect, it } from 'vitest';
import type { FieldValue } from '#shared/domain/audit/event.ts';
import { finds, oneRule } from './testing/one-rule.ts';

type Fields = Record<string, FieldValue | FieldValue[]>;
/** One item of a map, an event, and whether it is found. */
type Row = [item: string, fields: Fields, found: boolean];

const selection = (item: string) => `s:\n  ${item.replaceAll('\n', '\n  ')}\ncondition: s`;

function check(name: string, rows: readonly Row[]): void {
  it.each(
    rows.map(([item, fields, found]) => ({ item, fields: JSON.stringify(fields), held: fields, found })),
  )(`${name}: $item on $fields is $found`, ({ item, held, found }) => {
    expect(finds(selection(item), held)).toBe(found);
  });
}

describe('values (Sigma rules specification)', () => {
  check('texts are compared whole and in any case', [
    ["a: 'Foo'", { a: 'fOO' }, true],
    ["a: 'Foo'", { a: 'food' }, false],
    ["a: ''", { a: '' }, true],
    ["a: ''", {}, false],
    ["a: ''", { a: null }, false],
    ["a: 'ΑΣ'", { a: 'ας' }, true],
    ["a|contains: 'Σ'", { a: 'xςy' }, true],
  ]);
  check('wildcards and escapes', [
    ["a: 'f*o'", { a: 'FO' }, true],
    ["a: 'f?o'", { a: 'fo' }, false],
    ["a: 'f?o'", { a: 'f\no' }, true],
    ["a: 'f\\*o'", { a: 'f*o' }, true],
    ["a: 'f\\*o'", { a: 'fxo' }, false],
    ["a: 'f\\?'", { a: 'f?' }, true],
    ["a: 'c:\\dir'", { a: 'C:\\DIR' }, true],
    ["a: 'c:\\\\dir'", { a: 'C:\\dir' }, true],
    ["a: 'dir\\\\*'", { a: 'dir\\x' }, true],
    ["a: 'dir\\\\*'", { a: 'dir*' }, false],
    ["a: 'dir\\\\\\*'", { a: 'dir\\*' }, true],
    ["a: 'dir\\\\\\*'", { a: 'dir\\x' }, false],
    ["a: 'x\\\\\\\\y'", { a: 'x\\\\y' }, true],
    ["a: 'x\\\\\\y'", { a: 'x\\\\y' }, true],
    ["a: 'end\\'", { a: 'end\\' }, true],
    ["a: '*a?b*c'", { a: 'xxaxbyyc' }, true],
    ["a: '*a?b*c'", { a: 'xxabc' }, false],
    ["a: 'ab*ba'", { a: 'aba' }, false],
  ]);
  check('numbers and booleans are compared as they are written', [
    ['a: 4688', { a: 4688 }, true],
    ['a: 4688', { a: '4688' }, true],
    ["a: '4688'", { a: 4688 }, true],
    ['a: 4688', { a: '04688' }, false],
    ['a: 0x10', { a: 16 }, true],
    ['a: 12345678901234567890', { a: '12345678901234567890' }, true],
    ['a: 12345678901234567890', { a: '12345678901234567168' }, false],
    ['a: 1234e5678', { a: '1234e5678' }, true],
    ['a: true', { a: 'TRUE' }, true],
    ["a: 'false'", { a: false }, true],
    ["a|contains: '68'", { a: 4688 }, true],
  ]);
  check('null, and fields that are not there', [
    ['a: null', {}, true],
    ['a: null', { a: null }, true],
    ['a: null', { a: '' }, false],
    ['a: []', {}, true],
    ['a|exists: true', { a: null }, true],
    ['a|exists: true', {}, false],
    ['a|exists: false', {}, true],
    ["a: ['x', null]", {}, true],
  ]);
  check('a field with several values has each of them', [
    ["a: 'x'", { a: ['y', 'x'] }, true],
    ["a|contains|all: ['x', 'y']", { a: ['xx', 'yy'] }, true],
    ["a|contains|all: ['x', 'z']", { a: ['xx', 'yy'] }, false],
    ['a: null', { a: [] }, true],
  ]);
  check('maps are all of their keys; names have no spaces', [
    ["a: 'x'\nb: 'y'", { a: 'x', b: 'y' }, true],
    ["a: 'x'\nb: 'y'", { a: 'x' }, false],
    ["New Value: 'x'", { NewValue: 'x' }, true],
    ["a.b: 'x'", { 'a.b': 'x' }, true],
    ["constructor|contains: 'native'", {}, false],
    ['toString|exists: true', {}, false],
  ]);
});

describe('modifiers (Sigma modifiers appendix 2.1)', () => {
  check('where in the value', [
    ["a|contains: 'o'", { a: 'FOO' }, true],
    ["a|startswith: 'fo'", { a: 'FOO' }, true],
    ["a|startswith: 'oo'", { a: 'FOO' }, false],
    ["a|endswith: 'oo'", { a: 'FOO' }, true],
    ["a|endswith: 'fo'", { a: 'FOO' }, false],
    ["a|contains: ''", { a: 'x' }, true],
    ["a|contains: 'a*b'", { a: 'xaxxbx' }, true],
    ["a|all|contains: ['o', 'f']", { a: 'FOO' }, true],
  ]);
  check('cased', [
    ["a|cased: 'Foo'", { a: 'Foo' }, true],
    ["a|cased: 'Foo'", { a: 'foo' }, false],
    ["a|contains|cased: 'oO'", { a: 'foO' }, true],
    ["a|cased|contains: 'oO'", { a: 'foo' }, false],
  ]);
  check('neq', [
    ["a|neq: 'x'", { a: 'y' }, true],
    ["a|neq: 'x'", { a: 'X' }, false],
    ["a|neq: ['x', 'y']", { a: 'z' }, true],
    ['a|neq: 4', { a: 4 }, false],
    ["a|fieldref|neq: 'b'", { a: '1', b: '2' }, true],
  ]);
  check('regular expressions', [
    ["a|re: 'o+$'", { a: 'foo' }, true],
    ["a|re: 'O+$'", { a: 'foo' }, false],
    ["a|re|i: 'O+$'", { a: 'foo' }, true],
    ["a|re: '^o'", { a: 'x\no' }, false],
    ["a|re|m: '^o'", { a: 'x\no' }, true],
    ["a|re: 'x.o'", { a: 'x\no' }, false],
    ["a|re|s: 'x.o'", { a: 'x\no' }, true],
    ["a|re|i|m|s: '^X.O$'", { a: 'y\nx\no' }, true],
    ["a|re|startswith: 'o'", { a: 'xo' }, false],
    ["a|re|endswith: 'x|o'", { a: 'xo' }, true],
    ["a|re: '^\\d{3}$'", { a: 443 }, true],
    ["a|re|all: ['a', 'b']", { a: 'xbxa' }, true],
  ]);
  check('encodings', [
    ["a|base64: 'foo'", { a: 'Zm9v' }, true],
    ["a|base64offset|contains: 'http://'", { a: Buffer.from('xx http://x').toString('base64') }, true],
    ["a|base64offset|contains: 'http://'", { a: Buffer.from('x http://x').toString('base64') }, true],
    ["a|base64offset|contains: 'http://'", { a: Buffer.from(' http://x').toString('base64') }, true],
    ["a|base64offset|contains: 'http://'", { a: Buffer.from(' https://x').toString('base64') }, false],
    [
      "a|wide|base64offset|contains: 'IEX'",
      { a: Buffer.from('x;IEX(y)', 'utf16le').toString('base64') },
      true,
    ],
    ["a|utf16le|base64: 'é'", { a: Buffer.from('é', 'utf16le').toString('base64') }, true],
    ["a|utf16be|base64: 'ab'", { a: Buffer.from([0, 97, 0, 98]).toString('base64') }, true],
    ["a|utf16|base64: 'cmd'", { a: Buffer.from('\ufeffcmd', 'utf16le').toString('base64') }, true],
    ["a|wide|contains: 'ab'", { a: 'xa\0b\0' }, true],
    ["a|windash|contains: ' -f '", { a: 'x /F y' }, true],
    ["a|contains|windash: ' -f '", { a: 'x \u2014f y' }, true],
    ["a|windash|contains|all: [' -a ', ' -b ']", { a: 'x /a -b ' }, true],
    ["a|windash: 'a-b'", { a: 'a/b' }, false],
  ]);
  check('numbers', [
    ['a|lt: 5', { a: 4 }, true],
    ['a|lt: 5', { a: 5 }, false],
    ['a|lte: 5', { a: '5' }, true],
    ['a|gt: 5', { a: '5.5' }, true],
    ['a|gt: 5', { a: 'many' }, false],
    ['a|gte: 16', { a: '0x10' }, true],
    ['a|gte: 5', {}, false],
  ]);
  check('networks', [
    ["a|cidr: '10.0.0.0/8'", { a: '10.255.0.1' }, true],
    ["a|cidr: '10.0.0.0/8'", { a: '11.0.0.1' }, false],
    ["a|cidr: '10.0.0.0/8'", { a: '::ffff:10.1.1.1' }, true],
    ["a|cidr: '0.0.0.0/0'", { a: '::1' }, false],
    ["a|cidr: 'fe80::/10'", { a: 'fe80::1%eth0' }, true],
    ["a|cidr: ['192.168.0.0/16', '::1/128']", { a: '::1' }, true],
    ["a|cidr: '127.0.0.1'", { a: '127.0.0.1' }, true],
    ["a|cidr: '10.0.0.0/8'", { a: 'no address' }, false],
  ]);
  check('references to other fields', [
    ["a|fieldref: 'b'", { a: 'X', b: 'x' }, true],
    ["a|cased|fieldref: 'b'", { a: 'X', b: 'x' }, false],
    ["a|fieldref: 'b'", { a: 'x' }, false],
    ["a|fieldref|startswith: 'b'", { a: 'xyz', b: 'xy' }, true],
    ["a|endswith|fieldref: 'b'", { a: 'xyz', b: 'yz' }, true],
    ["a|fieldref|contains: 'b'", { a: 'xyz', b: 'y' }, true],
    ["a|fieldref|contains: 'b'", { a: 'xyz', b: 'q' }, false],
  ]);
  check('parts of a date', [
    ['a|hour: 3', { a: '2026-11-22T03:14:00Z' }, true],
    ['a|hour: 3', { a: '2026-11-22 03:14:00' }, true],
    ['a|minute: 14', { a: '2026-11-22T03:14:00+02:00' }, true],
    ['a|day: 22', { a: '2026-11-22' }, true],
    ['a|week: 47', { a: '2026-11-22' }, true],
    ['a|week: 53', { a: '2027-01-01' }, true],
    ['a|month: 11', { a: '2026-11-22' }, true],
    ['a|year: 1970', { a: 0 }, true],
    ['a|hour|gte: 22', { a: '2026-11-22T23:00:00Z' }, true],
    ['a|lt|hour: 6', { a: '2026-11-22T23:00:00Z' }, false],
    ['a|hour: 0', { a: '2026-11-22' }, false],
  ]);
});

describe('keywords', () => {
  const keywords = "k: ['Foo', 'b*r']\ncondition: k";
  it.each([
    ['a text of the message', {}, 'xFOOx', true],
    ['a pattern in the message', {}, 'xb--rx', true],
    ['a value of a field', { a: 'some foo' }, '', true],
    ['a name of a field', { foo: 'x' }, '', false],
    ['nothing', { a: 'x' }, 'y', false],
  ] as const)('find %s', (_name, fields, raw, found) => {
    expect(finds(keywords, fields, raw)).toBe(found);
  });
  it('can all be asked for, and be regular expressions', () => {
    const all = "k:\n  '|all': ['foo', 'bar']\ncondition: k";
    expect(finds(all, { a: 'bar' }, 'foo')).toBe(true);
    expect(finds(all, { a: 'foo' })).toBe(false);
    expect(finds("k:\n  '|re': 'fo+\\d'\ncondition: k", {}, 'xfoo1')).toBe(true);
    expect(finds('k: [4711]\ncondition: k', { a: 4711 })).toBe(true);
  });
});

describe('conditions', () => {
  const four = 'sel_a: {a: 1}\nsel_b: {b: 1}\nother: {c: 1}\n_hidden: {d: 1}\n';
  it.each([
    ['sel_a and sel_b', { a: 1, b: 1 }, true],
    ['sel_a or sel_b and other', { a: 1 }, true],
    ['(sel_a or sel_b) and other', { a: 1 }, false],
    ['not sel_a and sel_b', { b: 1 }, true],
    ['not (sel_a and sel_b)', { b: 1 }, true],
    ['not not sel_a', { a: 1 }, true],
    ['1 of sel_*', { b: 1 }, true],
    ['all of sel_*', { b: 1 }, false],
    ['all of sel*', { a: 1, b: 1 }, true],
    ['any of them', { c: 1 }, true],
    ['1 of them', { d: 1 }, false],
    ['all of them', { a: 1, b: 1, c: 1 }, true],
    ['1 of _hid*', { d: 1 }, true],
    ['1 of *_a', { a: 1 }, true],
    ['sel_a AND NOT other', { a: 1 }, true],
  ] as const)('%s on %j is %s', (condition, fields, found) => {
    expect(finds(`${four}condition: ${condition}`, fields)).toBe(found);
  });
  it('may be several, one of which is enough', () => {
    expect(finds(`${four}condition: [sel_a, sel_b]`, { b: 1 })).toBe(true);
  });
  it('lists of maps are any of them', () => {
    expect(finds('s: [{a: 1, b: 1}, {c: 1}]\ncondition: s', { c: 1 })).toBe(true);
    expect(finds('s: [{a: 1, b: 1}, {c: 1}]\ncondition: s', { a: 1 })).toBe(false);
  });
});

describe('placeholders', () => {
  const detection = "s: {a|expand: 'x%admins%\\%plain%'}\ncondition: s";
  it('are filled in, by every combination and with wildcards', () => {
    const values = { admins: ['root', 'adm*'] };
    expect(finds(detection, { a: 'xroot%plain%' }, '', values)).toBe(true);
    expect(finds(detection, { a: 'xadm7%plain%' }, '', values)).toBe(true);
    expect(finds(detection, { a: 'xuser%plain%' }, '', values)).toBe(false);
    expect(finds("s: {a|re|expand: '^%ips%$'}\ncondition: s", { a: '10x0' }, '', { ips: ['10.0'] })).toBe(
      false,
    );
  });
  it('without values keep the rule from being used', () => {
    expect(() => oneRule(detection)).toThrow('needs admins');
  });
  it('are plain text without the modifier', () => {
    expect(finds("s: {a: '%admins%'}\ncondition: s", { a: '%ADMINS%' })).toBe(true);
  });
});
