/** Blocks of 8 × 8 pixels; a multiple of the 16,384 that one code of a scan covers. */
const WIDTH = 4096;
const HEIGHT = 3072;
const BLOCKS = (WIDTH / 8) * (HEIGHT / 8);
const RUN = 16_384;

/**
 * A grey progressive JPEG of 12.6 megapixels that repeats one empty scan: 33 bytes each, and each makes a decoder walk
 * over the whole picture. 25,000 of them are 0.8 MB and half a minute of CPU time.
 */
export function repeatedScans(count: number): Buffer {
  const size = [HEIGHT >> 8, HEIGHT & 255, WIDTH >> 8, WIDTH & 255];
  const head = [
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, [0, ...Array<number>(64).fill(1)]),
    segment(0xc2, [8, ...size, 1, 1, 0x11, 0]),
    // Each table has one code of one bit: "no difference" and "a run of blocks without details".
    segment(0xc4, [0x00, 1, ...Array<number>(15).fill(0), 0x00]),
    segment(0xc4, [0x10, 1, ...Array<number>(15).fill(0), 0xe0]),
    segment(0xda, [1, 1, 0x00, 0, 0, 0]),
    Buffer.alloc(BLOCKS / 8),
  ];
  const bits = (BLOCKS / RUN) * 15;
  const runs = Buffer.alloc(Math.ceil(bits / 8));
  runs[runs.length - 1] = 2 ** (8 * runs.length - bits) - 1;
  const scan = Buffer.concat([segment(0xda, [1, 1, 0x00, 1, 63, 0]), runs]);
  return Buffer.concat([...head, ...Array<Buffer>(count).fill(scan), Buffer.from([0xff, 0xd9])]);
}

function segment(marker: number, content: number[]): Buffer {
  const length = content.length + 2;
  return Buffer.from([0xff, marker, length >> 8, length & 255, ...content]);
}
