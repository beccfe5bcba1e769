import type { Profile } from '../profile.ts';
import { CHECKED, MEGABYTE, OWN_CHOICE, SRGB, WHITE } from './shared.ts';

export const WEB: Profile = {
  id: 'web',
  title: 'Web shop (WebP)',
  width: 1600,
  height: 1600,
  format: 'webp',
  quality: 85,
  maxBytes: 2 * MEGABYTE,
  background: WHITE,
  fill: { min: 0.8, target: 0.85, max: 0.95 },
  colourSpace: 'srgb',
  maxImages: 20,
  accepts: null,
  notes: ["For a shop of one's own: nobody else's limits apply, and an output may be anything."],
  sources: [
    {
      fields: ['format', 'quality'],
      rule: 'WebP at quality 85, effort 2: best CPU per byte',
      source: 'measured with Image Studio',
      date: CHECKED,
    },
    {
      fields: ['width', 'height'],
      rule: '1600 pixels: enough for a zoom on a shop page',
      source: OWN_CHOICE,
      date: CHECKED,
    },
    {
      fields: ['maxBytes', 'background', 'fill', 'maxImages'],
      rule: '2 MB, 80 to 95 % of the frame on white, 20 pictures: what shop pages bear and marketplaces would take as well',
      source: OWN_CHOICE,
      date: CHECKED,
    },
    SRGB,
  ],
};
