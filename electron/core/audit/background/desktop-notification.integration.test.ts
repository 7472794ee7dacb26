import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { notifyOnDesktop } from './desktop-notification.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-notify-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('hands the sentence over as one argument that is no option and no markup, with little of the environment', async () => {
  const program = join(folder, 'notify-send');
  writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/arguments"\nenv > "${folder}/environment"\n`,
  );
  chmodSync(program, 0o755);
  const environment = {
    DISPLAY: ':0',
    SECRET: 'hunter2',
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/0/bus',
  };
  await notifyOnDesktop('--urgency=critical $(id) `id` <b>naru</b>\n;', environment, program);
  const words = readFileSync(join(folder, 'arguments'), 'utf8').split('\n');
  expect(words.slice(2)).toEqual([
    '--',
    'Swarmkeep',
    '--urgency=critical $(id) `id` &lt;b&gt;naru&lt;/b&gt;\\n;',
    '',
  ]);
  const given = readFileSync(join(folder, 'environment'), 'utf8');
  expect(given).toContain('DISPLAY=:0');
  expect(given).not.toContain('hunter2');
  // Nothing to show it with is no mistake.
  await expect(notifyOnDesktop('naru', environment, join(folder, 'nothing'))).resolves.toBeUndefined();
});
