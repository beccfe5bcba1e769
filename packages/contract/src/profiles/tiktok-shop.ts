import type { Profile } from '../profile.ts';
import { MEGABYTE, OWN_CHOICE, RGB_ADVICE, SQUARE_ADVICE, SRGB, WHITE } from './shared.ts';

const LIMITS = {
  source: 'What are the constraints for images on TikTok Shop, knowledgebase.skuiq.com/knowledge/tts-images',
  date: '2026-11-28',
};
const FIRST = {
  of: 'main',
  source:
    'TikTok Shop for sellers in the United States, as quoted at imagespeccheck.com/tools/tiktok-shop-image',
  date: '2026-11-28',
} as const;

export const TIKTOK_SHOP: Profile = {
  id: 'tiktok-shop',
  title: 'TikTok Shop main image',
  width: 1200,
  height: 1200,
  format: 'jpeg',
  quality: 90,
  maxBytes: 5 * MEGABYTE,
  background: WHITE,
  fill: { min: 0.8, target: 0.85, max: 0.95 },
  colourSpace: 'srgb',
  maxImages: 9,
  accepts: { formats: ['jpeg', 'png'], minSide: 600, maxSide: 6000, maxPixels: 36000000 },
  notes: [
    'Pure white background, no text, logo, border or watermark on the first picture.',
    'Five pictures and more count for the better listing tiers.',
  ],
  sources: [
    {
      fields: [
        'format',
        'accepts.formats',
        'accepts.minSide',
        'accepts.maxSide',
        'accepts.maxPixels',
        'maxBytes',
        'maxImages',
      ],
      rule: 'accepts: JPEG, PNG, no WebP; 600 to 6000 pixels a side; 5 MB; nine pictures',
      source:
        'What are the constraints for images on TikTok Shop, knowledgebase.skuiq.com/knowledge/tts-images',
      date: '2026-11-28',
    },
    {
      fields: ['background'],
      rule: 'pure white on the first picture',
      source:
        'TikTok Shop for sellers in the United States, as quoted at imagespeccheck.com/tools/tiktok-shop-image',
      date: '2026-11-28',
    },
    {
      fields: ['width', 'height', 'quality', 'fill'],
      rule: '1200 × 1200: above the 800 to 1000 that guides recommend; quality 90; fill',
      source: OWN_CHOICE,
      date: '2026-11-28',
    },
    SRGB,
  ],
  demands: [
    { rule: 'format', formats: ['jpeg', 'png'], ...LIMITS },
    { rule: 'bytes', most: 5 * MEGABYTE, ...LIMITS },
    { rule: 'shorterSide', least: 600, ...LIMITS },
    { rule: 'longerSide', most: 6000, ...LIMITS },
    { rule: 'background', ...FIRST },
    { rule: 'text', ...FIRST },
    { rule: 'frame', ...FIRST },
    { rule: 'placeholder', ...FIRST },
    { ...SQUARE_ADVICE, ...LIMITS },
    RGB_ADVICE,
  ],
};
