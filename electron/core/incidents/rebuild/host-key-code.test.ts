import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE_SCRIPT, hostKeyCode, isCodeOf } from './host-key-code.ts';

describe('the code of a host key', () => {
  it('is the same at the screen of a node as in the console', () => {
    const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-code-'));
    try {
      const file = join(folder, 'key');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
      const printed = execFileSync('/bin/sh', ['-s', `${file}.pub`], {
        input: `${CODE_SCRIPT}\ncode_of "$1"\n`,
      });
      const key = readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '';
      expect(printed.toString().trim()).toBe(hostKeyCode(key));
      expect(hostKeyCode(key)).toMatch(/^([0-9a-f]{4}-){3}[0-9a-f]{4}$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const key = Buffer.alloc(51, 7).toString('base64');

  it('may be typed with capitals and spaces', () => {
    expect(isCodeOf(` ${hostKeyCode(key).toUpperCase().replaceAll('-', ' ')} `, key)).toBe(true);
  });

  it('is refused with any digit wrong, missing or too many', () => {
    const plain = hostKeyCode(key).replaceAll('-', '');
    for (const wrong of ['', plain.slice(1), `${plain}0`, plain.slice(0, 8)])
      expect(isCodeOf(wrong, key)).toBe(false);
    fc.assert(
      fc.property(fc.nat(15), fc.integer({ min: 1, max: 15 }), (place, by) => {
        const digit = ((Number.parseInt(plain[place] ?? '0', 16) + by) % 16).toString(16);
        expect(isCodeOf(plain.slice(0, place) + digit + plain.slice(place + 1), key)).toBe(false);
      }),
    );
  });
});
