import { isKnownHeading } from '../dialects/known-headings.ts';
import { readDelimited } from './read-delimited.ts';

/** What is looked at: enough for title rows, remarks and several rows of headings. */
const SAMPLE_CHARS = 64 * 1024;
const SAMPLE_ROWS = 40;
const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Excel's own hint, the first line of a file: `sep=;`. */
const HINT = /^\ufeff?"?sep=([^\r\n])"?(?=\r|\n|$)/i;

/** The delimiter of a table: what `sep=` says, else the one that yields the row with the most headings that are known. */
export async function chooseDelimiter(text: string): Promise<string> {
  const hint = HINT.exec(text);
  if (hint?.[1] !== undefined) return hint[1];
  const sample = text.slice(0, SAMPLE_CHARS);
  let best: { delimiter: string; score: number } = { delimiter: ',', score: -1 };
  for (const delimiter of DELIMITERS) {
    const score = await scoreOf(sample, delimiter);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

async function scoreOf(sample: string, delimiter: string): Promise<number> {
  const { rows } = await readDelimited(sample, delimiter, true);
  const scores = rows.slice(0, SAMPLE_ROWS).map(({ cells }) => {
    const known = cells.slice(0, 500).filter(isKnownHeading).length;
    return known * 1_000 + cells.filter((cell) => cell !== '').length;
  });
  return Math.max(0, ...scores);
}
