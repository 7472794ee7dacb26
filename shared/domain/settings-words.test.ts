import { expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from './settings.ts';
import { SETTINGS_WITH_WORDS, settingInWords } from './settings-words.ts';

const names = (value: object, before = ''): string[] =>
  Object.entries(value).flatMap(([name, entry]) =>
    typeof entry === 'object' && entry !== null ? names(entry, `${before}${name}.`) : [`${before}${name}`],
  );

it('has words for every setting that is written down when it changes', () => {
  const written = names(DEFAULT_SETTINGS).filter((name) => name !== 'theme');
  expect([...SETTINGS_WITH_WORDS].sort()).toEqual(written.sort());
});

it.each([
  ['updateMaxAgeDays', '14', '1', 'the age at which a security update is late from “14 days” to “1 day”'],
  [
    'audit.keepMegabytes',
    '4096',
    '100',
    'how much of logs is kept from “4,096 megabytes” to “100 megabytes”',
  ],
  ['lookEveryMinutes', '60', '0', 'how often nodes are looked at from “every hour” to “only when asked”'],
  [
    'lookEveryMinutes',
    '180',
    '1440',
    'how often nodes are looked at from “every three hours” to “once a day”',
  ],
  ['__proto__', 'a', 'b', '__proto__ from a to b'],
])('%s', (setting, from, to, words) => {
  expect(settingInWords({ setting, from, to })).toBe(words);
});
