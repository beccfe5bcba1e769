import type { Profile } from '../profile.ts';
import { LOOKED_UP, MEGABYTE, OWN_CHOICE, RGB_ADVICE, SQUARE_ADVICE, SRGB, WHITE } from './shared.ts';

const LIMITS = {
  source: 'Shopify image limits as of 2026, photoroom.com/blog/guide-to-shopify-image-sizes',
  date: '2026-11-28',
};

export const SHOPIFY: Profile = {
  id: 'shopify',
  title: 'Shopify product image',
  width: 2048,
  height: 2048,
  format: 'jpeg',
  quality: 90,
  maxBytes: 20 * MEGABYTE,
  background: WHITE,
  fill: { min: 0.8, target: 0.85, max: 0.95 },
  colourSpace: 'srgb',
  maxImages: 250,
  accepts: { formats: ['jpeg', 'png', 'webp'], minSide: 1, maxSide: 5000, maxPixels: 25_000_000 },
  notes: ['Shopify serves WebP or AVIF by itself from whatever was uploaded.'],
  sources: [
    {
      fields: ['format', 'accepts.formats', 'accepts.maxSide', 'accepts.maxPixels', 'maxBytes', 'maxImages'],
      rule: 'accepts: JPEG, PNG, WebP (also GIF, HEIC, TIFF, BMP, PSD and SVG); at most 5000 × 5000 pixels, 25 megapixels, 20 MB; 250 media a product',
      source:
        'The complete guide to Shopify image sizes (2026), photoroom.com/blog/guide-to-shopify-image-sizes; Manage media for products, shopify.dev/docs/apps/online-store/media/products',
      date: '2026-11-28',
    },
    {
      fields: ['width', 'height', 'accepts.minSide'],
      rule: '2048 × 2048 recommended; no smallest size is named',
      source: "Shopify's help, as quoted at sellshot.ai/en/blog/shopify-product-image-size-guide",
      date: '2026-11-29',
    },
    {
      fields: ['background', 'fill', 'quality'],
      rule: 'white background, fill and quality 90',
      source: OWN_CHOICE,
      date: LOOKED_UP,
    },
    SRGB,
  ],
  demands: [
    { rule: 'format', formats: ['jpeg', 'png', 'webp', 'gif', 'heic', 'tiff', 'bmp'], ...LIMITS },
    { rule: 'bytes', most: 20 * MEGABYTE, ...LIMITS },
    { rule: 'longerSide', most: 5000, ...LIMITS },
    { rule: 'shorterSide', level: 'advised', least: 800, ...LIMITS },
    { rule: 'placeholder', level: 'advised', ...LIMITS },
    { ...SQUARE_ADVICE, ...LIMITS },
    RGB_ADVICE,
  ],
};
