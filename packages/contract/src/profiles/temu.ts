import type { Profile } from '../profile.ts';
import { MEGABYTE, OWN_CHOICE, RGB_ADVICE, SRGB, WHITE } from './shared.ts';

const GUIDE = {
  source: 'Guide for sellers on Temu (2026-02-13), caishen.com/baike/5457.html',
  date: '2026-11-28',
};

export const TEMU: Profile = {
  id: 'temu',
  title: 'Temu main image',
  width: 1600,
  height: 1600,
  format: 'jpeg',
  quality: 90,
  maxBytes: 2 * MEGABYTE,
  background: WHITE,
  fill: { min: 0.8, target: 0.85, max: 0.95 },
  colourSpace: 'srgb',
  maxImages: 10,
  accepts: { formats: ['jpeg', 'png'], minSide: 800, maxSide: 10000, maxPixels: 50000000 },
  notes: [
    'No text or mark on the first picture; no Chinese words, contact details or slogans on any.',
    'Clothing asks for 3:4 (1340 × 1785): give a size of your own.',
  ],
  sources: [
    {
      fields: ['width', 'height', 'format', 'accepts.formats', 'accepts.minSide', 'maxBytes'],
      rule: 'square; 1600 × 1600 recommended; accepts: JPEG, PNG, at least 800 × 800; 2 MB',
      source:
        'Guides for sellers on Temu, caishen.com/baike/5457.html (2026-02-13) and chwang.com/article/182326793106',
      date: '2026-11-28',
    },
    {
      fields: ['maxImages', 'accepts.maxSide', 'accepts.maxPixels', 'quality', 'fill', 'background'],
      rule: 'ten pictures; accepts: 10,000 pixels a side, 50 megapixels; quality 90; white background, which is welcome and not asked for; fill',
      source: OWN_CHOICE,
      date: '2026-11-28',
    },
    SRGB,
  ],
  demands: [
    { rule: 'format', formats: ['jpeg', 'png'], ...GUIDE },
    { rule: 'bytes', most: 2 * MEGABYTE, ...GUIDE },
    { rule: 'shorterSide', least: 800, ...GUIDE },
    { rule: 'text', of: 'main', ...GUIDE },
    { rule: 'placeholder', of: 'main', ...GUIDE },
    RGB_ADVICE,
  ],
};
