import { createAddressGuard } from '@image-studio/address-guard';
import { BatchOptions, SkuInput } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { ProblemError } from '../http/problem-error.ts';
import { checkDraft } from './check-draft.ts';

const sku = (code: string, attributes: Record<string, string> = {}, name = 'front.jpg'): SkuInput =>
  SkuInput.parse({ sku: code, images: [{ url: `https://x.example/${code}.jpg`, name }], attributes });
const mugs = [sku('A', { title: 'Mug', Colour: 'blue' }), sku('B', { title: 'Cup' })];

const guard = createAddressGuard({ allowPrivate: false, allowOrigins: ['http://127.0.0.1:4567'] });
const check = (options: object, skus: SkuInput[] = mugs) =>
  checkDraft({ options: BatchOptions.parse(options), skus, bodySha256: '' }, guard);

/** What is wrong, as `path: message`; empty when it is taken. */
async function faultsOf(options: object, skus?: SkuInput[]): Promise<string[]> {
  try {
    await check(options, skus);
    return [];
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.errors.map(({ path, message }) => `${path}: ${message}`);
  }
}
const warningsOf = async (options: object, skus?: SkuInput[]) =>
  (await check(options, skus)).warnings.map(({ path, message }) => `${path}: ${message}`);

describe('an output beside a profile', () => {
  const output = { width: 2000, height: 2000, format: 'jpeg' };

  test('has to be of a format that the marketplace takes', async () => {
    for (const format of ['webp', 'avif']) {
      expect(await faultsOf({ profile: 'amazon', output: { ...output, format } })).toEqual([
        `output.format: is ${format}, which amazon does not accept; it takes jpeg and png`,
      ]);
    }
    expect(await faultsOf({ profile: 'amazon', output: { ...output, format: 'png' } })).toEqual([]);
    expect(await faultsOf({ profile: 'web', output: { ...output, format: 'avif' } })).toEqual([]);
    expect(await faultsOf({ profile: 'etsy', output: { ...output, format: 'avif' } })).toHaveLength(1);
  });

  test('has to be within its sizes and bytes', async () => {
    expect(await faultsOf({ profile: 'shopify', output: { ...output, width: 5001 } })).toEqual([
      'output.width: is 5001, shopify takes at most 5000 pixels a side',
    ]);
    expect(
      await faultsOf({ profile: 'google-merchant', output: { ...output, width: 8192, height: 8192 } }),
    ).toEqual(['output.width: and height make 67.1 megapixels, google-merchant takes at most 64']);
    expect(await faultsOf({ profile: 'taobao', output: { ...output, maxBytes: 4e6 } })).toEqual([
      'output.maxBytes: is 4000000, taobao takes at most 3000000 bytes',
    ]);
  });

  test('that is smaller than the marketplace asks is taken with a warning', async () => {
    const small = { ...output, width: 400, height: 300 };
    expect(await warningsOf({ profile: 'amazon', output: small })).toEqual([
      'output.width: is 400, amazon asks for at least 500 pixels and may turn the pictures away',
    ]);
    expect(await warningsOf({ profile: 'web', output: small })).toEqual([]);
  });
});

describe('a profile', () => {
  test('says how many pictures a listing takes', async () => {
    expect(await faultsOf({ profile: 'taobao', secondary: { count: 5 } })).toEqual([
      'secondary: asks for 6 pictures a SKU, a listing of taobao takes 5',
    ]);
    expect(await faultsOf({ profile: 'taobao', main: false, secondary: { count: 5 } })).toEqual([]);
  });

  test('may be the client’s own', async () => {
    const own = { width: 750, height: 1000, format: 'jpeg', maxImages: 2 };
    expect(await faultsOf({ profile: own })).toEqual([]);
    expect(await faultsOf({ profile: own, secondary: { count: 2 } })).toEqual([
      'secondary: asks for 3 pictures a SKU, a listing of own takes 2',
    ]);
    expect(BatchOptions.safeParse({ profile: { ...own, width: 0 } }).success).toBe(false);
    expect(
      BatchOptions.safeParse({ profile: { ...own, fill: { min: 0.9, target: 0.8, max: 0.95 } } }).success,
    ).toBe(false);
    expect(BatchOptions.safeParse({ profile: { ...own, colour: 'red' } }).success).toBe(false);
  });
});

describe('the variables of a prompt', () => {
  test('that no SKU has are faults that name what may have been meant', async () => {
    expect(await faultsOf({ main: { prompt: 'A {{titel}} of {{sku}}.' } })).toEqual([
      'main.prompt: names {{titel}}, an attribute that no SKU has; did you mean {{title}}?',
    ]);
    expect(await faultsOf({ main: { extraPrompt: 'In {{finish}}.' } })).toEqual([
      'main.extraPrompt: names {{finish}}, an attribute that no SKU has; there are {{title}}, {{Colour}}',
    ]);
    expect(await faultsOf({ secondary: { prompts: { detail: '{{finish}}' } } }, [sku('A')])).toEqual([
      'secondary.prompts.detail: names {{finish}}, an attribute that no SKU has; they have none at all',
    ]);
  });

  test('that some SKUs lack are warnings with their number and some codes', async () => {
    const main = { prompt: 'A {{ colour }} {{title}}.' };
    expect((await check({ main })).warnings).toMatchObject([
      {
        path: 'main.prompt',
        message: '1 SKU has no attribute "colour": the sentence with {{colour}} is left out for it ("B")',
        skus: 1,
        examples: ['B'],
      },
    ]);
    const many = Array.from({ length: 9 }, (_, n) =>
      sku(`S${n}`, n === 0 ? { colour: 'red', title: 'x' } : { title: 'x' }),
    );
    expect((await check({ main }, many)).warnings).toMatchObject([
      { skus: 8, examples: ['S1', 'S2', 'S3', 'S4', 'S5'] },
    ]);
  });

  test('have to be whole', async () => {
    expect(await faultsOf({ main: { prompt: 'A {{title} mug.' } })).toEqual([
      'main.prompt: has braces that do not make a variable such as {{title}}',
    ]);
  });

  test('are not asked for in prompts that nobody wrote', async () => {
    expect(await warningsOf({ secondary: { kinds: ['lifestyle', 'detail'] } }, [sku('A')])).toEqual([]);
  });
});

describe('secondary kinds', () => {
  test('with a text and without a picture are pointed out', async () => {
    expect(await warningsOf({ secondary: { kinds: ['detail'], prompts: { scale: 'x' } } })).toEqual([
      'secondary.prompts.scale: is for pictures of the kind scale, of which none is asked for',
    ]);
  });

  test('that carry text and have nothing to write are pointed out', async () => {
    const secondary = { kinds: ['infographic', 'scale'] };
    expect(
      (await check({ secondary }, [sku('A'), sku('B', { title: 'Mug' }), sku('C', { 尺寸: '9 cm' })]))
        .warnings,
    ).toMatchObject([
      { path: 'secondary.kinds', skus: 1, examples: ['A'] },
      { path: 'secondary.kinds', skus: 2, examples: ['A', 'B'] },
    ]);
  });

  test('of packaging without a photo of it are pointed out', async () => {
    const secondary = { kinds: ['packaging'] };
    const skus = [
      sku('A'),
      sku('B', {}, 'B_package.jpg'),
      sku('C', {}, '彩盒.jpg'),
      sku('D', {}, 'backpack.jpg'),
    ];
    expect((await check({ secondary }, skus)).warnings).toMatchObject([
      { path: 'secondary.kinds', skus: 2, examples: ['A', 'D'] },
    ]);
  });
});

describe('the address of a webhook', () => {
  test.each([
    ['http://127.0.0.1/hook', '127.0.0.1 leads to a loopback address'],
    ['http://2130706433/', '127.0.0.1 leads to a loopback address'],
    ['http://[::ffff:10.0.0.1]/', 'leads to a private address'],
    ['http://169.254.169.254/latest/meta-data', 'leads to a link local address'],
    ['http://localhost:8080/', 'localhost leads to a loopback address'],
    ['https://user:pw@shop.example/', 'carries a user name or password'],
    ['https://shop.example:6379/', 'port 6379 of shop.example is not a web port'],
  ])('%s is refused at submission', async (webhookUrl, reason) => {
    const [fault] = await faultsOf({ webhookUrl });
    expect(fault).toMatch(/^webhookUrl: cannot be used: /);
    expect(fault).toContain(reason);
    expect(fault).not.toContain(':pw');
  });

  test('that is public, a name, or allowed by the operator is taken', async () => {
    for (const webhookUrl of ['https://shop.example/a', 'http://8.8.8.8/', 'http://127.0.0.1:4567/hook']) {
      expect(await faultsOf({ webhookUrl })).toEqual([]);
    }
  });
});
