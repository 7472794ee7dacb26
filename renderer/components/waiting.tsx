import { Page } from './page-header.tsx';
import './waiting.css';

/** A page whose first reading is under way. Stays empty at first, so that a quick answer does not flicker. */
export function Waiting({ words = 'Reading what was seen last…' }: { words?: string }) {
  return (
    <Page>
      <p className="waiting" role="status">
        {words}
      </p>
    </Page>
  );
}
