import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '#core/api/direct-client.ts';

/** Milliseconds that a page is given to ask its first questions before this console begins to look by itself. */
const FIRST_PAGE_MS = 50;
/** Milliseconds after which nobody is waited for any more. */
const NOBODY_CAME_MS = 1_000;

/** Milliseconds after its session in which a page has read its answers and is drawn. */
const DRAWN_MS = 700;

/**
 * Settles when a page that came is most likely drawn, or when none came for a second.
 * @param pageCame settles when a page has signed in
 */
export async function pageDrawn(pageCame: Promise<void>): Promise<void> {
  const came = await Promise.race([pageCame.then(() => true), pause(NOBODY_CAME_MS, false, { ref: false })]);
  if (came) await pause(DRAWN_MS, undefined, { ref: false });
}

/**
 * Asks once what every page asks first. The first time costs ten times as much as the second, and now, while a browser
 * still opens the page, nobody waits for it. What fails here fails again, and is said, where somebody asked.
 * @param closing aborted when the console closes: what fails then is no mistake
 */
export async function rehearse(client: ApiClient, closing: AbortSignal): Promise<void> {
  const options = { signal: closing };
  await Promise.allSettled([
    client.findings.overview({ node: null }, options),
    client.nodes.list(undefined, options),
    client.settings.get(undefined, options),
    client.system.about(undefined, options),
  ]);
}

/** @returns the id of the sample node, which is added when it is not there */
export async function addSample(client: ApiClient): Promise<{ id: string; added: boolean }> {
  const nodes = await client.nodes.list();
  const known = nodes.find((node) => node.address.kind === 'recorded');
  if (known !== undefined) return { id: known.id, added: false };
  const { id } = await client.nodes.add({ address: { kind: 'recorded', sample: true } });
  return { id, added: true };
}

/**
 * Looks at the sample node. One that was just added is looked at right away, while a browser still opens the page, which
 * otherwise would be drawn twice: without findings and then with them. One that is known has findings from before, and
 * waits until that holds up no page: reading and judging a whole recording keeps the console busy for a good tenth of a
 * second.
 * @param sample as {@link addSample} gives it
 * @param pageCame settles when a page has signed in
 * @param closing aborted when the console closes: no look begins any more
 */
export async function lookAtSample(
  client: ApiClient,
  { id, added }: { id: string; added: boolean },
  pageCame: Promise<void>,
  closing: AbortSignal,
): Promise<void> {
  if (!added) await Promise.race([pageCame.then(() => pause(FIRST_PAGE_MS)), pause(NOBODY_CAME_MS)]);
  if (closing.aborted) return;
  // A node that was removed meanwhile: then there is nothing to look at.
  await client.looks.start({ nodes: [id] }).catch(() => undefined);
}
