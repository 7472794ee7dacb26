import { type RefObject, useEffect, useRef } from 'react';

/**
 * For a list of which only the rows near the window are in the document: the focus goes to a row as soon as it is drawn.
 * The wish names its row, so that a render for something else meanwhile does not use it up.
 * @param list the element around the rows, which carry `data-item`
 * @param options how the row takes the focus
 * @returns wishes the focus for a row by its `data-item`; the component has to render after it
 */
export function useFocusRow(list: RefObject<HTMLElement | null>, options?: FocusOptions) {
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-item="${CSS.escape(wanted.current)}"]`);
    if (!row) return;
    wanted.current = null;
    row.focus(options);
  });
  return (item: string) => {
    wanted.current = item;
  };
}
