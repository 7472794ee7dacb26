import { describe, expect, it } from 'vitest';
import { execWord, unitWord } from '#core/checks/steps.ts';
import { dropInText } from './drop-in.ts';

const HOSTILE = '/srv/w"\nExecStartPre=+/usr/bin/chmod 4755 /home/agent/r\n#';

describe('the text of a drop-in', () => {
  it('keeps a path with a line feed on one line (systemd.syntax(7))', () => {
    for (const word of [unitWord(HOSTILE), execWord(HOSTILE)]) {
      expect(word.split(/[\n\r\u2028\u2029]/)).toHaveLength(1);
      expect(word).toContain('\\"\\x0aExecStartPre=');
    }
  });

  it('is not written with a line that is more than one', () => {
    expect(() => dropInText([`ReadWritePaths=${HOSTILE}`])).toThrow(/control character/);
    expect(dropInText(['NoNewPrivileges=yes'])).toBe('[Service]\nNoNewPrivileges=yes\n');
  });
});
