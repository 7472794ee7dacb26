import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeInstant, decodeNumber, decodeText } from './decode.ts';
import { readRecords } from './records.ts';

const frame = (tag: string, fields: readonly Buffer[]) =>
  Buffer.concat([
    Buffer.from(`@${tag}:${fields.length}\0`),
    ...fields.flatMap((field) => [field, Buffer.from([0])]),
  ]);

const field = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)));

describe('readRecords', () => {
  it('gives back exactly the fields that were framed, whatever bytes they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.array(field, { maxLength: 4 }), { maxLength: 6 }), (records) => {
        const stdout = Buffer.concat([...records.map((fields) => frame('x', fields)), frame('end', [])]);
        const read = readRecords({ stdout });
        expect(read.finished).toBe(true);
        expect(read.records.map((record) => record.fields)).toEqual(records);
      }),
    );
  });

  it('lets no field pose as a record', () => {
    const { records } = readRecords({
      stdout: frame('name', [Buffer.from('@end:0'), Buffer.from('@token:1')]),
    });
    expect(records).toHaveLength(1);
    expect(readRecords({ stdout: frame('name', [Buffer.from('@end:0')]) }).finished).toBe(false);
  });

  it('bears any bytes and any cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 512 }), (bytes) => {
        readRecords({ stdout: Buffer.from(bytes) });
      }),
    );
    const whole = Buffer.concat([frame('a', [Buffer.from('1'), Buffer.from('2')]), frame('end', [])]);
    for (let length = 0; length < whole.length; length += 1) {
      expect(readRecords({ stdout: whole.subarray(0, length) }).finished).toBe(false);
    }
  });
});

describe('decodeText', () => {
  it('keeps UTF-8 and writes every other byte as an escape', () => {
    expect(decodeText(Buffer.from('Grüße 🍄'))).toBe('Grüße 🍄');
    expect(decodeText(Buffer.from([0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82]))).toBe('a\\xff\\xc3(\\xe2\\x82');
    expect(decodeText(Buffer.from([0xed, 0xa0, 0x80]))).toBe('\\xed\\xa0\\x80');
  });

  it('is well formed and within its limit for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 80 }), (bytes, limit) => {
        const text = decodeText(Buffer.from(bytes), limit);
        expect(text.length).toBeLessThanOrEqual(limit);
        expect(text.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('numbers and instants', () => {
  it('refuses what is no plain number', () => {
    expect(decodeNumber(Buffer.from('0755'), 8)).toBe(0o755);
    for (const text of ['', '-1', '1e9', '0x10', ' 1', '99999999999999999999']) {
      expect(decodeNumber(Buffer.from(text))).toBeNull();
    }
  });

  it('reads seconds with a fraction and refuses years that cannot be', () => {
    expect(decodeInstant(Buffer.from('1763768512.6400000000'))).toBe('2025-11-21T23:41:52.640Z');
    expect(decodeInstant(Buffer.from('999999999999'))).toBeNull();
    expect(decodeInstant(Buffer.from('-5'))).toBeNull();
  });
});
