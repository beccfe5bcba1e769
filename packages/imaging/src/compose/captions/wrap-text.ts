const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Scripts without spaces: a line may break at every character. */
const BREAKS_ANYWHERE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\u3000-\u303f\uff00-\uffef]/u;
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uff60]/u;

/**
 * Breaks text into lines of at most `maxWidth` em, at spaces, between characters of scripts that have none, and inside a
 * word only when it is longer than a line. More than `maxLines` end in an ellipsis. `partsWords` says
 * whether a word was.
 */
export function wrapText(
  text: string,
  maxWidth: number,
  maxLines: number,
): { lines: string[]; isWhole: boolean; partsWords: boolean } {
  const lines: string[] = [];
  let line = '';
  const { pieces, partsWords } = piecesOf(text, maxWidth);
  for (const piece of pieces) {
    const joined = line === '' ? piece.trimStart() : line + piece;
    if (widthOf(joined.trimEnd()) <= maxWidth) line = joined;
    else {
      lines.push(line.trimEnd());
      line = piece.trimStart();
    }
  }
  if (line.trimEnd() !== '') lines.push(line.trimEnd());
  if (lines.length <= maxLines) return { lines, isWhole: true, partsWords };
  const last = lines.slice(maxLines - 1).join(' ');
  return { lines: [...lines.slice(0, maxLines - 1), shorten(last, maxWidth)], isWhole: false, partsWords };
}

/** Cuts to `maxWidth` em with an ellipsis. */
function shorten(text: string, maxWidth: number): string {
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (widthOf(`${kept + segment}…`) > maxWidth) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** What may not be parted: words with the space before them, single characters of spaceless scripts. */
function piecesOf(text: string, maxWidth: number): { pieces: string[]; partsWords: boolean } {
  const pieces: string[] = [];
  let partsWords = false;
  let word = '';
  const flush = () => {
    if (word !== '') pieces.push(word);
    word = '';
  };
  for (const { segment } of graphemes.segment(text)) {
    if (segment.trim() === '') {
      flush();
      word = ' ';
    } else if (BREAKS_ANYWHERE.test(segment)) {
      flush();
      pieces.push(segment);
    } else {
      if (widthOf((word + segment).trimStart()) > maxWidth) {
        partsWords ||= word.trim() !== '';
        flush();
      }
      word += segment;
    }
  }
  flush();
  return { pieces, partsWords };
}

/** In em, as DejaVu Sans sets it, the widest of the fonts that are likely to be used. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

function graphemeWidth(segment: string): number {
  // Without a font for it, each part of a joined emoji is drawn as a box of its own.
  if (/\p{Extended_Pictographic}/u.test(segment)) return 1.3 * [...segment].length;
  if (WIDE.test(segment)) return 1.06;
  if (/^[\s.,:;'|!ijl()[\]]/u.test(segment)) return 0.4;
  if (/^[MWmw@%—…]/u.test(segment)) return 1.05;
  if (/^[\p{Lu}&#]/u.test(segment)) return 0.8;
  if (/^[\p{Script=Latin}\p{Script=Greek}\p{N}-]/u.test(segment)) return 0.66;
  return /^[\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}]/u.test(segment) ? 0.85 : 1.1;
}
