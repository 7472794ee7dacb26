import { SPANS, type SpanId } from './span.ts';

/** How much time the histogram shows. */
export function SpanChoice({ span, onSpan }: { span: SpanId; onSpan: (span: SpanId) => void }) {
  return (
    <fieldset className="spans">
      <legend className="visually-hidden">How much time is shown</legend>
      {SPANS.map(({ id, words }) => (
        <label key={id} className="spans__choice">
          <input type="radio" name="span" checked={span === id} onChange={() => onSpan(id)} />
          <span>{words}</span>
        </label>
      ))}
    </fieldset>
  );
}
