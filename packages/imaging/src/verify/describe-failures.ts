import type { Check } from '@image-studio/contract';

type Language = 'en' | 'zh';
type Sentence = Record<Language, (check: Check) => string>;

/**
 * What a model can do better when it is told. Border, fill, bytes and format are made by finishing, and the size of an answer
 * is a parameter of the request: another paid call would not change them.
 */
const SENTENCES: Record<string, Sentence> = {
  notBlank: {
    en: () => 'The picture was blank: it showed no product at all.',
    zh: () => '图片是空白的，没有显示任何产品。',
  },
  unchanged: {
    en: () => 'The photo came back unchanged: it has to be edited as described.',
    zh: () => '照片原样返回，未按要求进行编辑。',
  },
  background: {
    en: () => 'The product did not stand alone on a plain, uniform pure white background.',
    zh: () => '产品没有单独放在均匀的纯白色背景上。',
  },
  edgeTouch: {
    en: () =>
      'The product was cut off at the edge of the picture: show it whole, with free space on every side.',
    zh: () => '产品在画面边缘被裁切：请完整显示产品，四周留出空间。',
  },
  colour: {
    en: () =>
      "The product's colours differed from the photo: keep every colour of the product exactly as it is.",
    zh: () => '产品颜色与照片不符：产品的所有颜色必须与照片完全一致。',
  },
  likeness: {
    en: ({ measured }) =>
      `It did not show the product as the photo does, but ${String(measured).replace(/ \(.*\)$/, '')}: show this very product, once, from the same side and the same way up.`,
    zh: () =>
      '图片中的产品与照片不符（镜像、旋转、数量不同或不是同一产品）：请以相同角度和方向显示照片中的这一件产品。',
  },
  sharpness: {
    en: () => 'The picture was blurred: the product has to be in sharp focus.',
    zh: () => '图片模糊：产品必须清晰对焦。',
  },
  additions: {
    en: ({ measured }) =>
      `There was ${measured}: show the product alone, without frames, text, labels or watermarks that it does not carry itself.`,
    zh: () => '图片中添加了边框或文字：请只显示产品本身，不要添加产品上没有的边框、文字、标签或水印。',
  },
  answerRatio: {
    en: ({ measured, required }) =>
      `The picture had the wrong shape: its width over height was ${measured} instead of ${required}.`,
    zh: ({ measured, required }) => `图片比例错误：宽高比为${measured}，应为${required}。`,
  },
};

/** A blank or unchanged picture fails nearly everything else as well; naming that would only mislead. */
const EXPLAIN_ALL = ['notBlank', 'unchanged'];

/**
 * What was wrong with a picture, in sentences for the model that made it; `null` when nothing failed that a model
 * could mend.
 */
export function describeFailures(checks: readonly Check[], language: Language): string | null {
  const failed = checks.filter(({ rule, pass }) => !pass && Object.hasOwn(SENTENCES, rule));
  const first = EXPLAIN_ALL.flatMap((rule) => failed.filter((check) => check.rule === rule));
  const named = first.length > 0 ? first.slice(0, 1) : failed.filter(({ rule }) => !isImplied(rule, failed));
  if (named.length === 0) return null;
  const sentences = named.flatMap((check) => SENTENCES[check.rule]?.[language](check) ?? []);
  return [...new Set(sentences)].join(language === 'zh' ? '' : ' ');
}

/** Without a background no product was found that could touch an edge. */
function isImplied(rule: string, failed: readonly Check[]): boolean {
  return rule === 'edgeTouch' && failed.some((check) => check.rule === 'background');
}
