import type { Stranger } from '#core/audit/pipeline/stranger.ts';
import type { AnnouncedNode } from '#shared/contract/found-nodes.ts';
import type { Context } from './context.ts';
import type { FoundNodes } from './found-nodes.ts';

/** A console that runs for a moment only need not open the port of mDNS. */
const FIRST_AFTER_MS = 60_000;
/** Milliseconds between two looks at who announced itself. */
const LOOK_EVERY_MS = 20_000;
/** A node that was just added, or has a new address, is given so long before it is called a stranger. */
const SETTLE_MS = 60_000;
/** After so long it is said once more that one is there. */
const SAY_AGAIN_MS = 24 * 60 * 60 * 1_000;
/** Strangers that are kept in mind; whoever makes up more than that makes some be told twice. */
const MOST_KNOWN = 1_000;
/** Told in one look: of a flood the rest comes later. */
const MOST_AT_ONCE = 20;

interface Seen {
  firstAt: number;
  toldAt: number | null;
}

/**
 * Listens for as long as nodes are listed, and tells of everybody who announces itself and is none of them. It is told again after a
 * day, and by whoever watches after the next start.
 * @param tell makes an alert of it; one that fails is tried again
 * @returns what ends it
 */
export function watchForStrangers(
  { clock, store }: Pick<Context, 'clock' | 'store'>,
  found: Pick<FoundNodes, 'heard'>,
  tell: (node: string, stranger: Stranger) => Promise<void>,
): () => void {
  const seen = new Map<string, Seen>();
  let ended = false;
  let callOff = (): void => undefined;

  async function look(): Promise<void> {
    const nodes = (await store.listNodes()).filter(({ address }) => address.kind !== 'recorded');
    // On which node it is shown: what is heard here is heard by this computer.
    const about = nodes.find(({ address }) => address.kind === 'local') ?? nodes[0];
    if (about === undefined || ended) return;
    const nameOf = (id: string | null) => nodes.find((node) => node.id === id)?.name ?? null;
    const now = clock.now().getTime();
    let told = 0;
    for (const announced of await found.heard()) {
      if (announced.known !== null) continue;
      const key = `${announced.from} ${announced.name}`;
      const known = seen.get(key) ?? { firstAt: now, toldAt: null };
      if (seen.size < MOST_KNOWN || seen.has(key)) seen.set(key, known);
      if (!isDue(known, now) || told >= MOST_AT_ONCE || ended) continue;
      told += 1;
      await tell(about.id, strangerOf(announced, nameOf(announced.claims)));
      known.toldAt = now;
    }
  }

  const again = (ms: number): void => {
    callOff = clock.after(ms, () => {
      void look()
        // What cannot be stored now is told the next time.
        .catch(() => undefined)
        .finally(() => {
          if (!ended) again(LOOK_EVERY_MS);
        });
    });
  };
  again(FIRST_AFTER_MS);
  return () => {
    ended = true;
    callOff();
  };
}

function isDue({ firstAt, toldAt }: Seen, now: number): boolean {
  return toldAt === null ? now - firstAt >= SETTLE_MS : now - toldAt >= SAY_AGAIN_MS;
}

function strangerOf(
  { name, from, addresses, port, version }: AnnouncedNode,
  claims: string | null,
): Stranger {
  return { name, from, addresses, port, version, claims };
}
