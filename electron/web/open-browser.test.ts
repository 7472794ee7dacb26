import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBrowser } from '#core/hosts/find-browser.ts';
import { browserArguments, openBrowser, writeRedirect } from './open-browser.ts';

const link = 'http://127.0.0.1:17890/#code=top-secret-code';

describe('opening a browser', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-open-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps the code out of the arguments, in a file for this user alone', () => {
    writeFileSync(join(folder, 'open.html'), 'old', { mode: 0o644 });
    const file = writeRedirect(folder, link);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain(`url=${link}"`);
    const given = browserArguments(folder, file);
    expect(given.join(' ')).not.toContain('secret');
    expect(given[0]).toBe(`--app=file://${file}`);
    expect(statSync(join(folder, 'browser')).mode & 0o777).toBe(0o700);
  });

  it('opens none without a display, as root, or when there is none, and says why', () => {
    const options = { dataFolder: folder, link, asRoot: false, browser: null };
    expect(openBrowser({ ...options, environment: {} })).toMatchObject({
      opened: false,
      why: expect.stringContaining('no display'),
    });
    const environment = { DISPLAY: ':0' };
    expect(openBrowser({ ...options, environment, asRoot: true })).toMatchObject({
      why: expect.stringContaining('as root'),
    });
    expect(openBrowser({ ...options, environment })).toMatchObject({
      why: expect.stringContaining('No Chromium'),
    });
  });

  it('finds a browser in absolute folders of PATH only', () => {
    const there = new Set(['/opt/bin/google-chrome', 'bin/chromium', '/usr/bin/chromium']);
    const runs = (path: string) => there.has(path);
    expect(findBrowser({ PATH: 'bin:/opt/bin' }, 'linux', runs)).toBe('/opt/bin/google-chrome');
    expect(findBrowser({ PATH: '/opt/bin:/usr/bin' }, 'linux', runs)).toBe('/usr/bin/chromium');
    expect(findBrowser({ PATH: '' }, 'linux', runs)).toBeNull();
  });
});
