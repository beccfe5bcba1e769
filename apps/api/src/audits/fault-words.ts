import type { FaultView } from '@image-studio/contract';
import { demandOf } from './view-audit.ts';

type Words = Record<FaultView['rule'], (measured: string, demand: { least: string; most: string }) => string>;

const ENGLISH: Words = {
  link: (measured) => `cannot be fetched (${measured})`,
  image: (measured) => `is no picture: ${measured}`,
  format: (measured) => `is a ${measured.toUpperCase()}, which is not taken`,
  bytes: (measured, { most }) => `has ${measured}, at most ${most}`,
  shorterSide: (measured, { least }) => `shorter side of ${measured} px, at least ${least}`,
  longerSide: (measured, { least, most }) =>
    `longer side of ${measured} px, ${least ? `at least ${least}` : `at most ${most}`}`,
  megapixels: (measured, { most }) => `${measured} megapixels, at most ${most}`,
  ratio: (measured) => `is not square (width to height ${measured})`,
  still: (measured) => `is animated (${measured} frames)`,
  colourSpace: (measured) => `is in ${measured.toUpperCase()}, not in RGB`,
  background: () => 'is not on white',
  text: () => 'has text or a watermark beside the product',
  frame: () => 'has a frame',
  placeholder: () => 'is a placeholder: it shows no product',
  fill: (measured, { least, most }) =>
    `the product fills ${percent(measured)}, ${[least && `at least ${percent(least)}`, most && `at most ${percent(most)}`].filter(Boolean).join(' and ')}`,
};

const CHINESE: Words = {
  link: (measured) => `无法下载（${measured}）`,
  image: (measured) => `不是图片：${measured}`,
  format: (measured) => `格式为 ${measured.toUpperCase()}，不被接受`,
  bytes: (measured, { most }) => `大小 ${measured}，最大 ${most}`,
  shorterSide: (measured, { least }) => `短边 ${measured} 像素，至少 ${least}`,
  longerSide: (measured, { least, most }) =>
    `长边 ${measured} 像素，${least ? `至少 ${least}` : `最多 ${most}`}`,
  megapixels: (measured, { most }) => `${measured} 百万像素，最多 ${most}`,
  ratio: (measured) => `不是正方形（宽高比 ${measured}）`,
  still: (measured) => `是动图（${measured} 帧）`,
  colourSpace: (measured) => `色彩模式为 ${measured.toUpperCase()}，不是 RGB`,
  background: () => '背景不是白色',
  text: () => '商品旁有文字或水印',
  frame: () => '有边框',
  placeholder: () => '是占位图，没有商品',
  fill: (measured, { least, most }) =>
    `商品占画面 ${percent(measured)}，${[least && `至少 ${percent(least)}`, most && `最多 ${percent(most)}`].filter(Boolean).join('，')}`,
};

/** A fault as a person reads it in a table: which demand of which marketplace, and since when. */
export function faultWords(fault: FaultView, key: string, language: 'en' | 'zh'): string {
  const { rule, measured, profile, from, level } = fault;
  const demand = demandOf(profile, key);
  const inUnit = (value: number | string | undefined) =>
    value === undefined ? '' : rule === 'bytes' ? megabytes(Number(value)) : String(value);
  const words = (language === 'zh' ? CHINESE : ENGLISH)[rule](inUnit(measured), {
    least: inUnit(demand?.least),
    most: inUnit(demand?.most),
  });
  const since = from === null ? '' : language === 'zh' ? `（自 ${from} 起）` : ` (from ${from})`;
  const advice = level === 'refused' ? '' : language === 'zh' ? '（建议）' : ' (advice)';
  return `${profile}: ${words}${since}${advice}`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e5) / 10} MB`;
}

function percent(share: string): string {
  return `${Math.round(Number(share) * 100)} %`;
}
