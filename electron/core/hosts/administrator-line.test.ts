import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ADMINISTRATOR_LINE, ADMINISTRATOR_WORDS, administratorInput } from './administrator-line.ts';

/** What sudo starts, as it starts it. */
const started = ADMINISTRATOR_WORDS.slice(ADMINISTRATOR_WORDS.indexOf('--') + 1);

function become(input: string) {
  const [program = '', ...words] = started;
  const { stdout, stderr, status } = spawnSync(program, words, { input });
  return { stdout: stdout.toString(), stderr: stderr.toString(), status };
}

describe('a shell as administrator', () => {
  it('reads its script behind the mark, and knows that it is by sudo', () => {
    const input = administratorInput('secret', 'echo "as $1"\necho rest\n') ?? '';
    expect(input.startsWith('secret\n')).toBe(true);
    // sudo took its line.
    expect(become(input.slice('secret\n'.length))).toEqual({
      stdout: 'as sudo\nrest\n',
      stderr: '',
      status: 0,
    });
  });

  it.each(['secret', 'a b; touch x', '$(echo horse)', '-n', '*', 'swarmkeep-administrator2'])(
    'runs nothing and repeats nothing where sudo did not ask for %j',
    (password) => {
      const input = administratorInput(password, 'echo never\n') ?? '';
      expect(become(input)).toEqual({ stdout: '', stderr: '', status: 97 });
    },
  );

  it.each([null, '', 'two\nlines', 'car\rriage', 'nul\0'])('is not begun with %j', (password) => {
    expect(administratorInput(password, 'echo never')).toBeNull();
  });

  it('is one constant line that login shells read alike', () => {
    expect(ADMINISTRATOR_LINE).not.toMatch(/[!\n]/);
    const words = spawnSync('/bin/sh', ['-c', `set -- ${ADMINISTRATOR_LINE}; printf '%s\\n' "$@"`]);
    expect(words.stdout.toString().split('\n').slice(0, -1)).toEqual([...ADMINISTRATOR_WORDS]);
  });
});
