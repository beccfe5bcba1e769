import { SkuInput } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { planCaptions } from './plan-captions.ts';

const sku = (attributes?: Record<string, string>) =>
  SkuInput.parse({ sku: 'S1', images: [{ url: 'https://x.example/1.jpg' }], attributes });

describe('planCaptions', () => {
  test('takes the title, the points in their order, and facts while there is room', () => {
    const attributes = {
      Title: 'Mug',
      'Bullet Point 2': 'second',
      bullet_point_1: 'first',
      Material: 'stoneware',
      Dimensions: '9 cm',
      weight: '300 g',
    };
    expect(planCaptions('infographic', sku(attributes), 'en')).toEqual({
      title: 'Mug',
      points: ['first', 'second', 'Material: stoneware', 'Size: 9 cm'],
      dimensions: '',
    });
  });

  test('parts several features in one, in either language', () => {
    expect(planCaptions('infographic', sku({ features: 'light;\nstrong | dry • ' }), 'en')?.points).toEqual([
      'light',
      'strong',
      'dry',
    ]);
    expect(
      planCaptions('infographic', sku({ 商品名称: '杯', 卖点1: '耐热', 材质: '陶瓷' }), 'zh'),
    ).toMatchObject({
      title: '杯',
      points: ['耐热', '材质：陶瓷'],
    });
  });

  test('has only the measures for a scale picture', () => {
    const attributes = { title: 'Mug', dimensions: '9 × 8 cm' };
    expect(planCaptions('scale', sku(attributes), 'en')).toEqual({
      title: '',
      points: [],
      dimensions: '9 × 8 cm',
    });
    expect(planCaptions('scale', sku({ title: 'Mug' }), 'en')).toBeNull();
  });

  test('puts measures together that come one by one, in either language', () => {
    const measures = (attributes: Record<string, string>) =>
      planCaptions('scale', sku(attributes), 'en')?.dimensions;
    expect(measures({ Height: '18 cm', 'Item Width': '24 cm', depth: ' 6 cm' })).toBe('24 cm × 6 cm × 18 cm');
    expect(measures({ 高度: '12 cm', 直径: '8 cm' })).toBe('ø 8 cm × 12 cm');
    expect(measures({ width: '24 cm', dimensions: '24 × 18 cm' })).toBe('24 × 18 cm');
    expect(measures({ width: '24 cm', height: ' ' })).toBeUndefined();
  });

  test('has nothing else for a scale picture, and nothing for other kinds or without attributes', () => {
    const attributes = { title: 'Mug', dimensions: '9 × 8 cm' };
    expect(planCaptions('detail', sku(attributes), 'en')).toBeNull();
    expect(planCaptions('infographic', sku(), 'en')).toBeNull();
  });
});
