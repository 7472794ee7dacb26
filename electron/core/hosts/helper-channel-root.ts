import { ADMINISTRATOR_TRIAL } from './administrator-line.ts';
import { allowCommand } from './command-hint.ts';
import { type HelperFailure, helperFailure } from './helper-channel.ts';
import { ROOT_SCRIPT } from './helper-channel-command.ts';
import { helperLine } from './helper-channel-line.ts';
import type { ChannelOptions } from './helper-channel-open.ts';
import { passwordLines } from './helper-channel-password.ts';

/** How anything can be done as root on a node, and what kind of machine it is. */
export interface RootAccess {
  via: 'none' | 'root' | 'sudo' | 'sudo-password';
  user: string;
  /** As uname(1) says it: `x86_64`. */
  machine: string;
  systemd: boolean;
  polkit: boolean;
  words: string;
  /** There is a sudo that asks for a password, and nobody who could be asked for it. */
  cannotAsk?: boolean;
}

/** Runs commands as root on a node where the helper is not there yet: for placing it, and nothing else. */
export interface RootChannel {
  access(): Promise<RootAccess>;
  /** @param words as they were shown, without sudo */
  run(
    words: readonly string[],
    input: { text: string } | { file: string } | null,
  ): Promise<{ ok: true } | { ok: false; failure: HelperFailure }>;
  /** Whether a shell can be had as administrator: tried with one that does nothing, once for each password. */
  prove(): Promise<{ ok: true } | { ok: false; failure: HelperFailure }>;
  close(): Promise<void>;
}

/** A runtime of 100 MB over a slow line takes its time. */
const PLACE_WITHIN_MS = 1_800_000;

/** What stands before a command that is to run as root. */
export const ROOT_PREFIX: Readonly<Record<Exclude<RootAccess['via'], 'none'>, readonly string[]>> = {
  root: [],
  sudo: ['sudo', '-n', '--'],
  'sudo-password': ['sudo', '-k', '-S', '-p', '', '--'],
};

/** @returns the channel, or null for a recording */
export function openRootChannel(options: ChannelOptions): RootChannel | null {
  const { address, nodeName, dataFolder, password } = options;
  if (address.kind === 'recorded') return null;
  const line = helperLine(address, dataFolder, nodeName, options.fresh === true);
  const passwordLine = passwordLines(line, nodeName, password);
  const shellLine = passwordLines(line, nodeName, password, ADMINISTRATOR_TRIAL);
  let known: Promise<RootAccess> | null = null;

  async function find(): Promise<RootAccess> {
    const end = await line.run({
      words: ['/bin/sh', '-s'],
      input: ROOT_SCRIPT,
      timeoutMs: 90_000,
      maxBytes: 65_536,
    });
    if (!end.ok)
      return { ...NOTHING, words: `${end.failure.message} ${end.failure.next}`.trim().slice(0, 512) };
    const seen = new Map(
      end.printed.split('\n').flatMap((one) => {
        const [, word = '', rest = ''] = /^swarmkeep ([a-z-]+)(?: ([A-Za-z0-9_.-]{1,64}))?$/.exec(one) ?? [];
        return word === '' ? [] : [[word, rest] as const];
      }),
    );
    const machine = {
      user: seen.get('user') ?? '',
      machine: seen.get('machine') ?? '',
      systemd: seen.has('systemd'),
      polkit: seen.has('polkit'),
    };
    if (seen.get('uid') === '0')
      return { ...machine, via: 'root', words: `Swarmkeep is administrator on ${nodeName} already.` };
    if (seen.has('sudo-free'))
      return { ...machine, via: 'sudo', words: `sudo on ${nodeName} asks for no password.` };
    if (seen.has('sudo-there') && password !== undefined) {
      const words = `sudo on ${nodeName} asks for your password. It is kept in memory until this is done, and never written down.`;
      return { ...machine, via: 'sudo-password', words };
    }
    const words = seen.has('sudo-there')
      ? `sudo on ${nodeName} asks for a password, and this window cannot ask for one safely. Order it in a terminal of this computer: ${allowCommand(nodeName)}`
      : `On ${nodeName} this account cannot become administrator. Run the commands there as root.`;
    return { ...machine, via: 'none', words, cannotAsk: seen.has('sudo-there') };
  }

  const access = (): Promise<RootAccess> => {
    known ??= find();
    return known;
  };
  return {
    access,
    async run(words, input) {
      const { via, words: why } = await access();
      if (via === 'none') return helperFailure('no-access', why, '');
      const first = via === 'sudo-password' ? await passwordLine() : { ok: true as const, text: '' };
      if (!first.ok) return first;
      const end = await line.run({
        words: [...ROOT_PREFIX[via], ...words],
        input: `${first.text}${input !== null && 'text' in input ? input.text : ''}`,
        inputFile: input !== null && 'file' in input ? input.file : undefined,
        timeoutMs: PLACE_WITHIN_MS,
        maxBytes: 65_536,
      });
      if (!end.ok) return end;
      if (end.exitCode === 0) return { ok: true };
      const said = end.said.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
      return helperFailure('no-access', `${nodeName} did not do it (status ${end.exitCode}): ${said}`, '');
    },
    async prove() {
      const { via, words } = await access();
      if (via === 'none') return helperFailure('no-access', words, '');
      const tried = via === 'sudo-password' ? await shellLine() : { ok: true as const };
      return tried.ok ? { ok: true } : tried;
    },
    close: () => line.close(),
  };
}

const NOTHING = { via: 'none', user: '', machine: '', systemd: false, polkit: false } as const;
