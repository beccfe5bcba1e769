import type { Check } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { describeFailures } from './describe-failures.ts';

const check = (rule: string, measured: Check['measured'] = 0, pass = false): Check => ({
  rule,
  measured,
  required: '1',
  pass,
});

describe('describeFailures', () => {
  test('has nothing to say of a good picture, or of faults that are not the model’s', () => {
    expect(describeFailures([check('fill', 0.85, true)], 'en')).toBeNull();
    expect(describeFailures([check('bytes'), check('format'), check('engine')], 'en')).toBeNull();
    expect(
      describeFailures([check('borderWhite', 0.99), check('fill', 0.7), check('answerSize')], 'en'),
    ).toBeNull();
    expect(describeFailures([check('constructor')], 'en')).toBeNull();
  });

  test('names what failed, with what was measured, in the language of the batch', () => {
    const failed = [check('answerRatio', 1.5), check('colour', 0.1), check('sharpness', 0.3, true)];
    expect(describeFailures(failed, 'en')).toBe(
      "The picture had the wrong shape: its width over height was 1.5 instead of 1. The product's colours differed from the photo: keep every colour of the product exactly as it is.",
    );
    expect(describeFailures(failed, 'zh')).toMatch(/1\.5.*颜色与照片不符/);
  });

  test('says in what way a product is not that of the photo, without the numbers', () => {
    const mirrored = check('likeness', 'the product mirrored (agreement 0.97)');
    expect(describeFailures([mirrored], 'en')).toMatch(
      /as the photo does, but the product mirrored: show this very product/,
    );
    expect(describeFailures([mirrored], 'zh')).toContain('镜像');
  });

  test('says of a blank or unchanged picture only that, and nothing of a product that was not found', () => {
    expect(describeFailures([check('background'), check('fill'), check('notBlank')], 'en')).toMatch(
      /^The picture was blank[^.]*\.$/,
    );
    expect(describeFailures([check('background'), check('unchanged')], 'en')).toMatch(
      /^The photo came back unchanged[^.]*\.$/,
    );
    expect(describeFailures([check('background'), check('fill'), check('edgeTouch')], 'en')).not.toMatch(
      /cut off/,
    );
  });
});
