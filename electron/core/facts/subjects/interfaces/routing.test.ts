import { describe, expect, it } from 'vitest';
import { readForwarding, readRules } from './routing.ts';

const OF_EVERY_KERNEL = Buffer.from(
  '[{"priority":0,"src":"all","table":"local"},{"priority":32766,"src":"all","table":"main"},{"priority":32767,"src":"all","table":"default"}]',
);
const WITH_A_MARK = Buffer.from(
  '[{"priority":0,"src":"all","table":"local"},{"priority":5270,"src":"all","table":"52"},{"priority":32766,"src":"all","table":"main"}]',
);
const NOT_FROM_HERE = Buffer.from('[{"priority":32766,"src":"all","table":"main","fwmark":"0x1"}]');

describe('routing rules', () => {
  it('knows those of every kernel', () => {
    expect(readRules(OF_EVERY_KERNEL, OF_EVERY_KERNEL)).toBe(false);
  });
  it('sees another table, in either family', () => {
    expect(readRules(OF_EVERY_KERNEL, WITH_A_MARK)).toBe(true);
    expect(readRules(WITH_A_MARK, OF_EVERY_KERNEL)).toBe(true);
  });
  it('sees a condition on a rule of every kernel', () => {
    expect(readRules(NOT_FROM_HERE)).toBe(true);
  });
  it('says that it does not know when a listing is not there, cut or something else', () => {
    expect(readRules(OF_EVERY_KERNEL, undefined)).toBeNull();
    expect(readRules(Buffer.from(''))).toBeNull();
    expect(readRules(OF_EVERY_KERNEL.subarray(0, 40))).toBeNull();
    expect(readRules(Buffer.from('{"priority":0}'))).toBeNull();
  });
});

describe('forwarding', () => {
  it('is on when any interface forwards', () => {
    expect(readForwarding('0000')).toBe(false);
    expect(readForwarding('0100')).toBe(true);
    expect(readForwarding('2')).toBe(true);
  });
  it('is not known when no setting was read', () => {
    expect(readForwarding('')).toBeNull();
    expect(readForwarding('no')).toBeNull();
  });
});
