import { say } from '@image-studio/contract';
import type { ModelError, ModelErrorKind } from '../image-model.ts';
import { explainFault, type FaultLanguage } from '../request/explain-fault.ts';
import type { Fault } from '../request/guard-call.ts';
import { retryDelayMs } from '../request/retry-delay.ts';

/** What a failed request means in Google's words. */
export function toModelError(fault: Fault): ModelError {
  return explainFault(fault, GOOGLE);
}

const GOOGLE: FaultLanguage = {
  kindOf: (fault, status) => (status === 429 ? limitKind(fault) : statusKind(fault, status)),
  introductions: {
    auth: 'the model API does not accept the key or the project',
    modelGone: 'the model does not exist',
    badRequest: 'the model API rejects the request',
    badPhoto: 'the model cannot process the photo',
    quotaZero: 'the project has no quota for this model',
    rateLimitMinute: 'the rate limit of the model API is reached',
    rateLimitDay: 'the daily limit of the model API is reached',
    spendLimit: 'the spend or capacity limit of the model API is reached',
    overloaded: 'the model is overloaded',
  },
  redirected: (to, status) =>
    say`the model API redirects to ${to} (HTTP ${status}); GEMINI_BASE_URL has to be the address itself`,
  namedWaitMs: ({ message, details }) => retryDelayMs(message, details),
};

function statusKind(fault: Fault, status: number): ModelErrorKind {
  if (status === 401 || status === 403) return 'auth';
  if (status === 404) return 'modelGone';
  // 499: the provider cancelled on its side; 408: it gave up reading. Both pass.
  if (status === 499 || status === 408) return 'server';
  if (status === 503) return 'overloaded';
  if (status < 400 || status >= 500) return 'server';
  if (isAboutAccess(fault)) return 'auth';
  return ABOUT_THE_PHOTO.test(fault.message) ? 'badPhoto' : 'badRequest';
}

/** Seen: `Unable to process input image. Please retry …`, `Provided image is not valid.` */
const ABOUT_THE_PHOTO =
  /unable to (process|decode|read)\b.{0,20}\bimage|image.{0,20}\b(is not valid|is invalid|cannot be (processed|decoded|read)|is corrupt)/i;

/** A 400 that no other request would escape: a wrong key, a project without billing, a region without the service. */
function isAboutAccess(fault: Fault): boolean {
  const reasons = fault.details.map((detail) => field(detail, 'reason'));
  if (reasons.some((reason) => reason === 'API_KEY_INVALID' || reason === 'API_KEY_EXPIRED')) return true;
  return /api key (not valid|expired)|location is not supported|billing/i.test(fault.message);
}

/**
 * The kinds of 429: no quota at all, per day, out of capacity, per minute, and the bare one without details, which is
 * what the spend and prepay limits answer.
 */
function limitKind(fault: Fault): ModelErrorKind {
  const violations = fault.details.flatMap((detail) => {
    const list = field(detail, 'violations');
    return Array.isArray(list) ? (list as unknown[]) : [];
  });
  const quotas = violations.map((violation) => String(field(violation, 'quotaId') ?? '')).join(' ');
  const text = `${quotas} ${fault.message}`;
  const isZero = violations.some((violation) => String(field(violation, 'quotaValue')) === '0');
  if (isZero || /limit:\s*0(?![\d.])/.test(fault.message)) return 'quotaZero';
  if (/per[_ ]?day/i.test(text)) return 'rateLimitDay';
  if (fault.details.some((detail) => field(detail, 'reason') === 'MODEL_CAPACITY_EXHAUSTED'))
    return 'overloaded';
  if (/per[_ ]?minute/i.test(text)) return 'rateLimitMinute';
  const isBare = fault.details.length === 0 && !/retry in/i.test(fault.message) && fault.message !== '';
  return isBare || /spend|prepay|credit|billing/i.test(fault.message) ? 'spendLimit' : 'rateLimitMinute';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
