import type { Profile } from './profile.ts';

const WHITE = { r: 255, g: 255, b: 255 } as const;
const CHECKED = '2026-11-22';
const MEGABYTE = 1_000_000;

/**
 * What each marketplace accepts as a main image. Where a rule could not be confirmed on the marketplace's own page,
 * its source says so, and the value is the careful one.
 */
export const PROFILES: readonly Profile[] = [
  {
    id: 'web',
    title: 'Web shop (WebP)',
    width: 1600,
    height: 1600,
    format: 'webp',
    quality: 85,
    maxBytes: 2 * MEGABYTE,
    background: WHITE,
    fill: { min: 0.8, target: 0.85, max: 0.95 },
    maxImages: 20,
    sources: [
      { rule: 'WebP at quality 85, effort 2: best CPU per byte', source: 'own measurement', date: CHECKED },
      { rule: '1600 pixels: enough for a zoom on a shop page', source: 'own choice', date: CHECKED },
    ],
  },
  {
    id: 'amazon',
    title: 'Amazon main image',
    width: 2000,
    height: 2000,
    format: 'jpeg',
    quality: 90,
    maxBytes: 10 * MEGABYTE,
    background: WHITE,
    // "At least 85 % of the frame": the target leaves room for rounding on both sides.
    fill: { min: 0.85, target: 0.88, max: 0.95 },
    maxImages: 9,
    sources: [
      {
        rule: 'background (255, 255, 255), product at least 85 % of the frame, no text, props or watermark',
        source: 'seller guides that agree with each other; Seller Central needs a login',
        date: CHECKED,
      },
      {
        rule: 'longest side 500 to 10,000 pixels, zoom from 1000, 1600 and more recommended; JPEG preferred, no WebP',
        source: 'seller guides that agree with each other',
        date: CHECKED,
      },
      { rule: '10 MB', source: 'not confirmed; the careful value', date: CHECKED },
    ],
  },
  {
    id: 'shopify',
    title: 'Shopify product image',
    width: 2048,
    height: 2048,
    format: 'jpeg',
    quality: 90,
    maxBytes: 20 * MEGABYTE,
    background: WHITE,
    fill: { min: 0.8, target: 0.85, max: 0.95 },
    maxImages: 250,
    sources: [
      {
        rule: '2048 × 2048 recommended, at most 5000 × 5000 pixels (25 MP) and 20 MB',
        source: 'Shopify theme and app guides',
        date: CHECKED,
      },
      { rule: '250 images a product', source: 'general knowledge, not confirmed', date: CHECKED },
    ],
  },
  {
    id: 'google-merchant',
    title: 'Google Merchant Center',
    width: 1500,
    height: 1500,
    format: 'jpeg',
    quality: 90,
    maxBytes: 16 * MEGABYTE,
    background: WHITE,
    fill: { min: 0.75, target: 0.85, max: 0.9 },
    maxImages: 11,
    sources: [
      {
        rule: 'at least 500 × 500 from 2027-01-31, 1500 recommended, at most 64 MP and 16 MB; product 75 to 90 % of the frame',
        source: 'Google Merchant Center help, image_link',
        date: CHECKED,
      },
      {
        rule: 'pictures made by AI keep DigitalSourceType trainedAlgorithmicMedia',
        source: 'Google Merchant Center help, AI-generated content',
        date: CHECKED,
      },
      {
        rule: 'one image and ten additional ones',
        source: 'general knowledge, not confirmed',
        date: CHECKED,
      },
    ],
  },
  {
    id: 'ebay',
    title: 'eBay listing picture',
    width: 1600,
    height: 1600,
    format: 'jpeg',
    quality: 90,
    maxBytes: 12 * MEGABYTE,
    background: WHITE,
    fill: { min: 0.8, target: 0.85, max: 0.95 },
    maxImages: 24,
    sources: [
      {
        rule: 'JPEG, GIF, PNG, BMP, TIFF, AVIF, HEIC or WebP; 1000 pixels and JPEG quality 90 advised',
        source: 'eBay developer documentation',
        date: CHECKED,
      },
      {
        rule: '500 pixels at least, 1600 ideal, 24 pictures, 12 MB',
        source: 'general knowledge, not confirmed',
        date: CHECKED,
      },
    ],
  },
  {
    id: 'etsy',
    title: 'Etsy listing photo',
    width: 2000,
    height: 2000,
    format: 'jpeg',
    quality: 90,
    maxBytes: 10 * MEGABYTE,
    background: WHITE,
    fill: { min: 0.8, target: 0.85, max: 0.95 },
    maxImages: 10,
    sources: [
      { rule: '2000 pixels, at most 10 MB', source: 'seller guides', date: CHECKED },
      {
        rule: '10 photos (a 2026 guide; older ones say 20); the first shows the item itself, not a rendering',
        source: 'seller guides, not confirmed',
        date: CHECKED,
      },
    ],
  },
  {
    id: 'taobao',
    title: 'Taobao and Tmall main image',
    width: 800,
    height: 800,
    format: 'jpeg',
    quality: 90,
    maxBytes: 3 * MEGABYTE,
    background: WHITE,
    fill: { min: 0.8, target: 0.85, max: 0.95 },
    maxImages: 5,
    sources: [
      {
        rule: 'square, at least 800 × 800, about 3 MB, one picture on white, five in all',
        source: 'general knowledge, not confirmed',
        date: CHECKED,
      },
    ],
  },
];

/** The profile with that id, or `undefined`. */
export function findProfile(id: string): Profile | undefined {
  return PROFILES.find((profile) => profile.id === id);
}
