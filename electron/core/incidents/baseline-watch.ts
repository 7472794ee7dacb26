import type { Context } from '#core/console/context.ts';
import { standingOf } from '#core/console/standing.ts';
import type { Investigation } from './investigation.ts';

/**
 * Takes the baseline of a node when it has reached its first level and there is none yet: what is there by then is what later changes are
 * held to. One node after the other, after the look that showed it; where it fails, the next look tries again.
 * @returns the function that ends it, and waits for what is under way
 */
export function baselineAtFirstLevel(
  context: Pick<Context, 'store' | 'changes'>,
  investigation: Pick<Investigation, 'baseline' | 'takeBaseline'>,
): () => Promise<void> {
  const ending = new AbortController();
  const waiting = new Set<string>();
  let work: Promise<void> = Promise.resolve();

  async function take(id: string): Promise<void> {
    const { store } = context;
    const node = (await store.listNodes()).find((one) => one.id === id);
    if (node === undefined || node.address.kind === 'recorded' || ending.signal.aborted) return;
    const findings = await store.findings({ node: id, check: null });
    const hasMycoswarm = (await store.hasMycoswarm()).some((one) => one.node === id && one.found);
    const { level } = standingOf(node, findings, hasMycoswarm);
    if (level === null || level < 1) return;
    if ((await investigation.baseline(id)) === null)
      await investigation.takeBaseline(id, 'level-1', ending.signal);
  }

  const end = context.changes.onDelta(({ what, node }) => {
    if (what !== 'findings' || node === null || waiting.has(node)) return;
    waiting.add(node);
    work = work
      .then(() => {
        waiting.delete(node);
        return take(node);
      })
      .catch(() => undefined);
  });
  return async () => {
    end();
    ending.abort();
    await work;
  };
}
