import type { Profile } from '../profile.ts';
import { CHECKED, LOOKED_UP, MEGABYTE, SRGB, WHITE } from './shared.ts';

export const GOOGLE_MERCHANT: Profile = {
  id: 'google-merchant',
  title: 'Google Merchant Center',
  width: 1500,
  height: 1500,
  format: 'jpeg',
  quality: 90,
  maxBytes: 16 * MEGABYTE,
  background: WHITE,
  fill: { min: 0.75, target: 0.85, max: 0.9 },
  colourSpace: 'srgb',
  maxImages: 11,
  accepts: { formats: ['jpeg', 'png', 'webp'], minSide: 500, maxSide: 10_000, maxPixels: 64_000_000 },
  notes: [
    'No promotional text, watermark or border.',
    'The mark of AI-generated pictures (trainedAlgorithmicMedia) has to stay in the file.',
  ],
  sources: [
    {
      fields: ['format', 'accepts.formats'],
      rule: 'accepts: JPEG, PNG, WebP (also GIF, BMP and TIFF, which we do not make)',
      source: 'Image link [image_link], support.google.com/merchants/answer/6324350',
      date: LOOKED_UP,
    },
    {
      fields: ['width', 'height', 'accepts.minSide', 'accepts.maxPixels', 'maxBytes', 'fill.min', 'fill.max'],
      rule: 'accepts: at least 500 × 500 from 2027-01-31, 1500 recommended, at most 64 MP and 16 MB; product 75 to 90 % of the frame',
      source: 'Image link [image_link], support.google.com/merchants/answer/6324350',
      date: CHECKED,
    },
    {
      fields: ['maxImages'],
      rule: 'one image and ten additional ones',
      source: 'Additional image link [additional_image_link], support.google.com/merchants/answer/6324370',
      date: LOOKED_UP,
    },
    {
      fields: [],
      rule: 'pictures made by AI keep DigitalSourceType trainedAlgorithmicMedia',
      source: 'AI-generated content, support.google.com/merchants/answer/14743464',
      date: CHECKED,
    },
    {
      fields: ['accepts.maxSide', 'quality', 'fill.target', 'background'],
      rule: 'accepts: 10,000 pixels a side; quality 90; fill at 85 %, inside the bounds; white ground',
      source: 'own choice',
      date: LOOKED_UP,
    },
    SRGB,
  ],
};
