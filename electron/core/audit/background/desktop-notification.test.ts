import { expect, test } from 'vitest';
import { plainBody } from './desktop-notification.ts';

test('what a log says is never markup, and nothing in it is unseen', () => {
  expect(plainBody('naru: <a href="x">&\u202e\u001b[31m')).toBe(
    'naru: &lt;a href="x"&gt;&amp;\\u{202e}\\x1b[31m',
  );
});
