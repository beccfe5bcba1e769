import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './draw-chart.css';
import type { HistorySeries } from './history-series.ts';

export interface Chart {
  update(series: HistorySeries): void;
  close(): void;
}

/** Draws the two lines into `box`, as large as it is, in the colours of the page; follows its size. */
export function drawChart(
  box: HTMLElement,
  series: HistorySeries,
  names: { time: string; done: string; failed: string },
): Chart {
  const colour = colourReader(box);
  const [soft, line, completed, failed] = ['--soft', '--line', '--completed', '--failed'].map(colour);
  const axis = {
    ...(soft && { stroke: soft }),
    font: '11px system-ui, sans-serif',
    grid: { ...(line && { stroke: line }), width: 1 },
    ticks: { show: false },
  };
  const plot = new uPlot(
    {
      ...sizeOf(box),
      // On the right half of a label stands beyond the last point.
      padding: [6, 30, 0, 0],
      cursor: { y: false, drag: { x: false, y: false } },
      legend: { live: true },
      scales: { y: { range: (_, _low, high) => [0, Math.max(1, high * 1.1)] } },
      axes: [
        { ...axis, size: 22, space: 72, values: (_, times) => times.map(clock) },
        { ...axis, size: 42 },
      ],
      series: [
        { label: names.time, value: (_, time) => (time === null ? '–' : clock(time)) },
        { label: names.done, width: 2, points: { show: false }, ...(completed && stroke(completed, '26')) },
        { label: names.failed, width: 2, points: { show: false }, ...(failed && stroke(failed, '33')) },
      ],
    },
    columns(series),
    box,
  );
  const sizes = new ResizeObserver(() => plot.setSize(sizeOf(box)));
  sizes.observe(box);
  return {
    update: (next) => plot.setData(columns(next)),
    close: () => {
      sizes.disconnect();
      plot.destroy();
    },
  };
}

function columns({ atSeconds, donePerMinute, failedPerMinute }: HistorySeries): uPlot.AlignedData {
  return [atSeconds, donePerMinute.map(round), failedPerMinute.map(round)];
}

/** `14:05:30`, of seconds since 1970. */
function clock(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB');
}

function round(perMinute: number): number {
  return Math.round(perMinute * 10) / 10;
}

/** Without the line of the legend below. */
function sizeOf({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  return { width: clientWidth, height: Math.max(60, clientHeight - 26) };
}

function stroke(colour: string, alpha: string): { stroke: string; fill: string } {
  return { stroke: colour, fill: `${colour}${alpha}` };
}

/** The canvas knows no `light-dark()`: the browser says what it comes to, as `#rrggbb`. */
function colourReader(box: HTMLElement): (name: string) => string {
  const probe = document.createElement('span');
  return (name) => {
    probe.style.color = `var(${name})`;
    box.append(probe);
    const channels = getComputedStyle(probe).color.match(/\d+/g) ?? [];
    probe.remove();
    return `#${channels
      .slice(0, 3)
      .map((channel) => Number(channel).toString(16).padStart(2, '0'))
      .join('')}`;
  };
}
