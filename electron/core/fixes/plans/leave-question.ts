import type { AppliedChange } from '#shared/domain/plan.ts';
import { shortened, visible } from '#shared/domain/text.ts';

/** What fits into the dialog of every shell. */
const MOST_LINES = 40;
const LINE_LENGTH = 900;

/**
 * What a person is asked outside the renderer before something on a node counts as settled that could not be taken back: afterwards no
 * undo brings back what was there.
 * @param where the address of the node, which no page can change; its name can be anything
 */
export function leaveQuestion(
  change: AppliedChange,
  where: string | null,
): { title: string; lines: string[] } {
  const left =
    change.left?.map(({ title, why }) => (why === null ? title : `${title}: ${why}`)) ??
    change.steps.flatMap(({ title, state }) => (state === 'done' ? [title] : []));
  const shown = left.length <= MOST_LINES ? left : left.slice(0, MOST_LINES - 1);
  const more = left.length - shown.length;
  return {
    title: shortened(visible(`Leave it as it is: ${change.title}`), 240),
    lines: [
      `On ${change.nodeName}${where === null ? '' : ` (${where})`}. Nothing there is touched. What is left of the change counts as settled: no undo brings back what was there before.`,
      ...shown.map((line) => `Left as it is: ${line}`),
      ...(more === 0 ? [] : [`… and ${more} more steps.`]),
      ...(change.error === null ? [] : [change.error]),
    ].map((line) => shortened(visible(line), LINE_LENGTH)),
  };
}
