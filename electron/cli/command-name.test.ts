import { describe, expect, it } from 'vitest';
import { judgeAccess } from '#core/hosts/helper-channel-access.ts';
import { commandName } from '#shared/domain/command-name.ts';
import { withAllowCommand } from './allow-hint.ts';
import { nodeNamed } from './choose-node.ts';
import { run } from './program.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

const CHECKOUT = { SWARMKEEP_COMMAND: 'npm run -s swarmkeep --' };

describe('the command in usage and hints', () => {
  it('is the installed one unless the script of a checkout says otherwise, and moves no cursor', () => {
    expect(commandName({})).toBe('swarmkeep');
    expect(commandName(CHECKOUT)).toBe('npm run -s swarmkeep --');
    expect(commandName({ SWARMKEEP_COMMAND: '\u001b[2J' })).not.toContain('\u001b');
  });

  it.each([
    [{}, 'Usage: swarmkeep firewall prove'],
    [CHECKOUT, 'Usage: npm run -s swarmkeep -- firewall prove'],
  ])('stands in the usage with %j', async (environment, words) => {
    const { terminal, written } = capturedTerminal({ environment });
    expect(await run(['firewall', 'prove', '--help'], '0.0.0-test', terminal)).toBe(0);
    expect(written.out).toContain(words);
  });

  it('stands in place of the button that pages have for the same', () => {
    const { words } = judgeAccess(
      { uid: 1000, installed: false, sudo: true, pkexec: false, hello: {} },
      { nodeName: 'my node', session: false, canAskPassword: false, bundle: null },
    );
    expect(withAllowCommand(words, CHECKOUT, 'my node')).toContain(
      `npm run -s swarmkeep -- allow --node 'my node' puts it there.`,
    );
    expect(withAllowCommand(words, {}, 'a\u001b[2J')).toContain('swarmkeep allow puts it there.');
  });

  it('stands in hints', () => {
    expect(() => nodeNamed([], 'zoe', { environment: CHECKOUT })).toThrowError(
      expect.objectContaining({ next: 'No node was added yet: npm run -s swarmkeep -- node add --local' }),
    );
  });
});
