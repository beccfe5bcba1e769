import sharp, { type Sharp } from 'sharp';
import type { KnownCut } from './known-cuts.ts';

/** A picture that a model might answer a photo with. */
export interface AnswerKind {
  isRight: boolean;
  /** What the picture is for; without it, the main picture. */
  kind?: 'lifestyle' | 'detail';
  draw: (product: KnownCut, other: KnownCut) => Promise<Buffer>;
}

const SIDE = 1024;
const CLEAR = { r: 0, g: 0, b: 0, alpha: 0 };

type Size = { width: number; height: number };
type Change = (picture: Sharp, size: Size) => Sharp;
interface Placement {
  fill?: number;
  /** Share of the side by which the product stands off the middle. */
  off?: number;
  background?: string;
  /** SVG under and over the product, in thousandths of the side. */
  under?: string;
  over?: string;
}

/** The product cut out, changed, and placed on white. */
function placed(isRight: boolean, change: Change, placement: Placement = {}): AnswerKind {
  return { isRight, draw: async ({ cut }) => place(await changed(cut, change), placement) };
}
const right = (change: Change, placement?: Placement) => placed(true, change, placement);
const wrong = (change: Change, placement?: Placement) => placed(false, change, placement);

/** The photo again. */
function echo(change: Change): AnswerKind {
  return { isRight: false, draw: async ({ photo }) => jpeg(await changed(photo, change)) };
}
/** What is otherwise right, changed as a whole. */
function spoilt(change: Change): AnswerKind {
  return { isRight: false, draw: async ({ cut }) => jpeg(await changed(await place(cut, {}), change)) };
}

const same: Change = (picture) => picture;
const lit = (red: number, green = red, blue = red, lift = 0): Change => {
  return (picture) => picture.linear([red, green, blue], [lift, lift, lift]);
};
const blurred = (share: number): Change => {
  return (picture, { width, height }) => picture.blur(share * Math.max(width, height));
};
const stretched = (times: number): Change => {
  return (picture, { width, height }) => picture.resize(Math.round(width * times), height, { fit: 'fill' });
};
const cropped = (across: number, down: number): Change => {
  return (picture, { width, height }) =>
    picture.extract({
      left: 0,
      top: 0,
      width: Math.round(width * across),
      height: Math.round(height * down),
    });
};
const leaning: Change = (picture) => picture.rotate(2, { background: CLEAR });
/** Cropped by so much, a little more on one side. */
const closer = (share: number): Change => {
  return (picture, { width, height }) =>
    picture.extract({
      left: Math.round(0.4 * share * width),
      top: Math.round(0.6 * share * height),
      width: Math.round((1 - share) * width),
      height: Math.round((1 - share) * height),
    });
};
const words = (size: number, y: number, fill: string): string =>
  `<text x="500" y="${y}" font-size="${size}" text-anchor="middle" fill="${fill}" font-family="sans-serif" font-weight="bold">Limited edition 20 off</text>`;
const frame = (width: number): string =>
  `<rect x="30" y="30" width="940" height="940" fill="none" stroke="#444" stroke-width="${width}"/>`;
const SHADOW =
  '<defs><filter id="s" x="-1" y="-4" width="3" height="9"><feGaussianBlur stdDeviation="16"/></filter></defs><ellipse cx="500" cy="915" rx="300" ry="22" fill="#999" filter="url(#s)"/>';
const BOARDS = Array.from(
  { length: 10 },
  (_, i) =>
    `<rect y="${i * 100}" width="1000" height="96" fill="rgb(${150 + 7 * (i % 4)},${110 + 5 * (i % 3)},80)"/>`,
).join('');

/** Right and wrong answers to a photo, by what they are. Letters are three quarters as high as the size of their font. */
export const ANSWERS: Record<string, AnswerKind> = {
  'on white': right(same),
  'small in the frame': right(same, { fill: 0.55 }),
  'large in the frame': right(same, { fill: 0.94 }),
  'off the middle': right(same, { fill: 0.7, off: 0.06 }),
  'on off-white': right(same, { background: '#f3f2ef' }),
  'over a soft shadow': right(same, { under: SHADOW }),
  'lighter by 7 %': right(lit(1.07)),
  'darker by 7 %': right(lit(0.93)),
  'in warmer light': right(lit(1.08, 1, 0.9)),
  'in colder light': right(lit(0.92, 1, 1.08)),
  'with more contrast': right(lit(1.15, 1.15, 1.15, -15)),
  softer: right(blurred(0.002)),
  sharper: right((picture) => picture.sharpen({ sigma: 2 })),
  'leaning by 2°': right(leaning),
  'from a little aside': right(stretched(0.94)),
  'small file': {
    isRight: true,
    draw: async ({ cut }) =>
      sharp(await place(cut, {}))
        .resize(512)
        .webp({ quality: 60 })
        .toBuffer(),
  },
  'in use': { ...right(same, { fill: 0.45, under: BOARDS }), kind: 'lifestyle' },
  'close-up': { ...right(cropped(0.5, 0.6), { fill: 1.2 }), kind: 'detail' },

  'another product': { isRight: false, draw: (_, other) => place(other.cut, {}) },
  'hue off by 20°': wrong((picture) => picture.modulate({ hue: 20 })),
  'hue off by 40°': wrong((picture) => picture.modulate({ hue: 40 })),
  'hue off by 90°': wrong((picture) => picture.modulate({ hue: 90 })),
  'hue off by 180°': wrong((picture) => picture.modulate({ hue: 180 })),
  'without colour': wrong((picture) => picture.modulate({ saturation: 0 })),
  'half as light': wrong(lit(0.5)),
  'in use, hue off by 90°': {
    ...wrong((picture) => picture.modulate({ hue: 90 }), { fill: 0.45, under: BOARDS }),
    kind: 'lifestyle',
  },
  'close-up, hue off by 90°': {
    ...wrong(
      (picture, { width, height }) => cropped(0.5, 0.6)(picture, { width, height }).modulate({ hue: 90 }),
      { fill: 1.2 },
    ),
    kind: 'detail',
  },
  mirrored: wrong((picture) => picture.flop()),
  'upside down': wrong((picture) => picture.rotate(180)),
  'on its side': wrong((picture) => picture.rotate(90)),
  'lower third gone': wrong(cropped(1, 2 / 3)),
  'right third gone': wrong(cropped(2 / 3, 1)),
  'there twice': {
    isRight: false,
    draw: async ({ cut }) => place(await twice(cut), {}),
  },
  'wider by 30 %': wrong(stretched(1.3)),
  'wider by 70 %': wrong(stretched(1.7)),
  'words of 2 % beside it': wrong(same, { fill: 0.8, over: words(27, 975, '#333') }),
  'words of 3 % beside it': wrong(same, { fill: 0.8, over: words(40, 975, '#c00') }),
  'words of 5 % beside it': wrong(same, { fill: 0.72, over: words(67, 970, '#c00') }),
  'words of 2 % across it': wrong(same, { over: words(27, 510, '#fff') }),
  'words of 3 % across it': wrong(same, { over: words(40, 510, '#f22') }),
  'words of 5 % across it': wrong(same, { over: words(67, 510, '#111') }),
  'in a frame of 0.5 %': wrong(same, { fill: 0.75, over: frame(5) }),
  'in a frame of 2 %': wrong(same, { fill: 0.75, over: frame(20) }),
  'in a frame of 4 %': wrong(same, { fill: 0.75, over: frame(40) }),
  'cut off by the frame': wrong(same, { fill: 0.9, off: 0.2 }),
  'in a scene': wrong(same, { fill: 0.6, under: BOARDS }),
  'blurred by 1 % of the side': spoilt(blurred(0.01)),
  'blurred by 2 % of the side': spoilt(blurred(0.02)),
  blank: { isRight: false, draw: () => paper(0.1) },
  'blank with grain': { isRight: false, draw: () => paper(1) },
  '90 px': spoilt((picture) => picture.resize(90)),
  'the product 50 px large': wrong(same, { fill: 0.05 }),
  '4:3 in place of 1:1': spoilt((picture) => picture.extend({ left: 170, right: 170, background: '#fff' })),
  'the photo': echo(same),
  'the photo saved at quality 40': {
    isRight: false,
    draw: ({ photo }) => sharp(photo).jpeg({ quality: 40 }).toBuffer(),
  },
  'the photo smaller': echo((picture) => picture.resize(420)),
  'the photo lighter by 5 %': echo(lit(1.05)),
  'the photo darker by 5 %': echo(lit(0.95)),
  'the photo blurred': echo(blurred(0.004)),
  'the photo cropped by 3 %': echo(closer(0.03)),
  'the photo cropped by 5 %': echo(closer(0.05)),
  'the photo mirrored': echo((picture) => picture.flop()),
  'the photo upside down': echo((picture) => picture.rotate(180)),

  'words of 3 % across it, leaning by 2°': wrong(leaning, { over: words(40, 510, '#f22') }),
  'words of 3 % across it, from a little aside': wrong(stretched(0.94), { over: words(40, 510, '#f22') }),
  'words of 5 % across it, leaning by 2°': wrong(leaning, { over: words(67, 510, '#111') }),
};

async function changed(picture: Buffer, change: Change): Promise<Buffer> {
  const { width, height } = await sharp(picture).metadata();
  return change(sharp(picture), { width, height }).png({ compressionLevel: 1 }).toBuffer();
}

function jpeg(picture: Buffer): Promise<Buffer> {
  return sharp(picture).jpeg({ quality: 90 }).toBuffer();
}

/** A cut on a square background; what does not fit is cut off. */
async function place(cut: Buffer, placement: Placement): Promise<Buffer> {
  const { fill = 0.85, off = 0, background = '#fff', under = '', over = '' } = placement;
  const side = Math.round(fill * SIDE);
  const { data, info } = await sharp(cut)
    .resize(side, side, { fit: 'inside' })
    .png({ compressionLevel: 1 })
    .toBuffer({ resolveWithObject: true });
  const left = Math.round((SIDE - info.width) / 2 + off * SIDE);
  const top = Math.round((SIDE - info.height) / 2 + off * SIDE);
  const part = {
    left: Math.max(0, -left),
    top: Math.max(0, -top),
    width: Math.min(info.width, SIDE - left, SIDE),
    height: Math.min(info.height, SIDE - top, SIDE),
  };
  const inside = await sharp(data).extract(part).png({ compressionLevel: 1 }).toBuffer();
  const drawn = (svg: string) => ({
    input: Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}" viewBox="0 0 1000 1000">${svg}</svg>`,
    ),
  });
  return sharp({ create: { width: SIDE, height: SIDE, channels: 3, background } })
    .composite([drawn(under), { input: inside, left: Math.max(0, left), top: Math.max(0, top) }, drawn(over)])
    .jpeg({ quality: 90 })
    .toBuffer();
}

async function twice(cut: Buffer): Promise<Buffer> {
  const { width, height } = await sharp(cut).metadata();
  return sharp({ create: { width: Math.round(2.1 * width), height, channels: 4, background: CLEAR } })
    .composite([
      { input: cut, left: 0, top: 0 },
      { input: cut, left: Math.round(1.1 * width), top: 0 },
    ])
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/** Near white, with grain of so many levels. */
function paper(sigma: number): Promise<Buffer> {
  return sharp({
    create: {
      width: SIDE,
      height: SIDE,
      channels: 3,
      background: '#fff',
      noise: { type: 'gaussian', mean: 248, sigma },
    },
  })
    .jpeg({ quality: 90 })
    .toBuffer();
}
