import { inspectPicture } from '../model/inspect-picture.ts';
import { createLocalModel } from '../model/local.ts';
import { finishImage } from '../pipeline/finish.ts';
import { prepare } from '../pipeline/prepare.ts';
import type { CpuGate } from '../sharp-settings.ts';
import type { PictureWork } from './picture-work.ts';

/** Works in this process: what each child runs, and what tests use that run from source. */
export function inlinePictureWork(cpu: CpuGate): PictureWork {
  const local = createLocalModel();
  return {
    prepare: (photo, limits, signal) => cpu.run(() => prepare(photo, limits, signal), signal),
    finish: (image, spec, signal) => cpu.run(() => finishImage(image, spec, signal), signal),
    render: (request, signal) => cpu.run(() => local.generate(request, signal), signal),
    inspect: (image, signal) => cpu.run(() => inspectPicture(image), signal),
    usage: () => ({ cpuSeconds: 0, children: 0, memoryBytes: 0 }),
    close: async () => {},
  };
}
