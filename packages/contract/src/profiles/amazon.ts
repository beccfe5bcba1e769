import type { Profile } from '../profile.ts';
import { LOOKED_UP, MEGABYTE, OWN_CHOICE, SQUARE_ADVICE, WHITE } from './shared.ts';

const FILES = {
  source: 'Technical image file requirements, sellercentral.amazon.com/gp/help/external/G9FUUH87RBNXGKB7',
  date: LOOKED_UP,
};
const GUIDE = {
  source: 'Amazon product image requirements, mercatuslab.com/blog/amazon-product-image-requirements',
  date: '2026-11-29',
};
const MAIN = { of: 'main', ...GUIDE } as const;
const UPLOAD = {
  source:
    'Convert images for Amazon Seller Central, changethisfile.com/blog/convert-images-for-amazon-seller-central',
  date: '2026-11-29',
};

export const AMAZON: Profile = {
  id: 'amazon',
  title: 'Amazon main image',
  width: 2000,
  height: 2000,
  format: 'jpeg',
  quality: 90,
  maxBytes: 10 * MEGABYTE,
  background: WHITE,
  fill: { min: 0.85, target: 0.88, max: 0.95 },
  colourSpace: 'srgb',
  maxImages: 9,
  accepts: { formats: ['jpeg', 'png'], minSide: 500, maxSide: 10_000, maxPixels: 100_000_000 },
  notes: [
    'No text, logo, border, watermark or prop on the main image.',
    'For most categories renderings and illustrations are not accepted as main image.',
  ],
  sources: [
    {
      fields: ['format', 'accepts.formats', 'accepts.maxSide'],
      rule: 'accepts: JPEG, PNG (also TIFF and GIF without animation), no WebP; at most 10,000 pixels on the longest side; 1,000 and more for zoom',
      source: 'Technical image file requirements, sellercentral.amazon.com/gp/help/external/G9FUUH87RBNXGKB7',
      date: LOOKED_UP,
    },
    {
      fields: ['colourSpace'],
      rule: 'RGB preferred',
      source: 'Technical image file requirements, sellercentral.amazon.com/gp/help/external/G9FUUH87RBNXGKB7',
      date: LOOKED_UP,
    },
    {
      fields: ['background', 'fill.min'],
      rule: 'background (255, 255, 255), product at least 85 % of the frame, no text, props or watermark',
      ...GUIDE,
    },
    {
      fields: ['accepts.minSide', 'maxImages'],
      rule: 'accepts: at least 500 pixels on the longest side; nine images a listing',
      ...GUIDE,
    },
    { fields: ['maxBytes'], rule: 'accepts: 10 MB', ...UPLOAD },
    {
      fields: ['accepts.maxPixels'],
      rule: 'accepts: 100 megapixels, which are 10,000 pixels each way',
      ...FILES,
    },
    {
      fields: ['width', 'height', 'quality', 'fill.target', 'fill.max'],
      rule: '2000 × 2000: twice what the zoom asks for; quality 90; fill at 88 %, which leaves room for rounding, and at most 95 %, so that nothing touches the edge',
      source: OWN_CHOICE,
      date: LOOKED_UP,
    },
  ],
  demands: [
    { rule: 'format', formats: ['jpeg', 'png', 'tiff', 'gif'], ...FILES },
    { rule: 'still', ...FILES },
    { rule: 'longerSide', least: 500, most: 10000, ...FILES },
    { rule: 'longerSide', level: 'advised', least: 1000, ...FILES },
    { rule: 'colourSpace', level: 'advised', ...FILES },
    { rule: 'bytes', most: 10 * MEGABYTE, ...UPLOAD },
    { rule: 'background', ...MAIN },
    { rule: 'text', ...MAIN },
    { rule: 'frame', ...MAIN },
    { rule: 'placeholder', ...MAIN },
    { rule: 'fill', least: 0.85, ...MAIN },
    { ...SQUARE_ADVICE, ...GUIDE },
  ],
};
