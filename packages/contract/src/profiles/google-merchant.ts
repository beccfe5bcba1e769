import type { Profile } from '../profile.ts';
import {
  CHECKED,
  LOOKED_UP,
  MEGABYTE,
  OWN_CHOICE,
  RGB_ADVICE,
  SQUARE_ADVICE,
  SRGB,
  WHITE,
} from './shared.ts';

const PAGE = {
  source: 'Image link [image_link], support.google.com/merchants/answer/6324350',
  date: '2026-11-28',
};
/** The day on which 500 × 500 pixels begin to be asked for; warnings are shown since 2026-04-14. */
const LARGER = '2027-01-31';

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
      rule: 'accepts: JPEG, PNG, WebP (also GIF, BMP and TIFF)',
      source: 'Image link [image_link], support.google.com/merchants/answer/6324350',
      date: LOOKED_UP,
    },
    {
      fields: ['width', 'height', 'accepts.minSide', 'accepts.maxPixels', 'maxBytes', 'fill.min', 'fill.max'],
      rule: 'accepts: at least 500 × 500 from 2027-01-31 (announced, and warned of, since 2026-04-14; until then 100 × 100, clothing 250 × 250), 1500 recommended, at most 64 MP and 16 MB; product 75 to 90 % of the frame',
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
      rule: 'accepts: 10,000 pixels a side; quality 90; fill at 85 %, inside the bounds; white background',
      source: OWN_CHOICE,
      date: LOOKED_UP,
    },
    SRGB,
  ],
  demands: [
    { rule: 'format', formats: ['jpeg', 'webp', 'png', 'gif', 'bmp', 'tiff'], ...PAGE },
    { rule: 'still', ...PAGE },
    { rule: 'bytes', most: 16 * MEGABYTE, ...PAGE },
    { rule: 'megapixels', most: 64, ...PAGE },
    { rule: 'shorterSide', least: 100, until: LARGER, ...PAGE },
    { rule: 'shorterSide', least: 500, from: LARGER, ...PAGE },
    { rule: 'shorterSide', level: 'advised', least: 1500, ...PAGE },
    { rule: 'text', of: 'main', ...PAGE },
    { rule: 'frame', ...PAGE },
    { rule: 'placeholder', ...PAGE },
    { rule: 'background', of: 'main', level: 'advised', ...PAGE },
    { rule: 'fill', of: 'main', level: 'advised', least: 0.75, most: 0.9, ...PAGE },
    {
      ...SQUARE_ADVICE,
      source:
        'Google Merchant Center image requirements (2026), emberfeed.com/specs/google-merchant-image-requirements-2026',
      date: '2026-11-28',
    },
    RGB_ADVICE,
  ],
};
