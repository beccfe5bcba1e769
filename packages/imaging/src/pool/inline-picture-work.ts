import { measureListingPicture } from '../audit/measure-listing-picture.ts';
import { inspectPicture } from '../decode/inspect-picture.ts';
import { examinePhoto } from '../examine-photo.ts';
import { finishImage } from '../finish-image.ts';
import { renderLocally } from '../local-engine/render-locally.ts';
import { preparePhoto } from '../prepare-photo.ts';
import type { PictureWork } from './picture-work.ts';
import type { CpuLimiter } from './sharp-settings.ts';

/** Works in this process: each child runs it, and so do tests that run from source. */
export function inlinePictureWork(cpu: CpuLimiter): PictureWork {
  const work: PictureWork = {
    ownedBy: () => work,
    examine: (path, limits, signal) => cpu.run(() => examinePhoto(path, limits), signal),
    prepare: (photo, limits, signal) => cpu.run(() => preparePhoto(photo, limits, signal), signal),
    measure: (data, signal) => cpu.run(() => measureListingPicture(data), signal),
    finish: (image, spec, signal) => cpu.run(() => finishImage(image, spec, signal), signal),
    render: (request, signal) => cpu.run(() => renderLocally(request, signal), signal),
    inspect: (image, signal) => cpu.run(() => inspectPicture(image), signal),
    usage: () => ({ cpuSeconds: 0, children: 0, memoryBytes: 0 }),
    close: async () => {},
  };
  return work;
}
