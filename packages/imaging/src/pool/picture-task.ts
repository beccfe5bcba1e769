import type { Failure } from '@image-studio/contract';
import { asStageError, StageError, toFailure, type Verdict } from '@image-studio/contract';
import { RenderError, type RenderErrorKind } from '../local-engine/render-request.ts';
import type { PictureWork } from './picture-work.ts';

type TaskName = Exclude<keyof PictureWork, 'ownedBy' | 'usage' | 'close'>;

/** What goes to a child: a method of `PictureWork` and its arguments, without the signal. */
export type PictureTask = {
  [Name in TaskName]: {
    name: Name;
    args: Parameters<PictureWork[Name]> extends [...infer Args, AbortSignal] ? Args : never;
  };
}[TaskName];

/** What comes back. Classes do not survive the way between processes, so errors travel as values. */
export type PictureResult = { ok: true; value: unknown } | { ok: false; fault: PictureFault };

export type PictureFault =
  | { type: 'stage'; failure: Failure; verdict: Verdict }
  | { type: 'render'; kind: RenderErrorKind; message: string }
  | { type: 'other'; message: string };

export function toFault(error: unknown): PictureFault {
  if (error instanceof StageError) {
    return { type: 'stage', failure: toFailure(error, 'prepare'), verdict: error.verdict };
  }
  if (error instanceof RenderError) return { type: 'render', kind: error.kind, message: error.message };
  return { type: 'other', message: error instanceof Error ? error.message : String(error) };
}

export function fromFault(fault: PictureFault): Error {
  switch (fault.type) {
    case 'stage':
      return asStageError(fault.failure, { verdict: fault.verdict });
    case 'render':
      return new RenderError(fault.kind, fault.message);
    case 'other':
      return new Error(fault.message);
  }
}
