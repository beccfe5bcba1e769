import type { FailureCode } from '@image-studio/contract';
import type { Language } from './translate.ts';

/** What happened, in a few words, and what a person can do about it. */
type Words = Record<Language, readonly [title: string, advice: string]>;

/** Every failure code of the contract in words. */
export const failureWords: Record<FailureCode, Words> = {
  SOURCE_NOT_FOUND: {
    en: ['Photo not found', 'Check the address, then retry.'],
    zh: ['找不到照片', '检查网址后重试。'],
  },
  SOURCE_TOO_LARGE: {
    en: ['Photo too large', 'Supply a smaller file, or raise the limit.'],
    zh: ['照片过大', '提供较小的文件，或提高限制。'],
  },
  SOURCE_TOO_SMALL: {
    en: ['Photo too small', 'Supply a larger photo: this one shows no product.'],
    zh: ['照片过小', '请提供更大的照片：该照片看不清商品。'],
  },
  SOURCE_REJECTED: {
    en: [
      'Photo not accepted by the model',
      'The model cannot process this photo. Save it anew, or use another one.',
    ],
    zh: ['模型无法处理该照片', '请重新保存该照片，或更换照片。'],
  },
  SOURCE_NOT_AN_IMAGE: {
    en: ['Not a readable image', 'The file is empty, cut short or no picture. Replace it.'],
    zh: ['不是可读的图片', '文件为空、被截断或不是图片，请更换。'],
  },
  SOURCE_UNSUPPORTED: {
    en: ['Format not supported', 'Supply JPEG, PNG, WebP, AVIF, TIFF or GIF.'],
    zh: ['格式不支持', '请提供 JPEG、PNG、WebP、AVIF、TIFF 或 GIF。'],
  },
  SOURCE_FORBIDDEN_ADDRESS: {
    en: ['Address not allowed', 'Photos must be at a public http(s) address.'],
    zh: ['网址不允许', '照片须位于公网 http(s) 网址。'],
  },
  SOURCE_UNREACHABLE: {
    en: ['Supplier unreachable', 'Retry when the supplier’s server is back.'],
    zh: ['无法连接供应商', '待供应商服务器恢复后重试。'],
  },
  SOURCE_TIMEOUT: {
    en: ['Supplier too slow', 'Retry later.'],
    zh: ['供应商响应超时', '稍后重试。'],
  },
  MODEL_REFUSED: {
    en: ['Model refused', 'The model does not edit this photo. Use another one, or another prompt.'],
    zh: ['模型拒绝', '模型不处理该照片，请更换照片或提示词。'],
  },
  MODEL_NO_IMAGE: {
    en: ['Model gave no image', 'Retry, or change the prompt.'],
    zh: ['模型未返回图片', '重试或修改提示词。'],
  },
  MODEL_UNAVAILABLE: {
    en: ['Model unavailable', 'Retry later.'],
    zh: ['模型不可用', '稍后重试。'],
  },
  MODEL_MISCONFIGURED: {
    en: ['Model misconfigured', 'An operator has to check the key and the model’s name.'],
    zh: ['模型配置错误', '请管理员检查密钥和模型名称。'],
  },
  BUDGET_EXHAUSTED: {
    en: ['Budget used up', 'Raise the budget, then resume.'],
    zh: ['预算已用完', '提高预算后继续。'],
  },
  ENCODE_CANNOT_FIT: {
    en: ['Cannot fit the byte limit', 'Allow more bytes, fewer pixels or another format.'],
    zh: ['无法满足文件大小限制', '放宽大小、减小像素或更换格式。'],
  },
  CHECK_FAILED: {
    en: ['Did not pass the checks', 'See the failed rules; retry or use another photo.'],
    zh: ['未通过检查', '查看未通过的规则；重试或更换照片。'],
  },
  STORE_UNAVAILABLE: {
    en: ['Storage unavailable', 'Retry when the object store is back.'],
    zh: ['存储不可用', '待存储恢复后重试。'],
  },
  CANCELLED: {
    en: ['Cancelled', 'Submit it again to run it after all.'],
    zh: ['已取消', '如仍需要，请重新提交。'],
  },
  INTERNAL: {
    en: ['Internal error', 'Retry; if it stays, send the message to the operator.'],
    zh: ['内部错误', '请重试；若仍出现，请联系管理员。'],
  },
};
