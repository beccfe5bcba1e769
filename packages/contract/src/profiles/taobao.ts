import type { Profile } from '../profile.ts';
import { LOOKED_UP, MEGABYTE, OWN_CHOICE, SRGB, WHITE } from './shared.ts';

export const TAOBAO: Profile = {
  id: 'taobao',
  title: 'Taobao and Tmall main image',
  width: 800,
  height: 800,
  format: 'jpeg',
  quality: 90,
  maxBytes: 3 * MEGABYTE,
  background: WHITE,
  fill: { min: 0.8, target: 0.85, max: 0.95 },
  colourSpace: 'srgb',
  maxImages: 5,
  accepts: { formats: ['jpeg', 'png'], minSide: 700, maxSide: 10_000, maxPixels: 50_000_000 },
  notes: ['The fifth main picture has to be on pure white, without shadow.'],
  sources: [
    {
      fields: [
        'width',
        'height',
        'format',
        'accepts.formats',
        'accepts.minSide',
        'maxBytes',
        'maxImages',
        'background',
      ],
      rule: 'square, at least 800 × 800; accepts: JPEG and PNG, 700 pixels for the magnifier, about 3 MB; five pictures, one on white',
      source: 'common among sellers of Taobao and Tmall; their own rules cannot be read without an account',
      date: LOOKED_UP,
    },
    {
      fields: ['accepts.maxSide', 'accepts.maxPixels', 'quality', 'fill'],
      rule: 'accepts: 10,000 pixels a side, 50 megapixels; quality 90; fill',
      source: OWN_CHOICE,
      date: LOOKED_UP,
    },
    SRGB,
  ],
};
