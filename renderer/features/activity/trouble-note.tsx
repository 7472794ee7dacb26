import { CircleAlert } from 'lucide-react';
import type { ActivityState } from '#shared/contract/activity.ts';
import { visible } from '#shared/domain/text.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { count } from '../../components/time-words.ts';

/** Says that nothing can be written down at present, since when, what is missing for it, and what to do. */
export function TroubleNote({ trouble }: { trouble: ActivityState['trouble'] }) {
  if (!trouble) return null;
  return (
    <p className="activity__trouble" role="alert">
      <CircleAlert aria-hidden="true" />
      <span>
        <strong>{visible(trouble.message)}</strong> That began <RelativeTime at={trouble.since} />
        {trouble.missed > 0
          ? `; ${count(trouble.missed, 'thing')} done since ${trouble.missed === 1 ? 'is' : 'are'} in no event yet`
          : ''}
        . {visible(trouble.next)}
      </span>
    </p>
  );
}
