import type { OwnProfile, Profile } from './profile.ts';

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
    colourSpace: 'srgb',
    maxImages: 20,
    accepts: null,
    notes: ["For a shop of one's own: nobody else's limits apply, and an output may be anything."],
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
    colourSpace: 'srgb',
    maxImages: 9,
    accepts: { formats: ['jpeg', 'png'], minSide: 500, maxSide: 10_000, maxPixels: 100_000_000 },
    notes: [
      'No text, logo, border, watermark or prop on the main image.',
      'For most categories renderings and illustrations are not accepted as main image.',
    ],
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
      {
        rule: 'nine images a listing, sRGB',
        source: 'seller guides that agree with each other',
        date: CHECKED,
      },
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
    colourSpace: 'srgb',
    maxImages: 250,
    accepts: { formats: ['jpeg', 'png', 'webp'], minSide: 1, maxSide: 5000, maxPixels: 25_000_000 },
    notes: ['Shopify serves WebP or AVIF by itself from whatever was uploaded.'],
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
    colourSpace: 'srgb',
    maxImages: 11,
    accepts: { formats: ['jpeg', 'png', 'webp'], minSide: 500, maxSide: 10_000, maxPixels: 64_000_000 },
    notes: [
      'No promotional text, watermark or border.',
      'The mark of AI-generated pictures (trainedAlgorithmicMedia) has to stay in the file.',
    ],
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
    colourSpace: 'srgb',
    maxImages: 24,
    accepts: {
      formats: ['jpeg', 'png', 'webp', 'avif'],
      minSide: 500,
      maxSide: 10_000,
      maxPixels: 50_000_000,
    },
    notes: ["No text, border or seller's artwork on the picture."],
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
    colourSpace: 'srgb',
    maxImages: 10,
    accepts: { formats: ['jpeg', 'png'], minSide: 1, maxSide: 10_000, maxPixels: 100_000_000 },
    notes: [
      'Photos have to show the item itself, not a rendering: use AI pictures beside photos of your own, not as the first.',
    ],
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
    colourSpace: 'srgb',
    maxImages: 5,
    accepts: { formats: ['jpeg', 'png'], minSide: 700, maxSide: 10_000, maxPixels: 50_000_000 },
    notes: ['The fifth main picture has to be on pure white, without shadow.'],
    sources: [
      {
        rule: 'square, at least 800 × 800, about 3 MB, one picture on white, five in all',
        source: 'general knowledge, not confirmed',
        date: CHECKED,
      },
    ],
  },
];

/** The profile of that name, or the one that a request brings along; `undefined` for a name that is not known. */
export function findProfile(profile: string | OwnProfile): Profile | undefined {
  if (typeof profile === 'string') return PROFILES.find(({ id }) => id === profile);
  const [web] = PROFILES;
  if (!web) return undefined;
  const {
    title = 'Own profile',
    quality = web.quality,
    maxBytes = web.maxBytes,
    fill = web.fill,
    ...own
  } = profile;
  const source = { rule: 'all', source: 'the request', date: CHECKED };
  return {
    ...web,
    ...own,
    id: 'own',
    title,
    quality,
    maxBytes,
    fill,
    maxImages: own.maxImages ?? web.maxImages,
    sources: [source],
  };
}
