import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { replayFacts } from '#core/facts/record.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { wantsRootShell } from '#shared/domain/root-shell.ts';
import { runChecks } from './run.ts';
import { changed, inputFor } from './testing/facts-builder.ts';
import { agentAccount, unitWith } from './testing/situations.ts';

/** A Debian on which mycoSwarm was installed under the account of its owner, who is also its administrator. */
function recorded(): Facts {
  const text = readFileSync(new URL('../../../e2e/fixtures/facts/stock.json', import.meta.url), 'utf8');
  const replay = replayFacts(text);
  if (!replay.ok) throw new Error(replay.error.message);
  return replay.facts;
}
const CHECKS: readonly CheckId[] = [
  'dedicated-user',
  'workspace-bounded',
  'source-read-only',
  'sandbox-mode',
];
const stepsOf = (facts: Facts, only = CHECKS) =>
  runChecks(inputFor(facts), { only }).flatMap((found) => found.fix);
const commandsOf = (facts: Facts, only = CHECKS) =>
  stepsOf(facts, only).flatMap((step) => step.command ?? []);
const places = (commands: readonly string[], parts: readonly string[]) =>
  parts.map((part) => commands.findIndex((command) => command.includes(part)));
const isInOrder = (at: readonly number[]) =>
  !at.includes(-1) && at.every((place, n) => place > (at[n - 1] ?? -1));

describe('an installation under the account of a person', () => {
  it('takes nothing from the person: no group, password, rule, and no mode or owner in the home', () => {
    const commands = commandsOf(recorded());
    expect(commands.length).toBeGreaterThan(5);
    for (const command of commands) {
      expect(command).not.toMatch(/\b(gpasswd|passwd|visudo|usermod|deluser)\b/);
      expect(command).not.toMatch(/^(sudo )?(chmod|chown|setfacl|rm) .*\/home\/minotaur/);
      expect(command).not.toMatch(/^(sudo )?(chmod|chown) .*\/root/);
    }
  });

  it('gets an account, its folders and a program that it can read, and starts only then', () => {
    const order = [
      'useradd --create-home --user-group --shell /bin/bash --key UMASK=0077 mycoswarm',
      '/home/mycoswarm/workspace',
      '/home/minotaur/.config/mycoswarm',
      '-m venv',
      '/home/minotaur/mycoSwarm/venv',
      '--help',
      '65-swarmkeep-account.conf',
      'systemctl restart',
      '/health',
    ];
    expect(isInOrder(places(commandsOf(recorded(), ['dedicated-user']), order))).toBe(true);
  });

  it('says the exact way back of what it shows, and makes it no command to copy', () => {
    const texts = stepsOf(recorded(), ['dedicated-user']).filter((step) => /^The way back/.test(step.text));
    expect(texts.map((step) => step.command)).toEqual([null, null]);
    expect(texts[0]?.undo).toMatch(
      /rm -- "\$1"; fi' sh (\/etc\/systemd\/system\/mycoswarm\.service\.d\/65-swarmkeep-account\.conf) \1\.swarmkeep-before && systemctl daemon-reload && systemctl restart -- mycoswarm\.service/,
    );
    expect(texts[1]?.undo).toContain('userdel --remove -- mycoswarm && rm -r -- /opt/mycoswarm');
  });

  it('takes another name than one that is a person’s too', () => {
    const named = changed(recorded(), 'accounts', (value) => {
      const [person] = value.accounts.filter((entry) => entry.name === 'minotaur');
      if (person !== undefined) value.accounts.push({ ...person, name: 'mycoswarm', uid: 1_077 });
    });
    expect(commandsOf(named, ['dedicated-user'])[0]).toMatch(/useradd .* mycoswarm-agent$/);
  });

  it('says where the commands belong, and that permissions come second', () => {
    const [account, workspace] = runChecks(inputFor(recorded()), {
      only: ['dedicated-user', 'workspace-bounded'],
    });
    expect(wantsRootShell(account?.fix ?? [])).toBe(true);
    expect(workspace?.fix.map((step) => step.text).join()).toMatch(
      /First take the steps of "Its own account"/,
    );
  });
});

describe('an installation under an account of its own', () => {
  it('makes the workspace before the restart that needs it', () => {
    const facts = unitWith({ ProtectSystem: 'strict', ReadWritePaths: '/srv' });
    for (const instance of facts.profile.instances) instance.workspace = null;
    const own = changed(facts, 'files', (value) => {
      for (const file of value.files) if (file.path.startsWith('/home/mycoswarm')) file.uid = 1_001;
    });
    const commands = commandsOf(own, ['workspace-bounded']);
    expect(
      isInOrder(places(commands, ['install -d', '60-swarmkeep-workspace.conf', 'daemon-reload', 'restart'])),
    ).toBe(true);
    expect(commands.filter((command) => command.includes('systemctl restart'))).toHaveLength(1);
    expect(commands.findLastIndex((command) => /chown|install -d/.test(command))).toBeLessThan(
      commands.findIndex((command) => command.includes('systemctl restart')),
    );
  });

  it('loses a group of the powerful, with the way back', () => {
    const [step] = stepsOf(agentAccount({ groups: ['mycoswarm', 'docker'] }), ['dedicated-user']);
    expect(step?.command).toMatch(/gpasswd -d mycoswarm -- docker/);
    expect(step?.undo).toBe('sudo gpasswd -a mycoswarm -- docker');
  });
});
