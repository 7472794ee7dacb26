import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import type { ChannelOptions } from '#core/hosts/helper-channel-open.ts';
import type { RootChannel } from '#core/hosts/helper-channel-root.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { HelperAccess } from '#shared/domain/plan.ts';
import { AskedInVain } from './asked-in-vain.ts';
import type { Clock } from './clock.ts';
import type { ConsentGate } from './service.ts';

/** A password that was typed for one run is forgotten after this time, whatever becomes of the run. */
const FORGOTTEN_AFTER_MS = 15 * 60_000;

/** How the helper is reached changes seldom. */
const ACCESS_KEPT_MS = 60_000;

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
   * How the helper is reached, remembered for a minute: every try of sudo is a line in the node's own log.
   */
  access(node: SwarmNode): Promise<HelperAccess>;
  /** The helper was put there or taken away. */
  forgetAccess(node: string): void;
  /** The run is at rest: its password is forgotten. */
  forget(run: string): void;
  close(): void;
}

/**
 * @param openChannel makes the channel; tests give their own
 * @param bundle SHA-256 of the helper that this console carries
 */
export function createFixChannels(parts: {
  dataFolder: string;
  clock: Clock;
  consent: ConsentGate;
  bundle: string | null;
  openChannel: (options: ChannelOptions) => HelperChannel;
  openRoot: (options: ChannelOptions) => RootChannel | null;
}): FixChannels {
  const passwords = new Map<string, { password: string; off: () => void }>();
  const inVain = new AskedInVain(parts.clock);
  let asking: Promise<unknown> = Promise.resolve();

  function keep(run: string, password: string): void {
    forget(run);
    const off = parts.clock.after(FORGOTTEN_AFTER_MS, () => passwords.delete(run));
    passwords.set(run, { password, off });
  }

  function forget(run: string): void {
    passwords.get(run)?.off();
    passwords.delete(run);
  }

  /** One question at a time. */
  function askFor(node: SwarmNode, run: string, why: string): Promise<void> {
    const turn = asking.then(async () => {
      if (passwords.has(run)) return;
      const given = await parts.consent
        .askPassword?.({
          title: `Password of sudo on ${node.name}`,
          lines: [why, 'It goes to sudo over its standard input, for this one change, and is not stored.'],
        })
        .catch(() => null);
      if (given !== null && given !== undefined) keep(run, given);
    });
    asking = turn.catch(() => undefined);
    return turn;
  }

  const optionsFor = (node: SwarmNode, run: string, fresh: boolean): ChannelOptions => ({
    address: node.address,
    nodeName: node.name,
    dataFolder: parts.dataFolder,
    fresh,
    bundle: parts.bundle,
    ...(parts.consent.askPassword === undefined
      ? {}
      : { password: () => passwords.get(run)?.password ?? null }),
  });

  const remembered = new Map<string, { until: number; access: Promise<HelperAccess> }>();

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
      const known = remembered.get(node.id);
      if (known && known.until > now && known.until <= now + ACCESS_KEPT_MS) return known.access;
      const access = findAccess(node);
      remembered.set(node.id, { until: now + ACCESS_KEPT_MS, access });
      return access;
    },
    forgetAccess: (node) => {
      remembered.delete(node);
    },
    async openRoot(node, run, ask) {
      const channel = parts.openRoot(optionsFor(node, run, false));
      if (channel === null) return null;
      const { via } = await channel.access();
      if (via !== 'sudo-password' || ask === null) return channel;
      if (!passwords.has(run) && inVain.why(node) === null) await askFor(node, run, ask);
      return {
        ...channel,
        async run(words, input) {
          const why = inVain.why(node);
          if (why !== null) return { ok: false, failure: why };
          const end = await channel.run(words, input);
          if (end.ok) inVain.heard(node.id, null);
          else if (end.failure.kind === 'password-wrong') {
            inVain.heard(node.id, end.failure);
            forget(run);
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
      const hasOwn = passwords.has(run);
      if (via === 'sudo-password' && ask !== null && !hasOwn && inVain.why(node) === null)
        await askFor(node, run, ask);
      return {
        ...channel,
        async ask(request, options) {
          const why = asksPerson ? inVain.why(node) : null;
          if (why !== null) return { ok: false, failure: why };
          const reply = await channel.ask(request, options);
          if (asksPerson) inVain.heard(node.id, reply.ok ? null : reply.failure);
          // A wrong one must not be tried again by itself: accounts are locked after a few.
          if (!reply.ok && reply.failure.kind === 'password-wrong') forget(run);
          return reply;
        },
      };
    },
    forget,
    close() {
      for (const run of [...passwords.keys()]) forget(run);
    },
  };
}
