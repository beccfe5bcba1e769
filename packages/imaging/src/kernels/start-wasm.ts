/** The memory that a module works on. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** By so many pages of 64 KiB; views of the old `buffer` end. */
  grow(pages: number): number;
}

/** The part of the WebAssembly API that is used here: TypeScript declares it for browsers only. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { exports: unknown };
};

const PAGE = 65_536;

/**
 * Starts a compiled module (base64) on a memory of its own. `Functions` says what it looks like from here. Loops over millions
 * of pixels run four to eight times as fast in it as in JavaScript, because an instruction works on 4 to 16 values at once.
 */
export function startWasm<Functions>(compiled: string): Functions & { memory: WasmMemory } {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(Buffer.from(compiled, 'base64'));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { memory, ...(exports as Functions) };
}

/** Grows the memory to so many bytes, if it is smaller, and returns them, with whatever they held before. */
export function roomIn(memory: WasmMemory, bytes: number): Uint8Array {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return new Uint8Array(memory.buffer, 0, bytes);
}
