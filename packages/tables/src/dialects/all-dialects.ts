import { amazon } from './amazon.ts';
import { bigcommerce } from './bigcommerce.ts';
import type { Dialect, DialectName } from './dialect.ts';
import { ebay } from './ebay.ts';
import { etsy } from './etsy.ts';
import { generic } from './generic.ts';
import { google } from './google.ts';
import { magento } from './magento.ts';
import { prestashop } from './prestashop.ts';
import { shopify } from './shopify.ts';
import { squarespace } from './squarespace.ts';
import { tiktok } from './tiktok.ts';
import { walmart } from './walmart.ts';
import { wix } from './wix.ts';
import { woocommerce } from './woocommerce.ts';

/** Every dialect, in the order in which they are asked whether a table is theirs. */
export const ALL_DIALECTS: readonly Dialect[] = [
  shopify,
  squarespace,
  wix,
  bigcommerce,
  magento,
  ebay,
  tiktok,
  etsy,
  woocommerce,
  walmart,
  amazon,
  google,
  prestashop,
  generic,
];

export function dialectOf(name: DialectName): Dialect {
  return ALL_DIALECTS.find(({ id }) => id === name) ?? generic;
}
