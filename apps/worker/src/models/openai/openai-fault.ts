import { say } from '@image-studio/contract';
import type { ModelError, ModelErrorKind } from '../image-model.ts';
import { explainFault, type FaultLanguage } from '../request/explain-fault.ts';
import type { Fault } from '../request/guard-call.ts';

/**
 * What a failed request means in OpenAI's words, and in those of the gateways and servers that borrowed them. Statuses
 * that only some send: 402 no credit, 524 the edge gave up, 529 overloaded (OpenRouter).
 */
export function toOpenaiError(fault: Fault): ModelError {
  return explainFault(fault, OPENAI);
}

const OPENAI: FaultLanguage = {
  kindOf,
  introductions: {
    auth: 'the model API does not accept the key',
    modelGone: 'the model does not exist',
    badRequest: 'the model API rejects the request',
    badPhoto: 'the model cannot process the photo',
    blockedPrompt: 'the provider blocked the request',
    blockedOutput: 'the provider refused to show the picture',
    rateLimitMinute: 'the rate limit of the model API is reached',
    spendLimit: 'the account has no credit left, or its spend limit is reached',
    overloaded: 'the model is overloaded',
  },
  redirected: (to) => say`the model's address redirects to ${to}; give that one`,
};

function kindOf(fault: Fault, status: number): ModelErrorKind {
  if (hasNoCredit(fault, status)) return 'spendLimit';
  const refusal = refusalOf(fault);
  if (refusal !== null) return refusal;
  if (status === 401 || status === 403) return 'auth';
  if (status === 404 || isAboutModel(fault)) return 'modelGone';
  if (status === 429) return 'rateLimitMinute';
  if (status === 503 || status === 529) return 'overloaded';
  if (status === 408 || status === 409 || status < 400 || status >= 500) return 'server';
  return ABOUT_THE_PHOTO.test(`${codeOf(fault)} ${fault.message}`) ? 'badPhoto' : 'badRequest';
}

const NO_CREDIT = new Set(['insufficient_quota', 'billing_hard_limit_reached', 'insufficient_credits']);

/** The code stands in `type` at some gateways; a limit of the account has been seen with status 400 as well as 429. */
function hasNoCredit(fault: Fault, status: number): boolean {
  return status === 402 || NO_CREDIT.has(codeOf(fault)) || NO_CREDIT.has(String(fault.fields.type));
}

const ABOUT_THE_PHOTO =
  /invalid_image|image_(parse|too_small)|(unsupported|invalid|corrupt|broken).{0,20}\bimage|\bimage.{0,30}(unsupported|invalid|corrupt|could not be (read|decoded|processed))|failed to (decode|load|parse).{0,20}image/i;

/**
 * OpenAI says at which stage: 400 `moderation_blocked`, `moderation_details.moderation_stage` input or output.
 * OpenRouter answers 403 with `metadata.reasons` or `metadata.flagged_input` for words, and relays other providers' blocks of a
 * picture, in its own sentence or in `metadata.raw`.
 */
function refusalOf(fault: Fault): 'blockedPrompt' | 'blockedOutput' | null {
  const { moderation_details: details, metadata, type } = fault.fields;
  const { moderation_stage: stage } = asFields(details);
  const { reasons, flagged_input: flagged, raw = '' } = asFields(metadata);
  const isRefused =
    codeOf(fault) === 'moderation_blocked' ||
    codeOf(fault) === 'content_policy_violation' ||
    type === 'image_generation_user_error' ||
    Array.isArray(reasons) ||
    flagged !== undefined;
  const isRelayedBlock = /\b(IMAGE_SAFETY|PROHIBITED_CONTENT|IMAGE_PROHIBITED_CONTENT|content_filter)\b/.test(
    `${codeOf(fault)} ${fault.message} ${typeof raw === 'string' ? raw : JSON.stringify(raw)}`,
  );
  if (isRelayedBlock) return 'blockedOutput';
  if (!isRefused) return null;
  return stage === 'output' ? 'blockedOutput' : 'blockedPrompt';
}

function isAboutModel(fault: Fault): boolean {
  return (
    codeOf(fault) === 'model_not_found' ||
    (fault.fields.param === 'model' && /invalid_value|not_found|unsupported/.test(codeOf(fault)))
  );
}

function codeOf({ fields }: Fault): string {
  return typeof fields.code === 'string' ? fields.code : '';
}

function asFields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
