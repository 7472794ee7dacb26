import { EyeOff, X } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import type { HistogramBar } from '#shared/contract/audit.ts';
import { Spinner } from '../../../components/spinner.tsx';
import { clockTime, count, dayInWords } from '../../../components/time-words.ts';
import { type BarsPlot, createBarsPlot } from './bars-plot.ts';
import { BARS, type Stretch, snapped } from './span.ts';
import './histogram.css';

export interface HistogramProps {
  bars: readonly HistogramBar[];
  shown: Stretch & { bar: number };
  /** What is chosen of it; null for all. An end at the right edge goes on into the present. */
  chosen: Stretch | null;
  onChoose: (chosen: Stretch | null) => void;
  /** Whether the query leaves something out. */
  filtered: boolean;
  /** The bars are of another query or an older time. */
  stale: boolean;
  /** Times of it in which nobody watched. */
  unwatched: readonly Stretch[];
  /** Lead to what is known of them. */
  onGaps: () => void;
  /** All is being counted, which takes long. */
  counting: boolean;
  /** Count all of it, or be content with what is counted. */
  onThorough: (all: boolean) => void;
}

const LABELS = 4;

/** How much happened when; a stretch of it is chosen by drawing over it, or with the two edges by keys. */
export function Histogram(props: HistogramProps) {
  const { bars, shown, chosen, onChoose, filtered, stale, counting, onThorough, unwatched, onGaps } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<BarsPlot>(null);
  const onDrawn = useRef<(drawn: Stretch) => void>(() => undefined);
  onDrawn.current = (drawn) => {
    const stretch = snapped(drawn, shown);
    if (stretch) onChoose(stretch);
  };
  const bar = shown.bar;
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = createBarsPlot(element, element.clientWidth, (drawn) => onDrawn.current(drawn));
    plot.current = made;
    const observer = new ResizeObserver(() => made.resize(element.clientWidth));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => {
    plot.current?.draw({ bars, bar, chosen });
  }, [bars, bar, chosen]);
  // The canvas knows no style sheet: its colours are read anew when the theme turns.
  useEffect(() => {
    const draw = () => plot.current?.draw({ bars, bar, chosen });
    const query = window.matchMedia('(prefers-color-scheme: dark)');
    const observer = new MutationObserver(draw);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    query.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      query.removeEventListener('change', draw);
    };
  }, [bars, bar, chosen]);

  const counted = useMemo(() => sum(bars, chosen), [bars, chosen]);
  const words = clockWords(shown);
  const from = chosen?.from ?? shown.from;
  const to = chosen?.to ?? shown.to;
  const long = shown.to - shown.from > 86_400_000;
  return (
    <section className={stale ? 'bars bars--stale' : 'bars'} aria-label="Events over time">
      <div className="bars__plot">
        <div
          ref={box}
          className="bars__canvas"
          role="img"
          aria-label={`${counted.partly ? 'At least ' : ''}${count(counted.events, 'event')}, ${counted.alerts.toLocaleString('en')} matched by an alert${counted.busiest ? `, most of them around ${words(Date.parse(counted.busiest))}` : ''}`}
        />
        {unwatched.map((time) => (
          <div
            key={time.from}
            className="bars__unwatched"
            aria-hidden="true"
            style={{
              left: `${((time.from - shown.from) / (shown.to - shown.from)) * 100}%`,
              width: `${((time.to - time.from) / (shown.to - shown.from)) * 100}%`,
            }}
          />
        ))}
        {chosen ? <Brush shown={shown} chosen={chosen} onChoose={onChoose} words={words} /> : null}
      </div>
      <div className="bars__labels" aria-hidden="true">
        {Array.from({ length: LABELS + 1 }, (_, index) => {
          const at = shown.from + ((shown.to - shown.from) / LABELS) * index;
          return <span key={at}>{words(at)}</span>;
        })}
      </div>
      <p className="bars__words">
        <span>
          {counted.partly ? 'At least ' : ''}
          <strong>{count(counted.events, 'event')}</strong> {filtered ? 'fit, ' : ''}from {words(from)} to{' '}
          {chosen && chosen.to < shown.to ? words(to) : 'now'}
        </span>
        {unwatched.length > 0 ? (
          <button type="button" className="bars__clear bars__gap-words" onClick={onGaps}>
            <EyeOff aria-hidden="true" />
            {unwatched.length === 1 && unwatched[0]
              ? `Nobody watched from ${words(unwatched[0].from)} to ${words(unwatched[0].to)}`
              : `Nobody watched at ${unwatched.length} times`}
          </button>
        ) : null}
        {counted.partly ? (
          <span className="bars__partly" role="status">
            {counting ? <Spinner /> : null}
            {counting ? 'Counting all of it' : 'not all is counted yet'}
            <button type="button" className="bars__clear" onClick={() => onThorough(!counting)}>
              {counting ? 'Stop' : 'Count all of it'}
            </button>
          </span>
        ) : null}
        {chosen ? (
          <button type="button" className="bars__clear" onClick={() => onChoose(null)}>
            <X aria-hidden="true" /> All of {long ? 'these days' : 'this time'}
          </button>
        ) : null}
        <span className="bars__legend">
          <span className="bars__sample" aria-hidden="true" />
          {counted.alerts > 0
            ? `${counted.alerts.toLocaleString('en')} matched by an alert`
            : 'matched by an alert'}
        </span>
      </p>
    </section>
  );
}

interface BrushProps {
  shown: Stretch & { bar: number };
  chosen: Stretch;
  onChoose: (chosen: Stretch | null) => void;
  words: (at: number) => string;
}

/** The chosen stretch with its two edges. */
function Brush({ shown, chosen, onChoose, words }: BrushProps) {
  const wide = shown.to - shown.from;
  const percent = (at: number) => ((Math.min(Math.max(at, shown.from), shown.to) - shown.from) / wide) * 100;
  const place = {
    left: `${percent(chosen.from)}%`,
    width: `${percent(chosen.to) - percent(chosen.from)}%`,
  };
  const move = (edge: 'from' | 'to', at: number) => {
    const stretch = snapped({ ...chosen, [edge]: at }, shown);
    if (stretch) onChoose(stretch);
  };
  const drag = (edge: 'from' | 'to') => (event: PointerEvent<HTMLElement>) => {
    if (event.buttons === 0 || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.closest('.bars__plot')?.getBoundingClientRect();
    if (box) move(edge, shown.from + ((event.clientX - box.left) / box.width) * wide);
  };
  const key = (edge: 'from' | 'to') => (event: KeyboardEvent) => {
    const bars = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (event.key === 'Escape') onChoose(null);
    else if (bars !== undefined) move(edge, chosen[edge] + bars * shown.bar);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const edge = (name: 'from' | 'to', label: string) => (
    <span
      className={`brush__edge brush__edge--${name}`}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={BARS}
      aria-valuenow={Math.round((chosen[name] - shown.from) / shown.bar)}
      aria-valuetext={words(chosen[name])}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag(name)}
      onKeyDown={key(name)}
    />
  );
  return (
    <>
      <div className="brush brush--ground" style={place} />
      <div className="brush" style={place}>
        {edge('from', 'Begin of the chosen time')}
        {edge('to', 'End of the chosen time')}
      </div>
    </>
  );
}

/** @returns how a moment of the shown time is said: with its day where there are several */
function clockWords({ from, to }: Stretch): (at: number) => string {
  return (at) => {
    const iso = new Date(at).toISOString();
    if (to - from > 2 * 86_400_000) return dayInWords(iso, Date.now(), true);
    return clockTime(iso);
  };
}

function sum(bars: readonly HistogramBar[], chosen: Stretch | null) {
  let events = 0;
  let alerts = 0;
  let most = 0;
  let busiest: string | null = null;
  let partly = false;
  for (const entry of bars) {
    const at = Date.parse(entry.at);
    if (chosen && (at < chosen.from || at >= chosen.to)) continue;
    partly ||= entry.partly === true;
    events += entry.matched;
    alerts += entry.alerts;
    if (entry.matched > most) {
      most = entry.matched;
      busiest = entry.at;
    }
  }
  return { events, alerts, busiest, partly };
}
