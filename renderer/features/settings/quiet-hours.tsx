/** A day as 24 cells, the quiet ones filled. Said as words to those who do not see it. */
export function QuietHours({ from, to }: { from: number; to: number }) {
  const isQuiet = (hour: number) =>
    from !== to && (from < to ? hour >= from && hour < to : hour >= from || hour < to);
  return (
    <div className="quiet-hours" aria-hidden="true">
      <div className="quiet-hours__cells">
        {Array.from({ length: 24 }, (_, hour) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the hours of a day do not change places
            key={hour}
            className={isQuiet(hour) ? 'quiet-hours__cell quiet-hours__cell--quiet' : 'quiet-hours__cell'}
          />
        ))}
      </div>
      <div className="quiet-hours__marks">
        {[0, 6, 12, 18, 24].map((hour) => (
          <span key={hour}>{`${String(hour % 24).padStart(2, '0')}:00`}</span>
        ))}
      </div>
    </div>
  );
}
