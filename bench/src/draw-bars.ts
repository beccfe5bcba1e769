/** The figures of one bench: a line for each case, a column for each figure. */
export type Figures = Record<string, Record<string, number | string>>;

/** A chart of one column of the figures, a bar for each line. */
export interface Bars {
  title: string;
  /** The column that is drawn. */
  column: string;
  /** What stands behind each value. */
  unit?: string;
  /** A value worth a line of its own: what is allowed, or aimed at. */
  mark?: { at: number; text: string };
  /** Lines whose name holds this are the product's, and stand out. */
  ours?: string;
}

const WIDTH = 720;
const NAMES = 230;
const VALUES = 90;
const ROW = 30;
const TOP = 56;

/** The chart as SVG, readable on light and dark pages. */
export function drawBars(bars: Bars, figures: Figures, footer: string): string {
  const lines = Object.entries(figures).map(([name, row]) => ({ name, value: Number(row[bars.column]) }));
  const most = Math.max(bars.mark?.at ?? 0, ...lines.map(({ value }) => value));
  const across = (value: number) => (value / most) * (WIDTH - NAMES - VALUES);
  const end = TOP + lines.length * ROW;
  const drawn = lines.map(({ name, value }, at) => {
    const y = TOP + at * ROW;
    const kind = bars.ours === undefined || name.includes(bars.ours) ? 'ours' : 'other';
    return `<text x="${NAMES - 10}" y="${y + 17}" text-anchor="end">${escaped(name)}</text>
<rect class="${kind}" x="${NAMES}" y="${y + 4}" width="${across(value).toFixed(1)}" height="${ROW - 10}" rx="3"/>
<text x="${(NAMES + across(value) + 8).toFixed(1)}" y="${y + 17}">${value.toLocaleString('en')}${bars.unit ?? ''}</text>`;
  });
  const mark = bars.mark && markAt(NAMES + across(bars.mark.at), end, bars.mark.text);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${end + 34}" role="img" aria-label="${escaped(bars.title)}">
<style>text{font:13px system-ui,sans-serif;fill:#3b4252}.title{font-size:15px;font-weight:600}.small{font-size:11px}.ours{fill:#2563eb}.other{fill:#9aa5b8}line{stroke:#d97706;stroke-dasharray:4 3}rect.page{fill:#fff}</style>
<rect class="page" width="${WIDTH}" height="${end + 34}" rx="8"/>
<text class="title" x="16" y="26">${escaped(bars.title)}</text>
${drawn.join('\n')}
${mark ?? ''}
<text class="small" x="16" y="${end + 22}">${escaped(footer)}</text>
</svg>
`;
}

function markAt(x: number, end: number, text: string): string {
  return `<line x1="${x}" x2="${x}" y1="${TOP - 6}" y2="${end}"/>
<text class="small" x="${x}" y="${TOP - 10}" text-anchor="middle">${escaped(text)}</text>`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
