import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { whyNoSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { installHelper } from '../../electron/helper/testing/install-helper.ts';

describe('the ways to the helper', () => {
  it('finds and uses each of them with real sudo and real SSH', { timeout: 300_000 }, async (ctx) => {
    const why = whyNoTestNode() ?? whyNoSshd();
    if (why !== null) return ctx.skip(why);
    const helper = await installHelper();
    try {
      const script = join(import.meta.dirname, 'inside/ways.ts');
      const printed = helper.node.run(process.execPath, '--no-warnings', script);
      const said = JSON.parse(printed.trim().split('\n').at(-1) ?? '');
      expect(said.local).toMatchObject({
        access: { via: 'root', installed: true, outdated: false },
        reply: { answer: 'done' },
      });
      const twice = { first: { answer: 'done' }, second: { answer: 'done' } };
      expect(said.root).toMatchObject({ access: { via: 'root' }, ...twice });
      expect(said.free).toMatchObject({ access: { via: 'sudo' }, ...twice, commands: 2 });
      expect(said.withpw).toMatchObject({ access: { via: 'sudo-password' }, ...twice });
      expect(said.relaxed).toEqual({ via: 'sudo-password', first: { answer: 'done' }, later: 'sudo' });
      expect(said.wrong.first).toMatchObject({ failure: 'password-wrong' });
      expect(said.none.first).toMatchObject({ failure: 'password-needed' });
      expect(said.cannotAsk).toMatchObject({ access: { via: 'none' }, first: { failure: 'no-access' } });
      expect(said.outsider.first).toMatchObject({ failure: 'no-access' });
      expect(said.outdated).toMatchObject({ access: { outdated: true }, first: { failure: 'outdated' } });
      expect(said.cut).toMatchObject({ failure: 'cut' });
      expect(printed).not.toContain('horse');
    } finally {
      helper.close();
    }
  });
});
