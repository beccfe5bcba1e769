import { parseUrl } from '@image-studio/contract';
import { z } from 'zod';
import { variable } from './variable.ts';

/** Which addresses requests on behalf of clients may go to, beyond the public web. */
export interface OutgoingConfig {
  /** Lets them reach private and loopback addresses; log it loudly. */
  allowPrivate: boolean;
  /** Exact origins that are allowed although private: the embedded sample catalogue's. */
  allowOrigins: readonly string[];
}

/** Bounds of the downloads from suppliers. */
export interface SourceConfig extends OutgoingConfig {
  maxBytes: number;
  maxPixels: number;
  /** Shorter side of a photo at least: what is smaller shows no product. */
  minPixels: number;
  timeoutMs: number;
  connectTimeoutMs: number;
  retries: number;
  /** Mail or web address of who asks. */
  contact: string | undefined;
  /** Headers by origin. They may be secrets. */
  headers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** An origin list such as `http://127.0.0.1:3100,http://127.0.0.1:3101`. */
const Origins = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((origin) => origin.trim() || []))
  .refine((origins) => origins.every(isHttpOrigin), {
    error: 'must be a comma-separated list of exact http(s) origins, without a path',
  });

const Contact = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]+$/, { error: 'must be a mail or web address, without spaces' });

/** Never shown in a fault: the values are keys of suppliers. */
const HEADERS_FAULT =
  'must be JSON of headers by exact origin, such as {"https://cdn.example": {"referer": "https://shop.example/"}}';

const HeadersByOrigin = z
  .string()
  .default('{}')
  .transform((text, context): Record<string, Record<string, string>> => {
    const parsed = z.record(z.string(), z.record(z.string(), z.string())).safeParse(jsonOf(text));
    const isUsable =
      parsed.success &&
      Object.entries(parsed.data).every(
        ([origin, headers]) =>
          isHttpOrigin(origin) &&
          Object.entries(headers).every(
            ([name, value]) => /^[\w-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value),
          ),
      );
    if (isUsable) return parsed.data;
    context.addIssue({ code: 'custom', message: HEADERS_FAULT });
    return z.NEVER;
  });

const outgoing = {
  ALLOW_PRIVATE_SOURCES: variable.flag(false),
  SOURCE_ALLOW_ORIGINS: Origins,
};

/** For processes that take addresses and send nothing there themselves. */
export const OutgoingSlice = z.object(outgoing).transform(
  (env): OutgoingConfig => ({
    allowPrivate: env.ALLOW_PRIVATE_SOURCES,
    allowOrigins: env.SOURCE_ALLOW_ORIGINS,
  }),
);

/** Bounds of one photo, wherever it is from. */
export const PhotoLimits = {
  SOURCE_MAX_BYTES: variable.integer(30 * 1024 * 1024, { min: 1 }),
  SOURCE_MAX_PIXELS: variable.integer(50_000_000, { min: 1 }),
  SOURCE_MIN_PIXELS: variable.integer(100, { min: 1, max: 10_000 }),
};

export const SourceSlice = z
  .object({
    ...PhotoLimits,
    SOURCE_TIMEOUT_MS: variable.milliseconds(120_000),
    SOURCE_CONNECT_TIMEOUT_MS: variable.milliseconds(20_000),
    SOURCE_RETRIES: variable.integer(2, { min: 0, max: 20 }),
    SOURCE_CONTACT: Contact.optional(),
    SOURCE_HEADERS: HeadersByOrigin,
    ...outgoing,
  })
  .transform(
    (env): SourceConfig => ({
      maxBytes: env.SOURCE_MAX_BYTES,
      maxPixels: env.SOURCE_MAX_PIXELS,
      minPixels: env.SOURCE_MIN_PIXELS,
      timeoutMs: env.SOURCE_TIMEOUT_MS,
      connectTimeoutMs: env.SOURCE_CONNECT_TIMEOUT_MS,
      retries: env.SOURCE_RETRIES,
      contact: env.SOURCE_CONTACT,
      headers: env.SOURCE_HEADERS,
      allowPrivate: env.ALLOW_PRIVATE_SOURCES,
      allowOrigins: env.SOURCE_ALLOW_ORIGINS,
    }),
  );

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isHttpOrigin(text: string): boolean {
  const url = parseUrl(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text;
}
