import {
  type BatchOptions,
  findProfile,
  imagesPerSku,
  PROFILES,
  type Profile,
  say,
} from '@image-studio/contract';
import type { FaultList } from './fault-list.ts';
import type { Warning } from './warning.ts';

/** Checks that the marketplace of a batch takes what the batch would make. */
export function checkProfile(options: BatchOptions, faults: FaultList): Warning[] {
  const profile = findProfile(options.profile);
  if (!profile) {
    const known = PROFILES.map(({ id }) => id).join(', ');
    faults.add({ path: 'profile', ...say`is not a known profile; known: ${known}` });
    return [];
  }
  const count = imagesPerSku(options);
  if (count > profile.maxImages) {
    const said = say`asks for ${count} pictures a SKU, a listing of ${profile.id} takes ${profile.maxImages}`;
    faults.add({ path: 'secondary', ...said });
  }
  return checkOutput(options.output, profile, faults);
}

/** An output may override a profile only within what its marketplace accepts. */
function checkOutput(output: BatchOptions['output'], profile: Profile, faults: FaultList): Warning[] {
  const { accepts, id, maxBytes } = profile;
  if (!output || !accepts) return [];
  const { format, width, height } = output;
  if (!accepts.formats.includes(format)) {
    const said = say`is ${format}, which ${id} does not accept; it takes ${accepts.formats.join(' and ')}`;
    faults.add({ path: 'output.format', ...said });
  }
  const side = Math.max(width, height);
  const path = width >= height ? 'output.width' : 'output.height';
  if (side > accepts.maxSide) {
    faults.add({ path, ...say`is ${side}, ${id} takes at most ${accepts.maxSide} pixels a side` });
  } else if (width * height > accepts.maxPixels) {
    const said = say`and height make ${megapixels(width * height)} megapixels, ${id} takes at most ${megapixels(accepts.maxPixels)}`;
    faults.add({ path: 'output.width', ...said });
  }
  if (output.maxBytes !== undefined && output.maxBytes > maxBytes) {
    const said = say`is ${output.maxBytes}, ${id} takes at most ${maxBytes} bytes`;
    faults.add({ path: 'output.maxBytes', ...said });
  }
  return side < accepts.minSide
    ? [
        {
          path,
          ...say`is ${side}, ${id} asks for at least ${accepts.minSide} pixels and may turn the pictures away`,
        },
      ]
    : [];
}

function megapixels(pixels: number): number {
  return Math.round(pixels / 1e5) / 10;
}
