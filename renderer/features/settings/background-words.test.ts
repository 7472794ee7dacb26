import { expect, test } from 'vitest';
import type { BackgroundWatch } from '#shared/domain/audit/background.ts';
import { backgroundWords } from './background-words.ts';

const OFF: BackgroundWatch = {
  possible: true,
  trouble: '',
  enabled: false,
  running: false,
  outdated: false,
  staysAfterLogout: false,
  file: '/home/ines/.config/systemd/user/swarmkeep-watch.service',
  text: '',
  commands: { on: [], off: [] },
};

test('the switch says what is so, and never more', () => {
  const on = { ...OFF, enabled: true, running: true };
  expect(backgroundWords(OFF, null)).toMatchObject({ warns: false });
  expect(backgroundWords(OFF, true).hint).toBe('Asking systemd to start it…');
  expect(backgroundWords(on, null).hint).not.toContain('log out');
  expect(backgroundWords({ ...on, staysAfterLogout: true }, null).hint).toContain(
    'goes on after you log out',
  );
  expect(backgroundWords({ ...on, running: false }, null)).toEqual({
    hint: 'It starts with your next login; at present it does not run.',
    warns: true,
  });
  expect(backgroundWords({ ...on, trouble: 'It has ended\u202e' }, null)).toEqual({
    hint: 'It has ended\\u{202e}',
    warns: true,
  });
});
