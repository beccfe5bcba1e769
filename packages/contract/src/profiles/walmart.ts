import type { Profile } from '../profile.ts';
import { MEGABYTE, OWN_CHOICE, RGB_ADVICE, SRGB, WHITE } from './shared.ts';

const PAGE = {
  source:
    'Product detail page: Image guidelines & requirements (last updated 2025-07-15), marketplacelearn.walmart.com/guides/Item%20setup/Item%20content,%20imagery,%20and%20media/Product-detail-page:-Image-guidelines-&-requirements',
  date: '2026-11-28',
};

export const WALMART: Profile = {
  id: 'walmart',
  title: 'Walmart main image',
  width: 2200,
  height: 2200,
  format: 'jpeg',
  quality: 90,
  maxBytes: 5 * MEGABYTE,
  background: WHITE,
  fill: { min: 0.8, target: 0.85, max: 0.95 },
  colourSpace: 'srgb',
  maxImages: 10,
  accepts: { formats: ['jpeg', 'png'], minSide: 1500, maxSide: 10000, maxPixels: 100000000 },
  notes: ['Seamless white background; no GIF. A listing should have at least four pictures.'],
  sources: [
    {
      fields: ['width', 'height', 'format', 'accepts.formats', 'accepts.minSide', 'maxBytes', 'background'],
      rule: '2200 × 2200, square; accepts: JPEG, PNG (also BMP); 1500 pixels for the zoom; 5 MB; white (255, 255, 255)',
      ...PAGE,
    },
    {
      fields: ['maxImages', 'accepts.maxSide', 'accepts.maxPixels', 'quality', 'fill'],
      rule: 'ten pictures; accepts: 10,000 pixels a side; quality 90; fill',
      source: OWN_CHOICE,
      date: '2026-11-28',
    },
    SRGB,
  ],
  demands: [
    { rule: 'format', formats: ['jpeg', 'png', 'bmp'], ...PAGE },
    { rule: 'bytes', most: 5 * MEGABYTE, ...PAGE },
    { rule: 'shorterSide', level: 'advised', least: 1500, ...PAGE },
    { rule: 'ratio', of: 'main', least: 0.98, most: 1.02, ...PAGE },
    { rule: 'background', of: 'main', ...PAGE },
    { rule: 'placeholder', ...PAGE },
    RGB_ADVICE,
  ],
};
