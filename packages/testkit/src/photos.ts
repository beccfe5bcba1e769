import sharp, { type Sharp } from 'sharp';

export { phoneHeic } from './phone-heic.ts';
export { repeatedScans } from './repeated-scans.ts';

export interface Colour {
  r: number;
  g: number;
  b: number;
}

export type PhotoShape = 'box' | 'bottle' | 'mug' | 'disc';
export type PhotoBackground = 'studio' | 'white' | 'wood' | 'concrete';
export type PhotoFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff' | 'gif';

export interface ProductPhoto {
  /** Moves and lights the scene a little; equal options give equal bytes. */
  seed: number;
  /** The product's own colour: what a test looks for in the result. `distinctColour` gives many. */
  colour: Colour;
  shape?: PhotoShape;
  width?: number;
  height?: number;
  background?: PhotoBackground;
  format?: PhotoFormat;
  /** 1–8: the pixels are stored turned, with the EXIF tag that says how to show them upright. */
  exifOrientation?: number;
  /** No background: the product stands on transparency (formats without alpha get white). */
  alpha?: boolean;
}

/**
 * A supplier-like photo: one product of a known colour, standing slightly off centre on a lit background with a soft
 * shadow and sensor noise. The product covers the centre of the picture, where its colour is nearly pure.
 */
export async function productPhoto(photo: ProductPhoto): Promise<Buffer> {
  const { width = 800, height = 800, format = 'jpeg' } = photo;
  const scene = sharp(Buffer.from(drawScene(photo, width, height)));
  const pixels = await scene.raw().toBuffer();
  if (!photo.alpha) addNoise(pixels, photo.seed);
  let image = sharp(pixels, { raw: { width, height, channels: 4 } });
  if (!photo.alpha) image = image.removeAlpha();
  return encode(await turned(image, photo.exifOrientation), format, photo.exifOrientation);
}

/** The `index`-th of a series of saturated colours that are easily told apart, by the golden angle of hue. */
export function distinctColour(index: number): Colour {
  const hue = (index * 137.508) % 360;
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    return Math.round(255 * (0.45 - 0.4 * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return { r: channel(0), g: channel(8), b: channel(4) };
}

/** A JPEG cut off after `share` of its bytes. */
export async function truncatedJpeg(share = 0.5): Promise<Buffer> {
  const whole = await productPhoto({ seed: 1, colour: distinctColour(1) });
  return whole.subarray(0, Math.floor(whole.length * share));
}

/** A vector drawing, which photo pipelines must not render. */
export function svgDrawing(): Buffer {
  return Buffer.from(
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="600" height="600"><rect width="600" height="600" fill="red"/></svg>',
  );
}

/** A small PNG that claims so many pixels. By default 30,000 × 30,000: 900 megapixels once decoded. */
export function pixelBomb(width = 30_000, height = 30_000): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', Buffer.alloc(64)),
    pngChunk('IEND'),
  ]);
}

/** A JPEG in the colour space of print, as suppliers' catalogue departments send them. */
export async function cmykJpeg(colour: Colour, size = 400): Promise<Buffer> {
  return sharp({ create: { width: size, height: size, channels: 3, background: colour } })
    .toColourspace('cmyk')
    .withIccProfile('cmyk')
    .jpeg({ quality: 95 })
    .toBuffer();
}

/** 16 bits a channel. */
export async function png16(colour: Colour, size = 400): Promise<Buffer> {
  return sharp({ create: { width: size, height: size, channels: 3, background: colour } })
    .toColourspace('rgb16')
    .png()
    .toBuffer();
}

/** Three frames, one for each colour. */
export async function animatedGif(colours: readonly [Colour, Colour, Colour], size = 120): Promise<Buffer> {
  const frames = await Promise.all(
    colours.map((background) =>
      sharp({ create: { width: size, height: size, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  return sharp(frames, { join: { animated: true } })
    .gif({ delay: [100, 100, 100] })
    .toBuffer();
}

/** Text that calls itself nothing in particular. */
export function notAnImage(): Buffer {
  return Buffer.from('This is a price list, not a photo.\n'.repeat(20));
}

export function emptyFile(): Buffer {
  return Buffer.alloc(0);
}

function drawScene(photo: ProductPhoto, width: number, height: number): string {
  const random = createRandom(photo.seed);
  const side = Math.min(width, height);
  const drift = () => (random() - 0.5) * side * 0.06;
  const [cx, cy] = [width / 2 + drift(), height / 2 + drift()];
  const half = side * (0.26 + random() * 0.04);
  const background = photo.alpha ? '' : drawBackground(photo.background ?? 'studio', width, height, random);
  const shadow = photo.alpha
    ? ''
    : `<ellipse cx="${cx + half * 0.15}" cy="${cy + half * 1.02}" rx="${half * 1.05}" ry="${half * 0.14}" fill="#000" opacity=".35" filter="url(#soft)"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs>
      <filter id="soft" x="-50%" y="-150%" width="200%" height="400%"><feGaussianBlur stdDeviation="${side * 0.015}"/></filter>
      <linearGradient id="light" x1="0" x2="1"><stop offset="0" stop-color="#fff" stop-opacity=".18"/><stop offset=".35" stop-color="#fff" stop-opacity="0"/><stop offset=".7" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".2"/></linearGradient>
    </defs>
    ${background}${shadow}
    ${drawProduct(photo.shape ?? 'box', cx, cy, half, rgb(photo.colour))}
    ${drawProduct(photo.shape ?? 'box', cx, cy, half, 'url(#light)')}
  </svg>`;
}

function drawBackground(
  background: PhotoBackground,
  width: number,
  height: number,
  random: () => number,
): string {
  const fill = (colour: string) => `<rect width="${width}" height="${height}" fill="${colour}"/>`;
  if (background === 'white') return fill('#fff');
  if (background === 'studio') {
    const grey = 205 + Math.round(random() * 20);
    return `<defs><radialGradient id="background" cx=".5" cy=".4" r=".8"><stop offset="0" stop-color="${rgb({ r: grey + 15, g: grey + 15, b: grey + 15 })}"/><stop offset="1" stop-color="${rgb({ r: grey - 35, g: grey - 35, b: grey - 33 })}"/></radialGradient></defs>${fill('url(#background)')}`;
  }
  if (background === 'concrete') return fill('#a9a7a2');
  const planks = Array.from({ length: 6 }, (_, index) => {
    const tone = 120 + Math.round(random() * 40);
    return `<rect y="${(index * height) / 6}" width="${width}" height="${height / 6 - 2}" fill="${rgb({ r: tone + 40, g: tone, b: tone - 45 })}"/>`;
  });
  return fill('#5a4028') + planks.join('');
}

function drawProduct(shape: PhotoShape, cx: number, cy: number, half: number, fill: string): string {
  const rect = (x: number, y: number, w: number, h: number, r: number) =>
    `<rect x="${cx + x * half}" y="${cy + y * half}" width="${w * half}" height="${h * half}" rx="${r * half}" fill="${fill}"/>`;
  if (shape === 'disc') return `<circle cx="${cx}" cy="${cy}" r="${half}" fill="${fill}"/>`;
  if (shape === 'bottle') return rect(-0.22, -1, 0.44, 0.5, 0.06) + rect(-0.5, -0.5, 1, 1.5, 0.15);
  if (shape === 'mug') {
    const ring = `M ${cx + 0.7 * half} ${cy - 0.5 * half} h ${0.15 * half} a ${0.5 * half} ${0.5 * half} 0 0 1 0 ${half} h ${-0.15 * half} v ${-0.2 * half} h ${0.12 * half} a ${0.3 * half} ${0.3 * half} 0 0 0 0 ${-0.6 * half} h ${-0.12 * half} z`;
    return `${rect(-0.8, -0.9, 1.5, 1.9, 0.08)}<path d="${ring}" fill="${fill}"/>`;
  }
  return rect(-1, -1, 2, 2, 0.05);
}

/**
 * ±3 steps a channel, like a sensor at low ISO. Alpha stays. The loop touches no globals: inside jest each mention of
 * `Math` costs an interceptor call, which made this 100 times slower.
 */
function addNoise(pixels: Buffer, seed: number): void {
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  const end = clamped.length;
  // xorshift32, which must not start at 0.
  let state = (seed ^ 0x9e3779b9) | 1;
  for (let at = 0; at < end; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const noise = ((state >>> 8) % 7) - 3;
    clamped[at] = (clamped[at] ?? 0) + noise;
    clamped[at + 1] = (clamped[at + 1] ?? 0) + noise;
    clamped[at + 2] = (clamped[at + 2] ?? 0) + noise;
  }
}

/** Stores the pixels the way a camera held like that would: the inverse of what the viewer does. */
async function turned(image: Sharp, orientation: number | undefined): Promise<Sharp> {
  if (!orientation || orientation === 1) return image;
  const [mirrored, degrees] = STORED_AS[orientation] ?? [false, 0];
  // Through a file, because sharp applies rotate and flop in its own order within one pipeline.
  const rotated = await image.rotate(degrees).png().toBuffer();
  return mirrored ? sharp(await sharp(rotated).flop().png().toBuffer()) : sharp(rotated);
}

/** EXIF orientation → how to store upright pixels: turned clockwise by so much, then mirrored left to right. */
const STORED_AS: Record<number, [mirrored: boolean, degrees: number]> = {
  2: [true, 0],
  3: [false, 180],
  4: [true, 180],
  5: [true, 90],
  6: [false, 270],
  7: [true, 270],
  8: [false, 90],
};

function encode(image: Sharp, format: PhotoFormat, orientation: number | undefined): Promise<Buffer> {
  const tagged = orientation ? image.withMetadata({ orientation }) : image;
  switch (format) {
    case 'jpeg':
      return tagged.flatten({ background: '#fff' }).jpeg({ quality: 92 }).toBuffer();
    case 'png':
      return tagged.png().toBuffer();
    case 'webp':
      return tagged.webp({ quality: 92 }).toBuffer();
    case 'avif':
      return tagged.avif({ quality: 75, effort: 0 }).toBuffer();
    case 'tiff':
      return tagged.tiff({ compression: 'lzw' }).toBuffer();
    case 'gif':
      return tagged.gif().toBuffer();
  }
}

function rgb({ r, g, b }: Colour): string {
  return `rgb(${r},${g},${b})`;
}

/** mulberry32: small, fast and the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function pngChunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** As PNG defines it; `zlib.crc32` came only with Node 22. */
function crc32(data: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
