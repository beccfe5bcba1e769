import type { Profile } from '../profile.ts';
import { MEGABYTE, OWN_CHOICE, RGB_ADVICE, SRGB, WHITE } from './shared.ts';

const GUIDE = {
  source:
    'Zalando image guidelines (updated 2025-03-03), partner.zalando.com/university/article/zalando-image-guidelines',
  date: '2026-11-29',
};
/** The numbers stand in the guides for each assortment, which are alike in them. */
const NUMBERS = {
  source: 'Accessories image guide, partner.zalando.com/university/article/accessories-image-guide',
  date: '2026-11-29',
};

/** How many pictures an article may have, and the exact bounds of white, could not be found. */
export const ZALANDO: Profile = {
  id: 'zalando',
  title: 'Zalando packshot',
  width: 1801,
  height: 2600,
  format: 'jpeg',
  quality: 90,
  maxBytes: 20 * MEGABYTE,
  background: WHITE,
  fill: { min: 0.8, target: 0.85, max: 0.95 },
  colourSpace: 'srgb',
  maxImages: 10,
  accepts: { formats: ['jpeg'], minSide: 1100, maxSide: 10_000, maxPixels: 100_000_000 },
  notes: [
    'Upright, 1:1.44. Clothing and shoes also need views on a model, which are not made here.',
    'A picture of the right size that is blurred is turned away.',
  ],
  sources: [
    {
      fields: ['width', 'height', 'format', 'accepts.formats', 'accepts.minSide', 'maxBytes'],
      rule: '1801 × 2600 as best practice, 1:1.44; accepts: JPG/JPEG, at least 762 × 1100; 20 MB',
      ...NUMBERS,
    },
    {
      fields: ['background'],
      rule: 'packshots typically have a white background, primary ones must',
      ...GUIDE,
    },
    {
      fields: ['maxImages', 'accepts.maxSide', 'accepts.maxPixels', 'quality', 'fill'],
      rule: 'ten pictures; 10,000 pixels a side, 100 megapixels; quality 90; fill',
      source: OWN_CHOICE,
      date: '2026-11-29',
    },
    SRGB,
  ],
  demands: [
    { rule: 'format', formats: ['jpeg'], ...NUMBERS },
    { rule: 'bytes', most: 20 * MEGABYTE, ...NUMBERS },
    { rule: 'shorterSide', least: 762, ...NUMBERS },
    { rule: 'longerSide', least: 1100, ...NUMBERS },
    { rule: 'ratio', least: 0.68, most: 0.71, ...NUMBERS },
    { rule: 'placeholder', of: 'main', ...GUIDE },
    RGB_ADVICE,
  ],
};
