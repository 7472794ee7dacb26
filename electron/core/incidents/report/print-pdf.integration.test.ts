import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '#core/hosts/find-browser.ts';
import { asHtml } from './as-html.ts';
import { printPdf } from './print-pdf.ts';
import { reportOf } from './report-of.ts';
import { everyText } from './testing/report-input.ts';

const page = asHtml(reportOf(everyText('plain')));
const browser = findBrowser();
const NOBODY = 65_534;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-pdf-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program in the place of a browser. */
function fakeBrowser(script: string): string {
  const path = join(folder, `fake-browser-${Math.random().toString(36).slice(2)}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A browser that gives up root before it starts, for as root it has no sandbox. */
const unprivileged = (real: string) =>
  process.getuid?.() === 0
    ? fakeBrowser(
        `for word in "$@"; do case $word in --user-data-dir=*) folder=\${word#--user-data-dir=}; chown -R ${NOBODY} "\${folder%/*}";; esac; done\nexec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups '${real}' "$@"`,
      )
    : real;

describe.skipIf(browser === null)('a report as PDF, by a real browser', { timeout: 150_000 }, () => {
  it('is a document, made without asking anybody in a network', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      // Not one of our pages: without the policy, only the way in which the browser is started keeps it from asking.
      const open = `<!doctype html><p>x</p><img src="http://127.0.0.1:${port}/a.png"><img src="http://localhost:${port}/b.png">`;
      const real = unprivileged(browser ?? '');
      for (const source of [page, open]) {
        const printed = await printPdf(source, { browser: real, asRoot: false });
        expect(printed.ok, printed.ok ? '' : printed.why).toBe(true);
        if (printed.ok) expect(Buffer.from(printed.pdf.subarray(0, 5)).toString()).toBe('%PDF-');
      }
      expect(asked).toEqual([]);
    } finally {
      server.close();
    }
  });
});

describe('a report as PDF', () => {
  it.each([
    ['there is no browser', null, false, /No Chromium or Chrome is installed/],
    ['root has no sandbox', '/bin/true', true, /no sandbox as root/],
    ['it makes nothing', '/bin/true', false, /made no PDF \(exit code 0\)/],
    ['it fails', '/bin/false', false, /made no PDF \(exit code 1\)/],
    ['it is not there', '/no/such/browser', false, /could not be started \(ENOENT\)/],
  ] as const)('is not had when %s, which says what to do instead', async (_, program, asRoot, words) => {
    const printed = await printPdf(page, { browser: program, asRoot });
    expect(printed).toEqual({ ok: false, why: expect.stringMatching(words) });
    expect(printed.ok ? '' : printed.why).toMatch(/Save it as HTML/);
  });

  it('is not had when something else was written', async () => {
    const liar = fakeBrowser(
      `for word in "$@"; do case $word in --print-to-pdf=*) echo hello > "\${word#*=}";; esac; done`,
    );
    expect(await printPdf(page, { browser: liar, asRoot: false })).toMatchObject({ ok: false });
  });

  it('can be called off, and leaves nothing behind', async () => {
    const places = () =>
      spawnSync('ls', [tmpdir()])
        .stdout.toString()
        .match(/swarmkeep-report-\S*/g) ?? ([] as string[]);
    const before = places();
    const stop = new AbortController();
    const under = printPdf(page, {
      browser: fakeBrowser('exec sleep 60'),
      asRoot: false,
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(), 200);
    expect(await under).toEqual({ ok: false, why: 'It was called off.' });
    expect(places().filter((name) => !before.includes(name))).toEqual([]);
  });
});
