import { lookCommand } from '#core/hosts/command-hint.ts';
import {
  type HelperChannel,
  type HelperFailure,
  helperFailure,
  type RunPassword,
} from '#core/hosts/helper-channel.ts';
import type { ChannelOptions } from '#core/hosts/helper-channel-open.ts';
import type { RootChannel } from '#core/hosts/helper-channel-root.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { HelperAccess } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { AskedInVain } from './asked-in-vain.ts';
import type { Clock } from './clock.ts';
import { RunPasswords } from './run-passwords.ts';
import type { ConsentGate } from './service.ts';

/** How the helper is reached changes seldom. */
const ACCESS_KEPT_MS = 60_000;

/** Who mistyped is asked once more; many systems lock an account after three wrong ones (pam_faillock(8)). */
const TRIES_FOR_A_LOOK = 2;

/** Opens channels to helpers, and holds the passwords of the runs that need one. */
export interface FixChannels {
  /**
   * @param run names the run whose password may be used: the id of a plan and of its change
   * @param ask whether a person may be asked now, and for what
   */
  open(node: SwarmNode, run: string, how: { fresh: boolean; ask: string | null }): Promise<HelperChannel>;
  /** The same for commands as root, while the helper is not there. Null for a recording. */
  openRoot(node: SwarmNode, run: string, ask: string | null): Promise<RootChannel | null>;
  /**
   * Makes sure that a look as administrator can be had: where sudo needs a password a person is asked for one that serves this run only,
   * sudo tries it, and after a wrong one the person is asked once more.
   * @param ask why, in a sentence
   * @returns the password for the trips of the look, which answers null where none is needed; why it cannot be had
   */
  administrator(
    node: SwarmNode,
    run: string,
    ask: string,
  ): Promise<{ ok: true; password: RunPassword } | { ok: false; failure: HelperFailure }>;
  /** The password that was typed for a run; undefined where none was. It answers null once it was forgotten. */
  passwordOf(run: string): RunPassword | undefined;
  /**
   * How the helper is reached, remembered for a minute: every try of sudo is a line in the node's own log.
   */
  access(node: SwarmNode): Promise<HelperAccess>;
  /** The helper was put there or taken away. */
  forgetAccess(node: string): void;
  /** A change was begun from the plan of this run: its password is kept until the change is at rest. */
  began(run: string): void;
  /** The run is at rest: its password is forgotten. */
  forget(run: string): void;
  close(): void;
}

/**
 * @param openChannel makes the channel; tests give their own
 * @param bundle SHA-256 of the helper that this console carries
 * @param risk what a person has to know before a password is typed for a node; null for nothing
 */
export function createFixChannels(parts: {
  dataFolder: string;
  clock: Clock;
  consent: ConsentGate;
  bundle: string | null;
  openChannel: (options: ChannelOptions) => HelperChannel;
  openRoot: (options: ChannelOptions) => RootChannel | null;
  risk?: (node: SwarmNode) => Promise<string | null>;
}): FixChannels {
  const { consent } = parts;
  const passwords = new RunPasswords(parts.clock, consent, parts.risk ?? (async () => null));
  const inVain = new AskedInVain(parts.clock);

  const optionsFor = (node: SwarmNode, run: string, fresh: boolean): ChannelOptions => ({
    address: node.address,
    nodeName: node.name,
    dataFolder: parts.dataFolder,
    fresh,
    bundle: parts.bundle,
    ...(consent.askPassword === undefined && !passwords.has(run)
      ? {}
      : { password: () => passwords.of(run) }),
  });

  const remembered = new Map<string, { until: number; asks: boolean; access: Promise<HelperAccess> }>();

  /** A password that was not taken is forgotten at once, and said where it was typed: accounts are locked after a few. */
  function wrong(node: SwarmNode, run: string): void {
    passwords.forget(run);
    consent.tell?.(`sudo on ${visible(node.name)} did not take the password. Nothing was done with it.`);
  }

  async function findAccess(node: SwarmNode): Promise<HelperAccess> {
    const channel = parts.openChannel(optionsFor(node, '', false));
    try {
      return await channel.access();
    } finally {
      await channel.close();
    }
  }

  return {
    access(node) {
      const now = parts.clock.now().getTime();
      // Which way there is depends on whether anybody could be asked for a password.
      const asks = consent.askPassword !== undefined;
      const known = remembered.get(node.id);
      if (known?.asks === asks && known.until > now && known.until <= now + ACCESS_KEPT_MS)
        return known.access;
      const entry = { until: now + ACCESS_KEPT_MS, asks, access: findAccess(node) };
      remembered.set(node.id, entry);
      // One that did not answer may answer the next time.
      void entry.access.then(({ away }) => {
        if (away === true && remembered.get(node.id) === entry) remembered.delete(node.id);
      });
      return entry.access;
    },
    forgetAccess: (node) => {
      remembered.delete(node);
    },
    async openRoot(node, run, ask) {
      const channel = parts.openRoot(optionsFor(node, run, false));
      if (channel === null) return null;
      const { via } = await channel.access();
      if (via !== 'sudo-password' || ask === null) return channel;
      if (inVain.why(node) === null) await passwords.askFor(node, run, ask);
      return {
        ...channel,
        async run(words, input) {
          const why = inVain.why(node);
          if (why !== null) return { ok: false, failure: why };
          const end = await channel.run(words, input);
          if (end.ok) inVain.heard(node.id, null);
          else if (end.failure.kind === 'password-wrong') {
            inVain.heard(node.id, end.failure);
            wrong(node, run);
          }
          return end;
        },
      };
    },
    async open(node, run, { fresh, ask }) {
      const channel = parts.openChannel(optionsFor(node, run, fresh));
      if (ask !== null) inVain.ordered(node.id);
      const { via } = await channel.access();
      const asksPerson = via === 'sudo-password' || via === 'pkexec';
      if (via === 'sudo-password' && ask !== null && inVain.why(node) === null)
        await passwords.askFor(node, run, ask);
      return {
        ...channel,
        async ask(request, options) {
          const why = asksPerson ? inVain.why(node) : null;
          if (why !== null) return { ok: false, failure: why };
          const reply = await channel.ask(request, options);
          if (asksPerson) inVain.heard(node.id, reply.ok ? null : reply.failure);
          if (!reply.ok && reply.failure.kind === 'password-wrong') wrong(node, run);
          return reply;
        },
      };
    },
    async administrator(node, run, ask) {
      const channel = parts.openRoot(optionsFor(node, run, false));
      if (channel === null) {
        const words = `${node.name} is a recording of a machine: there is nothing more to be seen.`;
        return helperFailure('no-access', words, '');
      }
      try {
        const { via, words, cannotAsk = false } = await channel.access();
        if (via === 'none') return noAdministrator(node, words, cannotAsk);
        if (via !== 'sudo-password') return { ok: true, password: () => null };
        for (let tries = 1; ; tries += 1) {
          const why = inVain.why(node);
          if (why !== null) return { ok: false, failure: why };
          await passwords.askFor(node, run, ask, 'look');
          const proven = await channel.prove();
          if (proven.ok) {
            inVain.heard(node.id, null);
            return { ok: true, password: () => passwords.of(run) };
          }
          passwords.forget(run);
          if (proven.failure.kind !== 'password-wrong') return proven;
          inVain.heard(node.id, proven.failure);
          wrong(node, run);
          if (tries === TRIES_FOR_A_LOOK) return proven;
        }
      } finally {
        await channel.close();
      }
    },
    passwordOf: (run) => (passwords.has(run) ? () => passwords.of(run) : undefined),
    began: (run) => passwords.began(run),
    forget: (run) => passwords.forget(run),
    close: () => passwords.forgetAll(),
  };
}

function noAdministrator(
  node: SwarmNode,
  words: string,
  cannotAsk: boolean,
): { ok: false; failure: HelperFailure } {
  if (cannotAsk)
    return helperFailure(
      'no-access',
      `sudo on ${node.name} asks for a password, and this window cannot ask for one safely.`,
      `Look in a terminal of this computer: ${lookCommand(node.name)}`,
    );
  return helperFailure('no-access', words, 'Log in there with an account that may use sudo, or as root.');
}
