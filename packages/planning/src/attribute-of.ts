/** Longest value that goes into a prompt: suppliers write whole descriptions; 300 characters describe a product. */
const MAX_VALUE = 300;

/** What tables call the variables of the built-in texts. */
const ALIASES = new Map<string, readonly string[]>(
  Object.entries({
    title: [
      'product title',
      'product name',
      'item name',
      'name',
      '标题',
      '商品标题',
      '商品名称',
      '产品名称',
      '品名',
      '名称',
    ],
    category: ['product category', 'product type', '类目', '分类', '品类'],
    material: ['materials', 'fabric', '材质', '材料', '面料'],
    dimensions: [
      'dimension',
      'measurements',
      'product dimensions',
      'size (cm)',
      '尺寸',
      '规格尺寸',
      '产品尺寸',
    ],
    weight: ['item weight', 'product weight', '重量', '净重'],
  }),
);

/**
 * The value of an attribute on one line, `''` when the SKU lacks it. Its exact name counts first, then the name without
 * regard to case, spaces, `_` and `-`, then what tables usually call it.
 */
export function attributeOf(attributes: Record<string, string>, name: string): string {
  if (Object.hasOwn(attributes, name)) return oneLine(attributes[name] ?? '');
  const names = spellingsOf(name);
  let found = '';
  let best = names.length;
  for (const [key, value] of Object.entries(attributes)) {
    const rank = names.indexOf(plain(key));
    if (rank < 0 || rank >= best) continue;
    const text = oneLine(value);
    if (text === '') continue;
    found = text;
    best = rank;
  }
  return found === '' && name === 'dimensions' ? separateMeasures(attributes) : found;
}

/** Many tables have a column for each measure; in the order in which they are usually told. */
const MEASURES: readonly (readonly string[])[] = [
  ['length', 'item length', 'product length', '长', '长度'],
  ['width', 'item width', 'product width', '宽', '宽度'],
  ['depth', 'item depth', 'product depth', '深', '深度', '厚度'],
  ['height', 'item height', 'product height', '高', '高度'],
];
const DIAMETER = ['diameter', '直径'];

/** `24 cm × 6 cm × 18 cm`, or `ø 8 cm × 12 cm`; nothing where only one is known, since it does not say of what. */
function separateMeasures(attributes: Record<string, string>): string {
  const known = new Map(Object.entries(attributes).map(([key, value]) => [plain(key), oneLine(value)]));
  const measureOf = (names: readonly string[]): string =>
    names.map((name) => known.get(plain(name)) ?? '').find((value) => value !== '') ?? '';
  const diameter = measureOf(DIAMETER);
  const measures = MEASURES.map(measureOf).filter((value) => value !== '');
  if (diameter !== '') return [`ø ${diameter}`, ...measures].join(' × ').slice(0, MAX_VALUE);
  return measures.length < 2 ? '' : measures.join(' × ').slice(0, MAX_VALUE);
}

/** Of these attributes, whether `attributeOf` would find a value: for asking about many variables at a time. */
export function attributesPresent(attributes: Record<string, string>): (name: string) => boolean {
  const present = new Set<string>();
  for (const [key, value] of Object.entries(attributes))
    if (SAYS_SOMETHING.test(value)) present.add(plain(key));
  return (name) =>
    Object.hasOwn(attributes, name)
      ? SAYS_SOMETHING.test(attributes[name] ?? '')
      : spellingsOf(name).some((spelling) => present.has(spelling)) ||
        (name === 'dimensions' && separateMeasures(attributes) !== '');
}

/** What `oneLine` leaves something of. */
const SAYS_SOMETHING = /[^\s\p{Cc}]/u;

function spellingsOf(name: string): string[] {
  return [name, ...(ALIASES.get(plain(name)) ?? [])].map(plain);
}

/** Names come again with every SKU, and taking spaces out of 200,000 of them takes a second. */
const MOST_NAMES = 10_000;
const plainNames = new Map<string, string>();

function plain(name: string): string {
  const known = plainNames.get(name);
  if (known !== undefined) return known;
  if (plainNames.size >= MOST_NAMES) plainNames.clear();
  const made = name.toLowerCase().replace(/[\s_-]+/g, '');
  plainNames.set(name, made);
  return made;
}

function oneLine(value: string): string {
  return value
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, MAX_VALUE);
}
