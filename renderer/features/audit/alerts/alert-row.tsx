import type { Alert } from '#shared/domain/audit/alert.ts';
import { visible } from '#shared/domain/text.ts';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { StatusIcon } from '../../../components/status.tsx';
import { ALERT_STATES } from './alert-words.ts';

/** An alert in two lines; opens. */
export function AlertRow({
  alert,
  nodeName,
  onOpen,
}: {
  alert: Alert;
  nodeName: string;
  onOpen: () => void;
}) {
  const { status, word } = ALERT_STATES[alert.state];
  return (
    <button
      type="button"
      className={alert.state === 'new' ? 'alert-row alert-row--new' : 'alert-row'}
      aria-expanded={false}
      data-alert={alert.id}
      onClick={onOpen}
    >
      <StatusIcon status={status} />
      <span className="alert-row__words">
        <span className="alert-row__title">
          {visible(nodeName)}: {visible(alert.rule.title)}
        </span>
        <span className="alert-row__note">
          {word}, <RelativeTime at={alert.lastAt} />
        </span>
      </span>
      <Times count={alert.count} />
    </button>
  );
}

/** How often: drawn as a number in a frame, said as words. */
export function Times({ count }: { count: number }) {
  if (count < 2) return null;
  const number = count.toLocaleString('en');
  return (
    <span className="alert-times">
      <span aria-hidden="true">× {number}</span>
      <span className="visually-hidden">{number} times</span>
    </span>
  );
}
