import sharp from 'sharp';

export interface DrawableText {
  /** The text without the pictographs that no font of this machine has. */
  text: string;
  /** These. A decoration may be left out. */
  leftOut: string[];
  /** Letters and signs that no font has. Without them the text says something else. */
  missing: string[];
}

/** What every font for text has; what is Chinese, Japanese or Korean is `missingScript`'s to tell. */
const SURELY_THERE =
  /[\u0020-\u024f\u2010-\u2027\u2030-\u205e\u3000-\u303f\uff00-\uffef\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** Squares are what a missing character is known by. */
const SQUARES = /[\u25a0-\u25ff]/u;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cs}\s]/u;
const PICTOGRAPH = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]/u;

const MOST_KEPT = 5000;
const known = new Map<string, Promise<boolean>>();

/** Sorts what a text is made of by whether a font of this machine can show it. Each character is looked at once per process. */
export async function drawableText(text: string): Promise<DrawableText> {
  const boxed: string[] = [];
  for (const character of new Set(text)) {
    if (SURELY_THERE.test(character) || SQUARES.test(character) || INVISIBLE.test(character)) continue;
    if (await isBoxed(character)) boxed.push(character);
  }
  const [leftOut, missing] = [true, false].map((wanted) =>
    boxed.filter((character) => PICTOGRAPH.test(character) === wanted),
  ) as [string[], string[]];
  return { text: without(text, leftOut), leftOut, missing };
}

function without(text: string, characters: string[]): string {
  if (characters.length === 0) return text;
  // What joins or colours pictographs goes with them.
  const kept = [...text].filter((character) => !characters.includes(character)).join('');
  return kept
    .replace(/[\u200d\ufe0e\ufe0f]/gu, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

function isBoxed(character: string): Promise<boolean> {
  if (known.size > MOST_KEPT) known.clear();
  const found = known.get(character) ?? looksBoxed(character);
  known.set(character, found);
  return found;
}

/** A missing character is drawn as a frame with its number in it: all four sides of its ink are straight lines. */
async function looksBoxed(character: string): Promise<boolean> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="160"><text x="40" y="100" font-family="${FAMILIES}" font-size="64">&#${character.codePointAt(0)};</text></svg>`;
  const { data, info } = await sharp(Buffer.from(svg))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const isInk = (x: number, y: number) => data[(y * width + x) * 4 + 3] > 64;
  const columns = range(width).filter((x) => range(height).some((y) => isInk(x, y)));
  const rows = range(height).filter((y) => range(width).some((x) => isInk(x, y)));
  const [left, right, top, bottom] = [columns[0], columns.at(-1), rows[0], rows.at(-1)];
  if (left === undefined || right === undefined || top === undefined || bottom === undefined) return false;
  if (right - left < 8 || bottom - top < 16) return false;
  const share = (inked: boolean[]) => inked.filter(Boolean).length / inked.length;
  return (
    [top, bottom].every((y) => share(range(right - left + 1).map((x) => isInk(left + x, y))) > STRAIGHT) &&
    [left, right].every((x) => share(range(bottom - top + 1).map((y) => isInk(x, top + y))) > STRAIGHT)
  );
}

/** Corners may be rounded a little. */
const STRAIGHT = 0.85;

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

/** The first family that is there is used; CJK first, because its Latin goes with it. */
export const FAMILIES = "'Noto Sans CJK SC','Noto Sans SC','WenQuanYi Micro Hei','DejaVu Sans',sans-serif";

/** What this machine has fonts for. Without any, text comes out as boxes or not at all. */
export interface KnownScripts {
  latin: boolean;
  cjk: boolean;
}

let scripts: Promise<KnownScripts> | undefined;

/** Looked at once per process: a dash and the Chinese one are flat, the box that stands for a missing character is not. */
export function knownScripts(): Promise<KnownScripts> {
  scripts ??= Promise.all([isFlat('-'), isFlat('一')]).then(([latin, cjk]) => ({ latin, cjk }));
  return scripts;
}

/** What the captions hold that no font of this machine can show; `null` when all is there. */
export function missingScript(text: string, { latin, cjk }: KnownScripts): string | null {
  if (!latin) return 'no font is installed';
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(text) && !cjk
    ? 'no font for Chinese, Japanese and Korean is installed'
    : null;
}

async function isFlat(character: string): Promise<boolean> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><text x="20" y="75" font-family="'Noto Sans CJK SC','DejaVu Sans',sans-serif" font-size="60">${character}</text></svg>`;
  const { data, info } = await sharp(Buffer.from(svg))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  let top = info.height;
  let bottom = -1;
  for (let y = 0; y < info.height; y++) {
    for (let x = 0; x < info.width; x++) {
      if (data[(y * info.width + x) * 4 + 3] < 64) continue;
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return bottom >= top && bottom - top < 18;
}
