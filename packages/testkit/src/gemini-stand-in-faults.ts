import { READABLE_SHAPES, UNREADABLE_SHAPES } from './gemini-stand-in-shapes.ts';

/** Everything that the stand-in can do wrong; by probability, or forced by `[[fault:name]]` in the prompt. */
export const GEMINI_FAULTS = [
  'e400',
  'e403',
  'e404',
  'e429',
  'e429Day',
  'e429Spend',
  'e429Zero',
  'e429Capacity',
  'e499',
  'e500',
  'e502',
  'e503',
  'e504',
  'gatewayTimeout',
  'errorIn200',
  'redirect',
  'blockedPrompt',
  'imageSafety',
  'recitation',
  'other',
  'noImage',
  'textOnly',
  'empty',
  'badJson',
  'corrupt',
  'reset',
  'hang',
  'truncated',
  'slow',
  // Never ends, at full speed.
  'endless',
  'hugeUsage',
  'thought',
  'wrongRatio',
  'wrongMime',
  'identical',
  // Pictures that are no good; drawn in gemini-stand-in-picture.ts.
  'shifted',
  'offWhite',
  'offCentre',
  'cutOff',
  'blank',
  'grey',
  'recoloured',
  'tiny',
  'blurred',
  ...READABLE_SHAPES,
  ...UNREADABLE_SHAPES,
] as const;
export type GeminiFault = (typeof GEMINI_FAULTS)[number];

/** More than any answer can hold. */
export const HUGE_USAGE = {
  promptTokenCount: 1e308,
  candidatesTokenCount: 1e308,
  thoughtsTokenCount: -1,
  totalTokenCount: 1e308,
};

export const USAGE = {
  promptTokenCount: 1320,
  candidatesTokenCount: 1680,
  thoughtsTokenCount: 300,
  totalTokenCount: 3300,
  promptTokensDetails: [
    { modality: 'TEXT', tokenCount: 200 },
    { modality: 'IMAGE', tokenCount: 1120 },
  ],
  candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1680 }],
};

const TEXT_USAGE = { promptTokenCount: 1320, candidatesTokenCount: 20, totalTokenCount: 1340 };

/** As Google writes it: with its fraction in words, and without in `RetryInfo`. */
export const RETRY_AFTER_SECONDS = 17.123456789;

/** The bodies of answers that bring no picture, as Google words them. */
export function faultAnswer(
  fault: GeminiFault,
  model: string,
  retryAfterSeconds = RETRY_AFTER_SECONDS,
): { status: number; body: string; type?: string; location?: string } | null {
  switch (fault) {
    case 'e400':
      return error(
        400,
        'INVALID_ARGUMENT',
        'Unable to process input image. Please retry or report in the forum.',
      );
    case 'e403':
      return error(
        403,
        'PERMISSION_DENIED',
        "Method doesn't allow unregistered callers (callers without established identity).",
      );
    case 'e404':
      return error(
        404,
        'NOT_FOUND',
        `models/${model} is not found for API version v1beta, or is not supported for generateContent.`,
      );
    case 'e429':
      return quota('PerMinute', 'per_minute', '60', model, retryAfterSeconds);
    case 'e429Day':
      return quota('PerDay', 'per_day', '1000', model, 72_193.4);
    case 'e429Zero':
      return quota('PerDay', 'per_day', '0', model, 17.5);
    case 'e429Spend':
      return error(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).');
    case 'e429Capacity':
      return error(429, 'RESOURCE_EXHAUSTED', 'No capacity available for this model on the server.', [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'MODEL_CAPACITY_EXHAUSTED',
          domain: 'googleapis.com',
        },
      ]);
    case 'e499':
      return error(499, 'CANCELLED', 'The operation was cancelled.');
    case 'e500':
      return error(500, 'INTERNAL', 'An internal error has occurred. Please retry or report in the forum.');
    case 'e502':
      return {
        status: 502,
        body: '<!DOCTYPE html><html><title>502 Bad Gateway</title></html>',
        type: 'text/html',
      };
    case 'e503':
      return error(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.');
    case 'e504':
      return error(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.');
    case 'gatewayTimeout':
      return { status: 504, body: '<html><title>504 Gateway Time-out</title></html>', type: 'text/html' };
    case 'errorIn200':
      return {
        status: 200,
        body: error(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.').body,
      };
    case 'redirect':
      return { status: 302, body: '', location: 'https://elsewhere.example/v1beta/models' };
    case 'recitation':
    case 'other':
      return ok({
        candidates: [{ content: {}, finishReason: fault.toUpperCase(), index: 0 }],
        usageMetadata: TEXT_USAGE,
      });
    case 'blockedPrompt':
      return ok({
        promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
        usageMetadata: { promptTokenCount: 1320 },
      });
    case 'imageSafety':
      return ok({
        candidates: [
          {
            content: {},
            finishReason: 'IMAGE_SAFETY',
            finishMessage: 'Unable to show the generated image.',
            index: 0,
          },
        ],
        usageMetadata: TEXT_USAGE,
      });
    case 'noImage':
      return ok({
        candidates: [{ content: {}, finishReason: 'NO_IMAGE', index: 0 }],
        usageMetadata: TEXT_USAGE,
      });
    case 'textOnly':
      return ok({
        candidates: [
          {
            content: { role: 'model', parts: [{ text: 'Here is the product on a pure white background:' }] },
            finishReason: 'STOP',
            index: 0,
          },
        ],
        usageMetadata: TEXT_USAGE,
      });
    case 'empty':
      return ok({});
    case 'badJson':
      return { status: 200, body: '<html>Sign in to the captive portal</html>' };
    default:
      return null;
  }
}

export const WRONG_KEY = error(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
  {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: 'API_KEY_INVALID',
    domain: 'googleapis.com',
    metadata: { service: 'generativelanguage.googleapis.com' },
  },
]);

/** An error in Google's shape. */
export function error(
  status: number,
  name: string,
  message: string,
  details?: unknown[],
): { status: number; body: string } {
  return {
    status,
    body: JSON.stringify({ error: { code: status, message, status: name, ...(details ? { details } : {}) } }),
  };
}

function quota(
  id: 'PerMinute' | 'PerDay',
  metric: string,
  limit: string,
  model: string,
  seconds: number,
): { status: number; body: string } {
  const quotaMetric = `generativelanguage.googleapis.com/generate_requests_per_model_${metric}`;
  return error(
    429,
    'RESOURCE_EXHAUSTED',
    `You exceeded your current quota, please check your plan and billing details. \n* Quota exceeded for metric: ${quotaMetric}, limit: ${limit}, model: ${model}\nPlease retry in ${seconds}s.`,
    [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [
          {
            quotaMetric,
            quotaId: `GenerateRequests${id}PerProjectPerModel`,
            quotaDimensions: { model, location: 'global' },
            quotaValue: limit,
          },
        ],
      },
      {
        '@type': 'type.googleapis.com/google.rpc.Help',
        links: [{ description: 'Learn more', url: 'https://ai.google.dev/' }],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${Math.floor(seconds)}s` },
    ],
  );
}

function ok(body: unknown): { status: number; body: string } {
  return { status: 200, body: JSON.stringify(body) };
}
