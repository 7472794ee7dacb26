/** How long a page may take to find its heights, in milliseconds. */
const FOR_MS = 5_000;
/** What a person does who wants to be elsewhere. */
const TOUCHES = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

/**
 * Keeps the unfolded finding of a list within the window, above the foot of the page, while rows find their heights: what
 * stands above it may still grow, and its panel is there only when it is drawn.
 * @param list grows and shrinks with its rows
 * @returns ends it; it ends by itself when somebody scrolls, presses or types, and after five seconds
 */
export function showLinked(list: HTMLElement): () => void {
  const sizes = new ResizeObserver(() => showWhole(list.querySelector('.finding--open')));
  const end = () => {
    sizes.disconnect();
    clearTimeout(timer);
    for (const touch of TOUCHES) window.removeEventListener(touch, end);
  };
  const timer = setTimeout(end, FOR_MS);
  for (const touch of TOUCHES) window.addEventListener(touch, end, { passive: true });
  sizes.observe(list);
  return end;
}

/** Brings an unfolded finding above the foot of the page; one that is taller than the window shows its beginning. */
function showWhole(finding: Element | null): void {
  if (!finding) return;
  const tall = finding.getBoundingClientRect().height > window.innerHeight - 120;
  finding.scrollIntoView({ block: tall ? 'start' : 'nearest' });
}
