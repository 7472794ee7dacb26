import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSocket, serveLocalSocket } from '#core/api/local-socket.ts';
import { type Api, createApi } from '#core/api/router.ts';
import { createConsole } from '#core/console/create-console.ts';
import type { ConsoleService } from '#core/console/service.ts';
import { CHECK_IDS } from '#shared/domain/check-id.ts';
import { run } from './program.ts';
import type { CheckReport } from './report.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

const nobody = { ask: async () => false };

/** Commands as they are typed, with real records and, where it says so, a real look at this computer. */
describe.skipIf(process.platform !== 'linux')(
  'the command line (looks at this computer, which only Linux allows)',
  () => {
    let folder: string;
    let recording: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'swarmkeep-cli-'));
      recording = join(folder, 'facts.json');
      const { code, error } = await command('none', 'facts', '--record', recording);
      expect({ code, error }).toEqual({ code: 0, error: `Recorded in ${recording}, without secrets.\n` });
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    async function command(data: string, ...args: string[]) {
      const { terminal, written } = capturedTerminal();
      const code = await run(['--data-dir', join(folder, data), ...args], '0.0.0-test', terminal);
      return { code, ...written };
    }

    function reportIn(out: string): CheckReport {
      return JSON.parse(out);
    }

    it('judges recorded facts the same, byte for byte, and exits by what it found', async () => {
      expect(statSync(recording).mode & 0o777).toBe(0o600);
      const first = await command('none', 'check', '--facts', recording, '--json');
      const second = await command('elsewhere', 'check', '--facts', recording, '--json');
      expect(second).toEqual(first);
      expect(first.error).toBe('');
      const report = reportIn(first.out);
      expect(report.findings.map((finding) => finding.check)).toEqual([...CHECK_IDS]);
      expect(Object.values(report.counts).reduce((sum, count) => sum + count, 0)).toBe(CHECK_IDS.length);
      const { collectedAt } = JSON.parse(readFileSync(recording, 'utf8'));
      for (const finding of report.findings) expect(finding.observedAt <= collectedAt).toBe(true);
      const expected = report.counts.fix > 0 ? 1 : report.counts.unknown > 0 ? 2 : 0;
      expect(first.code).toBe(expected);
    });

    it('shows some checks and keeps the level of all', async () => {
      const all = reportIn((await command('none', 'check', '--facts', recording, '--json')).out);
      const one = await command('none', 'check', '--facts', recording, '--only', 'lan-encryption', '--json');
      const report = reportIn(one.out);
      expect(report.findings).toEqual(all.findings.filter((finding) => finding.check === 'lan-encryption'));
      expect(report.level).toBe(all.level);
      expect(one.code).toBe(2);
    });

    it('looks at this computer without leaving any records behind', async () => {
      const looked = await command('untouched', 'check', '--only', 'time-sync', '--json');
      expect(reportIn(looked.out).node).toMatchObject({ id: null, reachedBy: 'local' });
      expect(() => statSync(join(folder, 'untouched'))).toThrow('ENOENT');
    });

    it('asks the rules of this computer, as an account by its name', async () => {
      const packet = ['--uid', 'root', '--to', '127.0.0.1', '--proto', 'tcp', '--port', '1', '--dev', 'lo'];
      const { code, out, error } = await command('none', 'firewall', 'explain', ...packet);
      // Only the administrator sees all rules.
      if (process.getuid?.() === 0) expect(out).toContain('tcp to 127.0.0.1:1 as uid 0 through lo');
      else expect({ code, error }).toEqual({ code: 2, error: expect.stringContaining('As root') });
    });

    it('says what is wrong with a recording, in words and as JSON', async () => {
      const text = readFileSync(recording, 'utf8');
      const damaged: Record<string, string> = {
        'empty.json': '',
        'text.json': 'not JSON at all \u001b[2J',
        'cut.json': text.slice(0, text.length / 2),
        'other.json': '{"format":99}',
        'lies.json': text.replace('"collectedAt"', '"collectedAtt"'),
        'deep.json': `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      };
      for (const [name, content] of Object.entries(damaged)) writeFileSync(join(folder, name), content);
      mkdirSync(join(folder, 'folder.json'));
      for (const name of [...Object.keys(damaged), 'folder.json', 'missing.json']) {
        const { code, out, error } = await command('none', 'check', '--facts', join(folder, name), '--json');
        expect({ name, code }).toEqual({ name, code: 2 });
        expect(JSON.parse(out)).toEqual({ error: { message: expect.any(String), next: expect.any(String) } });
        expect(error.length).toBeGreaterThan(10);
        expect(error).not.toContain('\u001b');
        expect(error).not.toMatch(/\n\s+at /);
      }
    });

    it.each([
      ['check', '--only', 'nope'],
      ['check', '--facts', 'x', '--node', 'y'],
      ['check', '--bogus'],
      ['bogus'],
      ['node', 'add'],
      ['node', 'add', '--ssh', '-oProxyCommand=id'],
      ['node', 'remove'],
      ['facts', '\u001b[2J'],
    ])('calls %s %s %s wrong usage', async (...args) => {
      const { code, out, error } = await command('none', ...args);
      expect(code).toBe(64);
      expect(out).toBe('');
      expect(error).not.toBe('');
      expect(error).not.toContain('\u001b');
    });

    it('helps', async () => {
      const { code, out } = await command('none', '--help');
      expect(code).toBe(0);
      for (const name of ['check', 'facts', 'node', 'serve', 'Exit codes']) expect(out).toContain(name);
    });

    it('keeps nodes in the records, and finds them again', async () => {
      expect(JSON.parse((await command('alone', 'node', 'list', '--json')).out)).toEqual([]);
      const added = await command('alone', 'node', 'add', '--local', '--name', 'miu', '--json');
      expect(JSON.parse(added.out)).toMatchObject({ id: 'miu' });
      expect(added.code).toBe(0);
      expect((await command('alone', 'node', 'list')).out).toMatch(
        /^miu {2}this computer {2}never looked at$/m,
      );
      expect((await command('alone', 'node', 'show', 'miu', '--json')).code).toBe(0);
      expect((await command('alone', 'node', 'show', 'zoe')).code).toBe(2);
      expect((await command('alone', 'check', '--node', 'zoe')).code).toBe(2);
      const again = await command('alone', 'node', 'add', '--local', '--json');
      expect(again.code).toBe(2);
      expect(JSON.parse(again.out).error.message).not.toBe('');
      expect((await command('alone', 'node', 'remove', 'miu')).code).toBe(0);
      expect(JSON.parse((await command('alone', 'node', 'list', '--json')).out)).toEqual([]);
    });

    describe('beside a running console', () => {
      let service: ConsoleService;
      let api: Api;
      let socket: LocalSocket;
      beforeAll(async () => {
        const dataFolder = join(folder, 'running');
        service = await createConsole({
          dataFolder,
          shell: 'web',
          version: '0.0.0-test',
          consent: nobody,
          schedule: false,
          thread: false,
        });
        const log = { error: () => undefined };
        api = createApi({ service, consent: nobody, log });
        const admin = { freshLink: async () => null, showWindow: async () => false };
        socket = await serveLocalSocket({ api, dataFolder, admin, log });
      });
      afterAll(async () => {
        api.close();
        await socket.close();
        await service.close();
      });

      it('goes through it, and what it looked at is kept there', async () => {
        const { id } = JSON.parse((await command('running', 'node', 'add', '--local', '--json')).out);
        await expect(service.nodes.list(undefined)).resolves.toMatchObject([{ id }]);
        const looked = await command('running', 'check', '--json');
        const report = reportIn(looked.out);
        expect(report.node).toMatchObject({ id, reachedBy: 'local' });
        expect(report.findings.map((finding) => finding.check).sort()).toEqual([...CHECK_IDS].sort());
        const kept = await service.findings.list({ node: id });
        expect(kept.map((finding) => finding.summary).sort()).toEqual(
          report.findings.map((finding) => finding.summary).sort(),
        );
        expect(api.streams.size).toBe(0);
      });

      it('says that the records are in use when it cannot be reached', async () => {
        await socket.close();
        const { code, error } = await command('running', 'node', 'list');
        expect(code).toBe(2);
        expect(error).toContain('Another Swarmkeep is using this data folder.');
      });
    });
  },
);
