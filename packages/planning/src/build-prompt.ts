import type { BatchPlan, ImageKind } from '@image-studio/contract';
import { attributeOf } from './attribute-of.ts';
import { VARIABLE } from './prompt-variables.ts';

export type Words = BatchPlan['words'];

export interface PromptRequest {
  kind: ImageKind;
  words: Words;
  /** Variables of the templates, e.g. `title`, `category`, `dimensions`. */
  attributes: Record<string, string>;
  /** Replaces the template; may use the same variables. */
  prompt?: string | undefined;
  /** Appended to whatever is used. */
  extraPrompt?: string | undefined;
  /** What was wrong with the picture before, in a sentence; taken as it is. */
  faults?: string | undefined;
}

/**
 * The words of one call. A sentence with a variable that this SKU lacks is left out whole, so that no half sentence
 * reaches the model. What must stay as in the photo is said in every prompt, also behind an own text. Same input, same words: they are part of what a paid call is known by.
 */
export function buildPrompt({ kind, words, attributes, prompt, extraPrompt, faults }: PromptRequest): string {
  const template = prompt?.trim() ? prompt : (words.templates[kind] ?? '');
  const parts = [fill(template, attributes)];
  if (extraPrompt?.trim()) parts.push(fill(extraPrompt, attributes));
  // Whatever a picture is to look like, the product in it stays what it is.
  if (!parts.some((part) => part.includes(words.keep))) parts.push(words.keep);
  if (faults) parts.push(words.correction + faults);
  return parts.filter((part) => part !== '').join('\n');
}

/**
 * The built-in words for these kinds of pictures, as this version has them. A batch keeps those of its submission, because
 * they are part of what its calls are paid by.
 */
export function builtInWords(
  language: Language,
  kinds: readonly ImageKind[],
  /** Whether captions will stand below the product; otherwise they stand right of it. */
  captionsBelow: boolean,
): Words {
  const template = (kind: ImageKind) =>
    kind === 'infographic' ? infographic(language, captionsBelow) : TEMPLATES[language][kind];
  return {
    templates: Object.fromEntries(kinds.map((kind) => [kind, template(kind)])),
    keep: KEEP[language],
    correction: CORRECTION[language],
  };
}

type Language = 'en' | 'zh';

const CORRECTION = {
  en: 'An earlier attempt at this picture was turned down. Do not repeat its faults: ',
  zh: '此前生成的图片未被采用，请勿重复以下问题：',
};

function fill(template: string, attributes: Record<string, string>): string {
  return template
    .split('\n')
    .map((line) => fillLine(line, attributes))
    .join('\n')
    .trim();
}

function fillLine(line: string, attributes: Record<string, string>): string {
  if (!line.includes('{{')) return line;
  // A sentence ends at a full stop that is followed by a space or the end (not inside "1.5 kg"), or at a Chinese one.
  const sentences = line.match(/.+?(?:[.!?](?=\s|$)\s*|[。！？]|$)/gu) ?? [line];
  return sentences.map((sentence) => fillSentence(sentence, attributes)).join('');
}

function fillSentence(sentence: string, attributes: Record<string, string>): string {
  let isWhole = true;
  const filled = sentence.replace(VARIABLE, (_, name: string) => {
    const value = attributeOf(attributes, name.trim());
    if (value === '') isWhole = false;
    return value;
  });
  return isWhole ? filled : '';
}

const KEEP_EN =
  'Keep the product exactly as it is in the photo: same shape, proportions, colours, materials, logos, printed text and number of parts.';
const END_EN = 'Do not add any text, logo, border or watermark. Return only the image.';
const KEEP_ZH = '产品必须与照片完全一致：形状、比例、颜色、材质、标志、印刷文字和部件数量都不得改变。';
const KEEP = { en: KEEP_EN, zh: KEEP_ZH };
const END_ZH = '不要添加任何文字、标志、边框或水印。只返回图片。';

/** The empty part is where the captions will be drawn. */
function infographic(language: Language, captionsBelow: boolean): string {
  if (language === 'zh') {
    const [product, rest] = captionsBelow ? ['上方60%', '下方40%'] : ['左半部分', '右半部分'];
    return [
      '请将这张产品照片处理成信息图的底图。产品是{{title}}。',
      KEEP_ZH,
      `将产品放在非常浅的纯色背景的${product}，${rest}留空，以便之后添加说明文字。`,
      END_ZH,
    ].join('\n');
  }
  const [product, rest] = captionsBelow ? ['upper 60 %', 'lower 40 %'] : ['left half', 'right half'];
  return [
    'Prepare this product photo for an infographic. The product is {{title}}.',
    KEEP_EN,
    `Place the product on the ${product} of a plain, very light background and leave the ${rest} empty for captions that will be added later.`,
    END_EN,
  ].join('\n');
}

/**
 * Narrative sentences with an explicit list of what must stay, one change per call: what Google's guide for image
 * editing recommends. Text is never asked of the model; it garbles small letters.
 */
const TEMPLATES: Record<Language, Record<Exclude<ImageKind, 'infographic'>, string>> = {
  en: {
    main: [
      'Edit this photo. The product is {{title}}.',
      KEEP_EN,
      'Remove the background, props, hands and any text that is not printed on the product. Place the product centred on a uniform pure white (#FFFFFF) background, seen from the same angle as in the photo, filling about 85 to 90 % of the frame, not cropped, in soft even studio light, with no shadow touching the edges and no added objects.',
      END_EN,
    ].join('\n'),
    lifestyle: [
      'Show the product from this photo in everyday use. The product is {{title}}. It belongs to the category {{category}}.',
      KEEP_EN,
      'Place it in a realistic, tidy setting that fits it, in natural daylight, with the product sharp and clearly the main subject, at a believable size.',
      END_EN,
    ].join('\n'),
    detail: [
      'Make a close-up of the product in this photo. The product is {{title}}. Its material is {{material}}.',
      KEEP_EN,
      'Show the most telling part of it, its texture and workmanship, filling the frame, in soft side light on a plain light background. Invent no detail that the photo does not show.',
      END_EN,
    ].join('\n'),
    scale: [
      'Show how large the product in this photo is. The product is {{title}}. It measures {{dimensions}}.',
      KEEP_EN,
      'Place it on a plain light surface beside one common everyday object of well-known size, both fully visible and in true proportion. Leave the lowest fifth of the picture empty.',
      END_EN,
    ].join('\n'),
    packaging: [
      'Show the product from this photo together with its packaging. The product is {{title}}.',
      KEEP_EN,
      'If a photo shows the packaging, use exactly that packaging; otherwise use a plain unprinted cardboard box. Arrange both neatly on a plain light background.',
      END_EN,
    ].join('\n'),
    'on-model': [
      'Show the product from this photo worn or held by a person. The product is {{title}}.',
      KEEP_EN,
      'The person stands relaxed before a plain light studio background, and the product is fully visible, sharp and at its true size.',
      END_EN,
    ].join('\n'),
  },
  zh: {
    main: [
      '请编辑这张照片。产品是{{title}}。',
      KEEP_ZH,
      '去除背景、道具、手以及不属于产品本身的文字。将产品居中放在均匀的纯白色（#FFFFFF）背景上，保持照片中的拍摄角度，占画面约85%到90%，不裁切，使用柔和均匀的棚拍光线，阴影不得触及边缘，不添加其他物体。',
      END_ZH,
    ].join('\n'),
    lifestyle: [
      '请展示照片中的产品在日常生活中的使用场景。产品是{{title}}。它属于{{category}}类目。',
      KEEP_ZH,
      '将它放在真实、整洁、与其相称的环境中，自然光线，产品清晰且是画面主体，大小可信。',
      END_ZH,
    ].join('\n'),
    detail: [
      '请制作照片中产品的特写。产品是{{title}}。材质是{{material}}。',
      KEEP_ZH,
      '展示最能体现产品特点的部位、质感和做工，填满画面，柔和侧光，纯净浅色背景。不要虚构照片中没有的细节。',
      END_ZH,
    ].join('\n'),
    scale: [
      '请展示照片中产品的实际大小。产品是{{title}}。尺寸为{{dimensions}}。',
      KEEP_ZH,
      '将它放在纯净的浅色平面上，旁边放一件大小众所周知的日常物品，两者完整可见，比例真实。画面最下方五分之一留空。',
      END_ZH,
    ].join('\n'),
    packaging: [
      '请展示照片中的产品及其包装。产品是{{title}}。',
      KEEP_ZH,
      '如果照片中有包装，请使用完全相同的包装；否则使用没有印刷的普通纸盒。将两者整齐地摆放在纯净的浅色背景上。',
      END_ZH,
    ].join('\n'),
    'on-model': [
      '请展示由人穿戴或手持照片中的产品。产品是{{title}}。',
      KEEP_ZH,
      '人物在纯净浅色的影棚背景前自然站立，产品完整可见、清晰，大小真实。',
      END_ZH,
    ].join('\n'),
  },
};
