import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** How the stand-in draws. */
export interface PictureStyle {
  /** CSS colour of the background. Default: an off-white, as models like to answer. */
  background: string;
  /** Share of the picture's sides that the product takes. */
  fillRatio: number;
  /** Answers the input itself, or the input re-encoded, a little cropped, smaller and lighter. */
  echo: 'no' | 'exact' | 'shifted';
  /** Answers nothing but background. */
  blank: boolean;
  /** Where the product stands: a third of the free space from the upper left, in the lower right corner, half outside. */
  place: 'third' | 'corner' | 'cut';
  /** The product in another colour than in the photo. */
  recolour: boolean;
  /** Out of focus by this share of the side. */
  blur: number;
  /** Longer side in pixels; `imageSize` is not honoured unless this is `asked`. */
  side: number | 'asked';
}

const SIDES: Record<string, number> = { '1K': 1024, '2K': 2048, '4K': 4096 };
/** Pictures kept, so that a bench spends its time in the product and not here. */
const MAX_KEPT = 500;

/** Draws pictures that show the product of their input: a shape in its colour, off-centre on the style's background. */
export function createPictureMaker(): (
  input: string,
  ratio: string,
  imageSize: string,
  style: PictureStyle,
) => Promise<string> {
  const colours = new Map<string, Promise<string>>();
  const pictures = new Map<string, Promise<string>>();
  return async (input, ratio, imageSize, style) => {
    if (style.echo === 'exact') return input;
    if (style.echo === 'shifted') return shifted(input);
    const digest = createHash('sha1').update(input).digest('hex');
    const colour = style.blank ? 'none' : await kept(colours, digest, () => productColour(input));
    const side = style.side === 'asked' ? (SIDES[imageSize] ?? 1024) : style.side;
    return kept(pictures, [colour, ratio, side, JSON.stringify(style)].join(' '), () =>
      draw(colour, ratio, side, style),
    );
  };
}

function kept(
  cache: Map<string, Promise<string>>,
  key: string,
  make: () => Promise<string>,
): Promise<string> {
  const known = cache.get(key);
  if (known) return known;
  if (cache.size >= MAX_KEPT) cache.clear();
  const made = make();
  cache.set(key, made);
  made.catch(() => cache.delete(key));
  return made;
}

async function draw(colour: string, ratio: string, side: number, style: PictureStyle): Promise<string> {
  const [across = 1, down = 1] = ratio.split(':').map(Number);
  const width = Math.round(across >= down ? side : (side * across) / down);
  const height = Math.round(across >= down ? (side * down) / across : side);
  const shapeWidth = width * style.fillRatio;
  const shapeHeight = height * style.fillRatio;
  // A third of the free space on the left and above: clearly not centred.
  const at = { third: 1 / 3, corner: 0.97, cut: 1.4 }[style.place];
  const turn = style.recolour ? `filter="url(#turn)"` : '';
  const shape = `<filter id="turn"><feColorMatrix type="hueRotate" values="180"/></filter>
    <rect x="${(width - shapeWidth) * at}" y="${(height - shapeHeight) / 3}" width="${shapeWidth}"
    height="${shapeHeight}" rx="${Math.min(shapeWidth, shapeHeight) / 8}" fill="${colour}" ${turn}/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="${style.background}"/>${colour === 'none' ? '' : shape}</svg>`;
  const drawn = sharp(Buffer.from(svg)).flatten();
  if (style.blur > 0) drawn.blur(Math.max(0.3, style.blur * side));
  const jpeg = await drawn.jpeg({ quality: 90 }).toBuffer();
  return jpeg.toString('base64');
}

/** A photo that was only saved again: 2 % cropped, smaller, 3 % lighter, JPEG 70. */
async function shifted(input: string): Promise<string> {
  const photo = Buffer.from(input, 'base64');
  const { width, height } = await sharp(photo).metadata();
  const [left, top] = [Math.round(width * 0.02), Math.round(height * 0.02)];
  const saved = await sharp(photo)
    .flatten({ background: '#fff' })
    .extract({ left, top, width: width - 2 * left, height: height - 2 * top })
    .resize({ width: Math.round(width * 0.9) })
    .modulate({ brightness: 1.03 })
    .jpeg({ quality: 70 })
    .toBuffer();
  return saved.toString('base64');
}

/**
 * The commonest colour of what is not the border's colour, as `rgb(…)`. Rejects when the input is no picture, as the
 * real service does.
 */
async function productColour(input: string): Promise<string> {
  const { data } = await sharp(Buffer.from(input, 'base64'))
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .resize(64, 64, { fit: 'fill', kernel: 'nearest' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = Array.from({ length: 64 * 64 }, (_, i) => [...data.subarray(i * 3, i * 3 + 3)] as Colour);
  const onBorder = (_: unknown, i: number): boolean =>
    i < 64 || i >= 63 * 64 || i % 64 === 0 || i % 64 === 63;
  const background = commonest(pixels.filter(onBorder));
  // The middle half: what stands there is the product, whatever the background's texture does further out.
  const inMiddle = (i: number): boolean => i % 64 >= 16 && i % 64 < 48 && i >= 16 * 64 && i < 48 * 64;
  const product = pixels.filter((pixel, i) => inMiddle(i) && distance(pixel, background) > 30);
  const colour = commonest(product.length > 16 ? product : pixels);
  return `rgb(${colour.join(',')})`;
}

type Colour = [number, number, number];

/** Mean of the fullest bucket of 16 levels a channel. */
function commonest(pixels: Colour[]): Colour {
  const buckets = new Map<number, Colour[]>();
  for (const pixel of pixels) {
    const key = ((pixel[0] >> 4) << 8) | ((pixel[1] >> 4) << 4) | (pixel[2] >> 4);
    const bucket = buckets.get(key);
    if (bucket) bucket.push(pixel);
    else buckets.set(key, [pixel]);
  }
  const fullest = [...buckets.values()].reduce((best, one) => (one.length > best.length ? one : best), []);
  const mean = (c: 0 | 1 | 2): number =>
    Math.round(fullest.reduce((sum, pixel) => sum + pixel[c], 0) / Math.max(1, fullest.length));
  return [mean(0), mean(1), mean(2)];
}

function distance(a: Colour, b: Colour): number {
  return Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]));
}
