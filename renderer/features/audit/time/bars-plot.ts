import uPlot from 'uplot';
import type { HistogramBar } from '#shared/contract/audit.ts';
import type { Stretch } from './span.ts';
import 'uplot/dist/uPlot.min.css';

/** What is drawn. Bars inside the chosen stretch are brighter; without one all are. */
export interface BarsShown {
  bars: readonly HistogramBar[];
  bar: number;
  chosen: Stretch | null;
}

export interface BarsPlot {
  draw(shown: BarsShown): void;
  resize(width: number): void;
  destroy(): void;
}

const HEIGHT = 60;
/** CSS pixels that a cap has at least: one match among thousands, or in a quiet minute, is still to be seen. */
const CAP = 4;
const GAP = 0.22;

/**
 * Bars over time in true proportion: all events of the time dim, those that the query selects on them, and those that an alert
 * matched as a cap.
 * @param element that it fills
 * @param onDrawn a stretch that was drawn with the pointer, in milliseconds
 */
export function createBarsPlot(
  element: HTMLElement,
  width: number,
  onDrawn: (drawn: Stretch) => void,
): BarsPlot {
  let shown: BarsShown = { bars: [], bar: 1, chosen: null };
  const plot = new uPlot(
    {
      width,
      height: HEIGHT,
      padding: [2, 0, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false, dist: 4 } },
      select: { show: true, left: 0, top: 0, width: 0, height: 0 },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: false }, y: { range: (_plot, _low, high) => [0, Math.max(1, high)] } },
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: {
        draw: [(self) => drawBars(self, shown)],
        setSelect: [
          (self) => {
            const { left, width: wide } = self.select;
            if (wide < 1) return;
            onDrawn({ from: self.posToVal(left, 'x'), to: self.posToVal(left + wide, 'x') });
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    },
    [[], []],
    element,
  );
  return {
    draw(next) {
      shown = next;
      const times = next.bars.map(({ at }) => Date.parse(at));
      const first = times[0] ?? 0;
      plot.batch(() => {
        plot.setData([times, next.bars.map(({ total }) => total)], false);
        plot.setScale('x', { min: first, max: first + Math.max(1, times.length) * next.bar });
        plot.setScale('y', { min: 0, max: Math.max(1, ...next.bars.map(({ total }) => total)) });
      });
    },
    resize: (wide) => plot.setSize({ width: wide, height: HEIGHT }),
    destroy: () => plot.destroy(),
  };
}

function drawBars(plot: uPlot, { bars, bar, chosen }: BarsShown): void {
  // Colours as the style sheet resolves them for this theme; a custom property would come as its text.
  const { fill: dim, color: bright, stroke: cap } = getComputedStyle(plot.root);
  const { ctx } = plot;
  const base = plot.valToPos(0, 'y', true);
  const scale = window.devicePixelRatio || 1;
  ctx.save();
  for (const { at, total, matched, alerts, partly } of bars) {
    if (total === 0) continue;
    // What is not counted to its end is drawn as what it is: less certain.
    ctx.globalAlpha = partly ? 0.45 : 1;
    const from = Date.parse(at);
    const left = plot.valToPos(from, 'x', true);
    const wide = Math.max(1, (plot.valToPos(from + bar, 'x', true) - left) * (1 - GAP));
    const inside = chosen === null || (from >= chosen.from && from < chosen.to);
    const top = Math.min(base - scale, plot.valToPos(total, 'y', true));
    ctx.fillStyle = dim;
    ctx.fillRect(left, top, wide, base - top);
    if (inside && matched > 0) {
      const high = Math.min(base - scale, plot.valToPos(matched, 'y', true));
      ctx.fillStyle = bright;
      ctx.fillRect(left, high, wide, base - high);
    }
    if (alerts > 0) {
      const high = Math.max(CAP * scale, base - plot.valToPos(alerts, 'y', true));
      ctx.fillStyle = cap;
      // A bar that is lower than its cap is all cap.
      ctx.fillRect(left, Math.min(top, base - high), wide, high);
    }
  }
  ctx.restore();
}
