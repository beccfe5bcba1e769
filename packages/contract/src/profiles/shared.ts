export const WHITE = { r: 255, g: 255, b: 255 } as const;
export const CHECKED = '2026-11-22';
/** When most of the sources below were last looked at. */
export const LOOKED_UP = '2026-11-24';
/** Of numbers that no marketplace gives. */
export const OWN_CHOICE = "Image Studio's own choice, within what is accepted";
export const MEGABYTE = 1_000_000;
/** No marketplace asks for another, and each shows files without a colour profile as sRGB. */
export const SRGB = {
  fields: ['colourSpace'],
  rule: 'sRGB: what every browser takes a picture without a colour profile for',
  source: 'CSS Color Module Level 4, w3.org/TR/css-color-4',
  date: LOOKED_UP,
};
/** Advice to every shop: browsers and marketplaces show what is in another colour space in wrong colours, or not at all. */
export const RGB_ADVICE = {
  rule: 'colourSpace',
  level: 'advised',
  source: SRGB.source,
  date: SRGB.date,
} as const;
/** Advice of many guides: a square fits every place in which a shop shows pictures. */
export const SQUARE_ADVICE = {
  rule: 'ratio',
  of: 'main',
  level: 'advised',
  least: 0.98,
  most: 1.02,
} as const;
