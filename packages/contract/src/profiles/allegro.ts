import type { Profile } from '../profile.ts';
import { MEGABYTE, OWN_CHOICE, RGB_ADVICE, SRGB, WHITE } from './shared.ts';

const RULES = {
  source:
    'Rules for images in the gallery and in descriptions, help.allegro.com/sell/en/a/rules-for-images-in-the-gallery-and-in-descriptions-8dvWB8Y2PIq',
  date: '2026-11-28',
};

export const ALLEGRO: Profile = {
  id: 'allegro',
  title: 'Allegro offer picture',
  width: 2560,
  height: 2560,
  format: 'jpeg',
  quality: 90,
  maxBytes: 20 * MEGABYTE,
  background: WHITE,
  fill: { min: 0.8, target: 0.85, max: 0.95 },
  colourSpace: 'srgb',
  maxImages: 16,
  accepts: { formats: ['jpeg', 'png', 'webp'], minSide: 500, maxSide: 10000, maxPixels: 26000000 },
  notes: [
    'A picture that AI made or changed substantially has to be declared when it is first uploaded (POST /sale/images, aiCoCreatedContent): later nobody can.',
    'Allegro puts a visible AI mark on declared pictures (since 2026-07-29).',
  ],
  sources: [
    {
      fields: ['width', 'height', 'accepts.minSide', 'accepts.maxPixels', 'maxBytes'],
      rule: 'accepts: at least 500 pixels on the longer side, at most 26 megapixels and 26 MB; larger sides are scaled to 2560',
      source:
        'Rules for images in the gallery and in descriptions, help.allegro.com/sell/en/a/rules-for-images-in-the-gallery-and-in-descriptions-8dvWB8Y2PIq, as Allegro quotes them to developers at github.com/allegro/allegro-api/issues/10090',
      date: '2026-11-28',
    },
    {
      fields: [],
      rule: 'declaration of AI pictures at the first upload',
      source: 'Answer of Allegro to developers (2026-07-29), github.com/allegro/allegro-api/issues/13798',
      date: '2026-11-28',
    },
    {
      fields: ['maxImages', 'format', 'accepts.formats', 'accepts.maxSide', 'quality', 'fill', 'background'],
      rule: '16 pictures; JPEG, PNG, WebP; 10,000 pixels a side; quality 90; white background and fill',
      source: OWN_CHOICE,
      date: '2026-11-28',
    },
    SRGB,
  ],
  demands: [
    { rule: 'longerSide', least: 500, ...RULES },
    { rule: 'megapixels', most: 26, ...RULES },
    { rule: 'bytes', most: 26 * MEGABYTE, ...RULES },
    { rule: 'placeholder', ...RULES },
    RGB_ADVICE,
  ],
};
