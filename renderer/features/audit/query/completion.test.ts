import { describe, expect, it } from 'vitest';
import { completionAt, optionsFor } from './completion.ts';

const at = (marked: string) => completionAt(marked.replace('|', ''), marked.indexOf('|'));

describe('what is completed', () => {
  it('is the name of a field, or a value after its colon', () => {
    expect(at('no|')).toEqual({ field: null, begins: 'no', from: 0, to: 2 });
    expect(at('x (node:na| OR y)')).toEqual({ field: 'node', begins: 'na', from: 8, to: 10 });
    expect(at('-node:|')).toEqual({ field: 'node', begins: '', from: 6, to: 6 });
    expect(at('has:Dest|Ip')).toEqual({ field: null, begins: 'Dest', from: 4, to: 10 });
  });

  it('is nothing inside quotes and in ranges', () => {
    expect(at('node:"na|')).toBeNull();
    expect(at('uid:>=10|')).toBeNull();
    expect(at('uid:[1|')).toBeNull();
  });

  it('quotes a value that needs it, and offers times for at', () => {
    const value = at('node:n|');
    expect(value && optionsFor(value, ['naru', 'new one', 'boa'], []).map(({ text }) => text)).toEqual([
      'naru',
      '"new one"',
    ]);
    const time = at('at:-1|');
    expect(time && optionsFor(time, [], []).map(({ text }) => text)).toEqual(['-15m', '-1h', '-1d', '-1w']);
  });
});
