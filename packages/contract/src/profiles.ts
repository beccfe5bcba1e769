import type { OwnProfile, Profile } from './profile.ts';

const WHITE = { r: 255, g: 255, b: 255 } as const;
const CHECKED = '2026-11-22';
/** When most of the sources below were last looked at. */
const LOOKED_UP = '2026-11-24';
const SELLER_GUIDES =
  'seller guides that agree with each other (2026); no page of the marketplace was to be had';
const MEGABYTE = 1_000_000;
/** No marketplace asks for another, and each shows files without a colour profile as sRGB. */
const SRGB = {
  fields: ['colourSpace'],
  rule: 'sRGB: what every browser takes a picture without a colour profile for',
  source: 'CSS Color Module Level 4, w3.org/TR/css-color-4',
  date: LOOKED_UP,
};

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
      {
        fields: ['format', 'quality'],
        rule: 'WebP at quality 85, effort 2: best CPU per byte',
        source: 'own measurement',
        date: CHECKED,
      },
      {
        fields: ['width', 'height'],
        rule: '1600 pixels: enough for a zoom on a shop page',
        source: 'own choice',
        date: CHECKED,
      },
      {
        fields: ['maxBytes', 'background', 'fill', 'maxImages'],
        rule: '2 MB, 80 to 95 % of the frame on white, 20 pictures: what shop pages bear and marketplaces would take as well',
        source: 'own choice',
        date: CHECKED,
      },
      SRGB,
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
        rule: 'accepts: JPEG, PNG (also TIFF and GIF, which we do not make), no WebP; at most 10,000 pixels on the longest side; 1,000 and more for zoom',
        source:
          'Technical image file requirements, sellercentral.amazon.com/gp/help/external/G9FUUH87RBNXGKB7',
        date: LOOKED_UP,
      },
      {
        fields: ['colourSpace'],
        rule: 'RGB preferred',
        source:
          'Technical image file requirements, sellercentral.amazon.com/gp/help/external/G9FUUH87RBNXGKB7',
        date: LOOKED_UP,
      },
      {
        fields: ['background', 'fill.min'],
        rule: 'background (255, 255, 255), product at least 85 % of the frame, no text, props or watermark',
        source: SELLER_GUIDES,
        date: LOOKED_UP,
      },
      {
        fields: ['accepts.minSide', 'maxBytes', 'maxImages'],
        rule: 'accepts: at least 500 pixels on the longest side; 10 MB; nine images a listing',
        source: SELLER_GUIDES,
        date: LOOKED_UP,
      },
      {
        fields: ['accepts.maxPixels'],
        rule: 'accepts: 100 megapixels',
        source: '10,000 pixels each way',
        date: LOOKED_UP,
      },
      {
        fields: ['width', 'height', 'quality', 'fill.target', 'fill.max'],
        rule: '2000 × 2000: twice what the zoom asks for; quality 90; fill at 88 %, which leaves room for rounding, and at most 95 %, so that nothing touches the edge',
        source: 'own choice',
        date: LOOKED_UP,
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
        fields: [
          'format',
          'accepts.formats',
          'accepts.maxSide',
          'accepts.maxPixels',
          'maxBytes',
          'maxImages',
        ],
        rule: 'accepts: JPEG, PNG, WebP (and formats that we do not make); at most 5000 × 5000 pixels, 25 megapixels, 20 MB; 250 media a product',
        source:
          'encyclopedia article that quotes the Shopify Help Center, grokipedia.com/page/Shopify_product_media; seller guides agree',
        date: LOOKED_UP,
      },
      {
        fields: ['width', 'height', 'accepts.minSide'],
        rule: '2048 × 2048 recommended; no smallest size',
        source: SELLER_GUIDES,
        date: LOOKED_UP,
      },
      {
        fields: ['background', 'fill', 'quality'],
        rule: 'white ground, fill and quality 90',
        source: 'own choice',
        date: LOOKED_UP,
      },
      SRGB,
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
        fields: ['format', 'accepts.formats'],
        rule: 'accepts: JPEG, PNG, WebP (also GIF, BMP and TIFF, which we do not make)',
        source: 'Image link [image_link], support.google.com/merchants/answer/6324350',
        date: LOOKED_UP,
      },
      {
        fields: [
          'width',
          'height',
          'accepts.minSide',
          'accepts.maxPixels',
          'maxBytes',
          'fill.min',
          'fill.max',
        ],
        rule: 'accepts: at least 500 × 500 from 2027-01-31, 1500 recommended, at most 64 MP and 16 MB; product 75 to 90 % of the frame',
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
        rule: 'accepts: 10,000 pixels a side; quality 90; fill at 85 %, inside the bounds; white ground',
        source: 'own choice',
        date: LOOKED_UP,
      },
      SRGB,
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
        source: 'Introduction to Pictures in Listings (eBay), as copied at yipin100.com/a/10-31076.html',
        date: LOOKED_UP,
      },
      {
        fields: ['format', 'accepts.formats'],
        rule: 'accepts: JPEG, PNG, WebP, AVIF (and formats that we do not make)',
        source: 'eBay developer documentation',
        date: CHECKED,
      },
      { fields: ['width', 'height'], rule: '1600 × 1600 ideal', source: SELLER_GUIDES, date: LOOKED_UP },
      {
        fields: ['background', 'fill'],
        rule: 'white ground and fill',
        source: 'own choice',
        date: LOOKED_UP,
      },
      SRGB,
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
      {
        fields: [],
        rule: 'the first picture shows the item itself, not a rendering',
        source: 'Listing Image Requirements, etsy.com/legal/policy/listing-image-requirements/253962679005',
        date: LOOKED_UP,
      },
      {
        fields: ['format', 'accepts.formats', 'width', 'height', 'maxBytes', 'maxImages'],
        rule: 'accepts: JPEG, PNG (and GIF, which we do not make); 2000 pixels recommended; 10 MB; 10 photos (older guides say 20)',
        source:
          "seller guides, e.g. hauld.app/blog/etsy-listing-photo-checklist; Etsy's own page was not to be had",
        date: LOOKED_UP,
      },
      {
        fields: ['accepts.minSide', 'accepts.maxSide', 'accepts.maxPixels', 'quality', 'background', 'fill'],
        rule: 'accepts: any side up to 10,000 pixels, 100 megapixels; quality 90; white ground and fill',
        source: 'own choice',
        date: LOOKED_UP,
      },
      SRGB,
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
        fields: [
          'width',
          'height',
          'format',
          'accepts.formats',
          'accepts.minSide',
          'maxBytes',
          'maxImages',
          'background',
        ],
        rule: 'square, at least 800 × 800; accepts: JPEG and PNG, 700 pixels for the magnifier, about 3 MB; five pictures, one on white',
        source: 'general knowledge: no page of the marketplace was to be had',
        date: LOOKED_UP,
      },
      {
        fields: ['accepts.maxSide', 'accepts.maxPixels', 'quality', 'fill'],
        rule: 'accepts: 10,000 pixels a side, 50 megapixels; quality 90; fill',
        source: 'own choice',
        date: LOOKED_UP,
      },
      SRGB,
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
  const source = { fields: Object.keys(profile), rule: 'all', source: 'the request', date: CHECKED };
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
