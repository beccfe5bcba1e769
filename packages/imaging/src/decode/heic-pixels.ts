import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

export interface HeicPixels {
  /** Rows without gaps, 8 bits a sample: RGB, or RGBA with `alpha`. Upright: libheif turns, mirrors and crops. */
  data: Buffer;
  width: number;
  height: number;
  /**
   * Colour primaries by ISO 23091-2 where the file names them by number and has no profile: 1 of sRGB, 12 of Display P3;
   * 2 (unspecified) otherwise.
   */
  primaries: number;
}

export interface HeicOptions {
  maxPixels: number;
  alpha: boolean;
}

/**
 * Decodes the main picture of a HEIC file, in a thread of its own: WebAssembly holds its thread for 1–2 s, in which a child
 * could not watch its own limits. The decoder is loaded by the thread and goes with it, so who never meets a HEIC pays
 * nothing for it. Rejects with an `Error` that says what is wrong with the bytes.
 */
export async function heicPixels(bytes: Buffer, { maxPixels, alpha }: HeicOptions): Promise<HeicPixels> {
  // The function's own source: the thread needs no file of its own, so it runs the same from `src` and from `dist`.
  const worker = new Worker(`(${runThread.toString()})();`, {
    eval: true,
    workerData: {
      bytes,
      alpha,
      maxSquare: Math.ceil(Math.sqrt(maxPixels)),
      library: createRequire(import.meta.url).resolve('libheif-js/libheif-wasm/libheif.js'),
      program: createRequire(import.meta.url).resolve('libheif-js/libheif-wasm/libheif.wasm'),
    },
  });
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.once('exit', () => reject(new Error('the decoder ended without an answer')));
    });
    if ('error' in answer) throw new Error(answer.error);
    return { ...answer, data: Buffer.from(answer.data) };
  } finally {
    await worker.terminate();
  }
}

type Answer = (Omit<HeicPixels, 'data'> & { data: ArrayBuffer }) | { error: string };

/* istanbul ignore next: its source text is what the thread runs, so counters in it would break there. */
/**
 * The thread's program. Everything it needs is inside or handed in, because only its source text reaches the thread. Calls
 * the C interface of libheif: addresses are numbers, and a result that is a structure goes where the first argument says.
 */
function runThread(): void {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const { bytes, alpha, maxSquare, library, program } = workerData;
  const load = process.getBuiltinModule('node:module').createRequire(library)(library);
  // Numbers of libheif's enumerations.
  const RGB = 1;
  const INTERLEAVED = 10;
  const INTERLEAVED_RGB = 10;
  const INTERLEAVED_RGBA = 11;
  const NCLX = 0x6e636c78;
  const UNSPECIFIED = 2;
  /** Of `strict_decoding` in `heif_decoding_options`: damage is an error, not a grey patch. */
  const STRICT_AT = 21;

  const decode = () => {
    const heif = load({ wasmBinary: readFileSync(program) });
    // Views are made anew when the memory grows, so each is asked for when it is used.
    const word = (at: number): number => heif.HEAPU32[at >> 2];
    const error: number = heif._malloc(12);
    const out: number = heif._malloc(4);
    const check = () => {
      if (word(error) === 0) return;
      const start = word(error + 8);
      const end = heif.HEAPU8.indexOf(0, start);
      throw new Error(Buffer.from(heif.HEAPU8.subarray(start, end)).toString('utf8'));
    };
    const context: number = heif._heif_context_alloc();
    heif._heif_context_set_maximum_image_size_limit(context, maxSquare);
    const file: number = heif._malloc(bytes.length);
    heif.HEAPU8.set(bytes, file);
    heif._heif_context_read_from_memory_without_copy(error, context, file, bytes.length, 0);
    check();
    heif._heif_context_get_primary_image_handle(error, context, out);
    check();
    const handle = word(out);
    const options: number = heif._heif_decoding_options_alloc();
    heif.HEAPU8[options + STRICT_AT] = 1;
    const chroma = alpha ? INTERLEAVED_RGBA : INTERLEAVED_RGB;
    heif._heif_decode_image(error, handle, out, RGB, chroma, options);
    check();
    const image = word(out);
    const width: number = heif._heif_image_get_width(image, INTERLEAVED);
    const height: number = heif._heif_image_get_height(image, INTERLEAVED);
    const plane: number = heif._heif_image_get_plane_readonly(image, INTERLEAVED, out);
    const stride = word(out);
    if (plane === 0 || width <= 0 || height <= 0) throw new Error('it has no pixels');
    const row = width * (alpha ? 4 : 3);
    const data = new Uint8Array(row * height);
    for (let y = 0; y < height; y += 1) {
      const from = plane + y * stride;
      data.set(heif.HEAPU8.subarray(from, from + row), y * row);
    }
    let primaries = UNSPECIFIED;
    if (heif._heif_image_handle_get_color_profile_type(handle) >>> 0 === NCLX) {
      heif._heif_image_handle_get_nclx_color_profile(error, handle, out);
      check();
      primaries = word(word(out) + 4);
    }
    return { data: data.buffer, width, height, primaries };
  };

  try {
    const answer = decode();
    parentPort?.postMessage(answer, [answer.data]);
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
}
