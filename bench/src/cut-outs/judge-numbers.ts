import sharp from 'sharp';
import { numbersIn, openImaging } from '../thresholds.ts';
import { type Composite, TRUTH_SIDE } from './draw-composite.ts';
import { judgeMap, type MapVerdict } from './judge-map.ts';

/** Side of the map that photos as large as these are cut on. */
const MAP_SIDE = 400;
const TIMES = [0.5, 2];

/**
 * Halves and doubles each number of the tables of `segment` whose file's name contains a part that is asked for, alone, and cuts all
 * photos anew. Prints how many are cut otherwise then, how many cuts are right and sure, and how many are sure but wrong.
 */
export async function judgeNumbers(photos: AsyncIterable<Composite>, only: string[]): Promise<void> {
  const { imaging, tables, close } = await openImaging();
  try {
    const numbers = [...tables]
      .filter(([file]) => file.startsWith('segment/') && only.some((part) => file.includes(part)))
      .flatMap(([file, table]) =>
        numbersIn(table).map((number) => ({ ...number, file, counts: TIMES.map(() => new Counts()) })),
      );
    const once = new Counts();
    for await (const { jpeg, alpha } of photos) {
      const picture = await imaging.decodePicture(jpeg, 2048);
      const truth = await onMap(alpha);
      const before = judgeMap(imaging, picture, truth);
      once.add(before, before);
      for (const { holder, key, value, counts } of numbers) {
        for (const [n, times] of TIMES.entries()) {
          holder[key] = value * times;
          counts[n]?.add(judgeMap(imaging, picture, truth), before);
        }
        holder[key] = value;
      }
    }
    console.log(`As it is: ${once}`);
    for (const { file, name, value, counts } of numbers)
      console.log(`${file} ${name} ${value}: halved ${counts[0]}; doubled ${counts[1]}`);
  } finally {
    close();
  }
}

class Counts {
  #otherwise = 0;
  #right = 0;
  #wrong = 0;

  add({ isSure, isRight, mask }: MapVerdict, before: MapVerdict): void {
    if (Buffer.compare(mask ?? Buffer.of(), before.mask ?? Buffer.of()) !== 0 || isSure !== before.isSure)
      this.#otherwise++;
    if (isSure && isRight) this.#right++;
    if (isSure && !isRight) this.#wrong++;
  }

  toString(): string {
    return `${this.#otherwise} otherwise, ${this.#right} right and sure, ${this.#wrong} sure but wrong`;
  }
}

function onMap(alpha: Buffer): Promise<Buffer> {
  return sharp(alpha, { raw: { width: TRUTH_SIDE, height: TRUTH_SIDE, channels: 1 } })
    .resize(MAP_SIDE, MAP_SIDE)
    .toColourspace('b-w')
    .raw()
    .toBuffer();
}
