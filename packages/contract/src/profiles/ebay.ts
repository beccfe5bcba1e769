import type { Profile } from '../profile.ts';
import { LOOKED_UP, MEGABYTE, OWN_CHOICE, RGB_ADVICE, SQUARE_ADVICE, SRGB, WHITE } from './shared.ts';

const POLICY = {
  source: 'Picture policy, ebay.com/help/policies/listing-policies/picture-policy?id=4370',
  date: LOOKED_UP,
};
const PICTURES = {
  source:
    'Introduction to Pictures in Listings, developer.ebay.com/devzone/guides/features-guide/content/Development/pictures-intro.html',
  date: LOOKED_UP,
};
const GUIDE = {
  source:
    'eBay Image Requirements for Sellers (2026), plomz.com/guide/ebay-image-requirements-for-sellers-2026',
  date: '2026-11-29',
};

export const EBAY: Profile = {
  id: 'ebay',
  title: 'eBay listing picture',
  width: 1600,
  height: 1600,
  format: 'jpeg',
  quality: 90,
  maxBytes: 12 * MEGABYTE,
  background: WHITE,
  fill: { min: 0.8, target: 0.85, max: 0.95 },
  colourSpace: 'srgb',
  maxImages: 24,
  accepts: {
    formats: ['jpeg', 'png', 'webp', 'avif'],
    minSide: 500,
    // Two sides of 6000 are the 12,000 pixels that eBay allows together.
    maxSide: 6000,
    maxPixels: 36_000_000,
  },
  notes: ["No text, border or seller's artwork on the picture."],
  sources: [
    {
      fields: ['accepts.minSide'],
      rule: 'accepts: at least 500 pixels on the longest side; no border, text, artwork or watermark',
      source: 'Picture policy, ebay.com/help/policies/listing-policies/picture-policy?id=4370',
      date: LOOKED_UP,
    },
    {
      fields: ['maxImages'],
      rule: '24 pictures a listing, 12 a variation',
      source:
        'Introduction to Pictures in Listings, developer.ebay.com/devzone/guides/features-guide/content/Development/pictures-intro.html',
      date: LOOKED_UP,
    },
    {
      fields: ['accepts.maxSide', 'accepts.maxPixels', 'maxBytes', 'quality'],
      rule: 'accepts: width and height together at most 12,000 pixels, which 6000 a side and 36 megapixels keep to; 12 MB; JPEG quality 90 and more',
      source: 'Introduction to Pictures in Listings (eBay), yipin100.com/a/10-31076.html',
      date: LOOKED_UP,
    },
    {
      fields: ['format', 'accepts.formats'],
      rule: 'accepts: JPEG, PNG, WebP, AVIF',
      source:
        'createImageFromFile, developer.ebay.com/api-docs/commerce/media/resources/image/methods/createImageFromFile',
      date: '2026-11-29',
    },
    { fields: ['width', 'height'], rule: '1600 × 1600 recommended', ...GUIDE },
    {
      fields: ['background', 'fill'],
      rule: 'white background and fill',
      source: OWN_CHOICE,
      date: LOOKED_UP,
    },
    SRGB,
  ],
  demands: [
    { rule: 'format', formats: ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff', 'bmp', 'heic'], ...PICTURES },
    { rule: 'longerSide', least: 500, ...POLICY },
    { rule: 'bytes', most: 12 * MEGABYTE, ...PICTURES },
    { rule: 'text', ...POLICY },
    { rule: 'frame', ...POLICY },
    { rule: 'placeholder', ...POLICY },
    {
      rule: 'longerSide',
      level: 'advised',
      least: 1000,
      source: 'Errors 21916790 and 21916791, developer.ebay.com/support/kb-article?KBid=1489',
      date: '2026-11-28',
    },
    { ...SQUARE_ADVICE, ...GUIDE },
    RGB_ADVICE,
  ],
};
