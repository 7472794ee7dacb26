import { describe, expect, it } from 'vitest';
import { during } from './terminal.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

describe('what goes on', () => {
  it('is said while it takes place, on a terminal, and taken away again', async () => {
    const { terminal, written } = capturedTerminal({ errorTty: true });
    const shown = await during(terminal, 'Asking miu …', () => written.error);
    expect(shown).toContain('Asking miu …');
    expect(written.error.endsWith('\r\u001b[2K')).toBe(true);
    await expect(during(terminal, 'Asking', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(written.error.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('leaves logs and pipes clean', async () => {
    const { terminal, written } = capturedTerminal();
    await expect(during(terminal, 'Asking miu …', async () => 7)).resolves.toBe(7);
    expect(written).toEqual({ out: '', error: '' });
  });
});
