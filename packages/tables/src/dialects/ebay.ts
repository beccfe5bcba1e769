import type { Dialect } from './dialect.ts';
import type { Photo } from './row-meaning.ts';

/** `Red=https://…|https://…`: the photos of one variation, as the parent's row lists them. */
const OF_VARIATION = /^([^=:/?]{1,80})=(?=\s*(https?:)?\/\/)/i;

/**
 * eBay's Seller Hub reports and File Exchange. Photos stand in one cell, `|` between them, the first is the main one.
 * Rows with `Relationship` = `Variation` belong to the row above and take its photos, or those that it has for
 * their value.
 */
export const ebay: Dialect = {
  id: 'ebay',
  label: 'eBay',
  recognise: (has) =>
    has(/^actionsiteid/) ||
    (has('customlabelsku', 'customlabel') && has('itemphotourl', 'picurl', 'itemnumber', 'title')),
  columns: {
    code: ['customlabelsku', 'customlabel', 'sku'],
    images: ['itemphotourl', 'picurl', 'pictureurl', /^itemphotourl\d+$/],
    title: ['title'],
    relationship: ['relationship'],
    details: ['relationshipdetails', 'variationdetails'],
    action: [/^action/],
    number: ['itemnumber', 'itemid'],
  },
  attributes: {
    title: 'title',
    description: 'description',
    ccolor: 'color',
    cbrand: 'brand',
    cmaterial: 'material',
  },
  reader: () => {
    let parent = '';
    let ofValues = new Map<string, Photo[]>();
    return (row) => {
      const code = row.text('code');
      if (/^(delete|end)/i.test(row.text('action'))) return { skip: 'ends its listing' };
      const { plain, byValue } = split(row.photos('images'));
      if (!/^variation$/i.test(row.text('relationship'))) {
        parent = code || row.text('number') || `row ${row.line}`;
        ofValues = byValue;
        const title = row.text('title');
        return { product: parent, code, title, shared: plain };
      }
      const own = valuesOf(row.text('details')).flatMap(
        (value) => byValue.get(value) ?? ofValues.get(value) ?? [],
      );
      return { product: parent, code, own: [...plain, ...own] };
    };
  },
  export: {
    format: 'csv',
    place: 'row',
    join: '|',
    most: 24,
    prefix: (row) => {
      if (!/^variation$/i.test(row.text('relationship'))) return '';
      const [, value = ''] = /^[^=|]*=([^=:/?|;]{1,80})/.exec(row.text('details')) ?? [];
      return value.trim() === '' ? '' : `${value.trim()}=`;
    },
    fresh: [
      ['Action(SiteID=US|Country=US|Currency=USD|Version=1193|CC=UTF-8)', { always: 'Revise' }],
      ['Custom label (SKU)', { of: 'code' }],
      ['Title', { attribute: 'title' }],
      ['Item photo URL', { of: 'pictures' }],
    ],
  },
};

function split(photos: readonly Photo[]): { plain: Photo[]; byValue: Map<string, Photo[]> } {
  const plain: Photo[] = [];
  const byValue = new Map<string, Photo[]>();
  let current: Photo[] = plain;
  for (const photo of photos) {
    const value = OF_VARIATION.exec(photo.address);
    if (value !== null) {
      current = [];
      byValue.set((value[1] ?? '').trim().toLowerCase(), current);
    }
    current.push({ ...photo, address: photo.address.slice(value?.[0].length ?? 0) });
  }
  return { plain, byValue };
}

/** `Color=Red|Size=M` → `red`, `m`. */
function valuesOf(details: string): string[] {
  return details.split('|').map((pair) =>
    pair
      .slice(pair.indexOf('=') + 1)
      .trim()
      .toLowerCase(),
  );
}
