import { describe, expect, it } from 'vitest';
import { shownMessage, shownName } from './bounds.ts';

describe('shownName', () => {
  it('writes out what cannot be seen or turns text around', () => {
    expect(shownName.parse('miu\u202egnp\n\u001b[31m')).toBe('miu\\u{202e}gnp\\n\\x1b[31m');
  });
  it('gives back what it gave, so that a name may pass it twice', () => {
    const once = shownName.parse('\u202e'.repeat(256));
    expect(once.length).toBe(256);
    expect(shownName.parse(once)).toBe(once);
  });
});

describe('shownMessage', () => {
  it('keeps its lines and nothing else unseen', () => {
    expect(shownMessage(64).parse('one\n\ttwo\u2066\u0007')).toBe('one\n\ttwo\\u{2066}\\x07');
  });
  it('refuses what is longer than its bound', () => {
    expect(shownMessage(4).safeParse('12345').success).toBe(false);
  });
});
