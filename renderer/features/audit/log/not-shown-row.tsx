import { count as counted } from '../../../components/time-words.ts';

export interface NotShownRowProps {
  count: number;
  /** Not all of them fit what is chosen. */
  atMost: boolean;
  itemKey: number;
  focusable: boolean;
  onShow: () => void;
}

/** The place of events that came faster than they are sent to a page. They are in the records. */
export function NotShownRow({ count, atMost, itemKey, focusable, onShow }: NotShownRowProps) {
  return (
    <button
      type="button"
      className="row row--not-shown"
      data-item={itemKey}
      tabIndex={focusable ? 0 : -1}
      onClick={onShow}
    >
      {atMost ? `Up to ${counted(count, 'line')}` : counted(count, 'line')} not shown here
      <span>kept in the records, press to read them</span>
    </button>
  );
}
