import sharp from 'sharp';

/** What this machine has fonts for. Without any, text comes out as boxes or not at all. */
export interface KnownScripts {
  latin: boolean;
  cjk: boolean;
}

let known: Promise<KnownScripts> | undefined;

/** Looked at once per process: a dash and the Chinese one are flat, the box that stands for a missing character is not. */
export function knownScripts(): Promise<KnownScripts> {
  known ??= Promise.all([isFlat('-'), isFlat('一')]).then(([latin, cjk]) => ({ latin, cjk }));
  return known;
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
