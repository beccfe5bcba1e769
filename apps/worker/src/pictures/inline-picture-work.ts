import { createLocalModel } from '../model/local.ts';
import { finishImage } from '../pipeline/finish.ts';
import { prepare } from '../pipeline/prepare.ts';
import type { CpuGate } from '../sharp-settings.ts';
import type { PictureWork } from './picture-work.ts';

/** Works on this thread; what each picture thread runs, and what tests use that run from source. */
export function inlinePictureWork(cpu: CpuGate): PictureWork {
  const local = createLocalModel();
  return {
    prepare: (photo, limits, signal) => cpu.run(() => prepare(photo, limits, signal), signal),
    finish: (image, spec, signal) => cpu.run(() => finishImage(image, spec, signal), signal),
    render: (request, signal) => cpu.run(() => local.generate(request, signal), signal),
    close: async () => {},
  };
}
