import {
  distinctColour,
  type PhotoBackground,
  type PhotoShape,
  productPhoto,
} from '@image-studio/testkit/photos';
import sharp from 'sharp';

const WIDTH = 4000;
const HEIGHT = 3000;
const BACKGROUNDS: PhotoBackground[] = ['studio', 'wood', 'concrete'];
const SHAPES: PhotoShape[] = ['box', 'bottle', 'mug', 'disc'];
/**
 * Photographs have about equal contrast at every scale, from the light on the wall to the grain of the cloth; drawings have
 * none at most. With this much of it, at 1600 px and quality 85, WebP takes what it takes for real ones (0.7 bits a
 * pixel, mean of six photographs).
 */
const CONTRAST = 5;
const COARSEST_PX = 512;
const SENSOR_NOISE = 3;

/** Supplier photos of 12 megapixels with texture and sensor noise, the same in every run. */
export async function benchPhotos(count: number): Promise<Buffer[]> {
  const photos: Buffer[] = [];
  const texture = await drawTexture();
  for (let n = 0; n < count; n += 1) {
    const drawn = await productPhoto({
      seed: n + 1,
      colour: distinctColour(n),
      background: BACKGROUNDS[n % BACKGROUNDS.length] ?? 'studio',
      shape: SHAPES[n % SHAPES.length] ?? 'box',
      width: WIDTH,
      height: HEIGHT,
    });
    photos.push(await textured(drawn, texture, n + 1));
  }
  return photos;
}

async function drawTexture(): Promise<Float32Array> {
  const random = randomOf(1);
  const texture = new Float32Array(WIDTH * HEIGHT);
  for (let size = COARSEST_PX; size >= 2; size /= 2) await addOctave(texture, size, random);
  return texture;
}

/** The drawing in the texture's light, each photo in another part of it. */
async function textured(drawn: Buffer, texture: Float32Array, seed: number): Promise<Buffer> {
  const random = randomOf(seed);
  const pixels = await sharp(drawn).removeAlpha().raw().toBuffer();
  const shift = seed * 777 * WIDTH + seed * 333;
  for (let at = 0; at < texture.length; at += 1) {
    const light = (texture[(at + shift) % texture.length] ?? 0) + SENSOR_NOISE * (random() + random() - 1);
    for (let channel = 3 * at; channel < 3 * at + 3; channel += 1) {
      pixels[channel] = Math.max(0, Math.min(255, (pixels[channel] ?? 0) + light));
    }
  }
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();
}

/** Adds noise whose finest detail is `size` pixels wide. */
async function addOctave(texture: Float32Array, size: number, random: () => number): Promise<void> {
  const width = Math.ceil(WIDTH / size);
  const height = Math.ceil(HEIGHT / size);
  const noise = Uint8Array.from({ length: width * height }, () => 256 * random());
  const grown = await sharp(noise, { raw: { width, height, channels: 1 } })
    .resize(WIDTH, HEIGHT, { fit: 'fill', kernel: 'cubic' })
    .extractChannel(0)
    .raw()
    .toBuffer();
  for (let at = 0; at < texture.length; at += 1) {
    texture[at] = (texture[at] ?? 0) + (CONTRAST * ((grown[at] ?? 128) - 128)) / 128;
  }
}

/** mulberry32: small, fast, the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
