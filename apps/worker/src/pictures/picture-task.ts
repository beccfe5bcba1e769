import type { FailureCode } from '@image-studio/contract';
import { StageError, type Verdict } from '@image-studio/contract';
import { ModelError, type ModelErrorKind } from '../model/image-model.ts';
import type { PictureWork } from './picture-work.ts';

/** What goes to a picture thread: a method of `PictureWork` and its arguments, without the signal. */
export type PictureTask = {
  [Name in Exclude<keyof PictureWork, 'close'>]: {
    name: Name;
    args: Parameters<PictureWork[Name]> extends [...infer Args, AbortSignal] ? Args : never;
  };
}[Exclude<keyof PictureWork, 'close'>];

/** What comes back. Classes do not survive the way between threads, so errors travel as values. */
export type PictureResult = { ok: true; value: unknown } | { ok: false; fault: PictureFault };

export type PictureFault =
  | { type: 'stage'; code: FailureCode; message: string; verdict: Verdict }
  | { type: 'model'; kind: ModelErrorKind; message: string }
  | { type: 'other'; message: string };

export function toFault(error: unknown): PictureFault {
  if (error instanceof StageError) {
    return { type: 'stage', code: error.code, message: error.message, verdict: error.verdict };
  }
  if (error instanceof ModelError) return { type: 'model', kind: error.kind, message: error.message };
  return { type: 'other', message: error instanceof Error ? error.message : String(error) };
}

export function fromFault(fault: PictureFault): Error {
  switch (fault.type) {
    case 'stage':
      return new StageError(fault.code, fault.message, { verdict: fault.verdict });
    case 'model':
      return new ModelError(fault.kind, fault.message);
    case 'other':
      return new Error(fault.message);
  }
}

/** Between threads a `Buffer` arrives as a bare `Uint8Array`; makes buffers of those again, wherever they are in `value`. */
export function withBuffers<T>(value: T): T {
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength) as unknown as T;
  }
  if (Array.isArray(value)) return value.map((item) => withBuffers(item)) as unknown as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withBuffers(field)])) as T;
}
