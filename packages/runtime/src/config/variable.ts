import { parseUrl } from '@image-studio/contract';
import { z } from 'zod';

/** Longest delay a Node timer can hold; a larger one fires at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** A refused value is shown when it is short and its variable cannot hold a secret; a pasted key is neither. */
const LONGEST_SHOWN_VALUE = 16;

/** Shapes of one environment variable, from its text. Unset and empty are the same and arrive as `undefined`. */
export const variable = {
  /** A whole number within bounds, or `fallback`. */
  integer: (fallback: number, bounds: { min: number; max?: number }) =>
    optionalInteger(bounds).transform((value) => value ?? fallback),

  optionalInteger,

  /** Milliseconds that go into a timer. */
  milliseconds: (fallback: number, min = 1) =>
    optionalInteger({ min, max: MAX_TIMER_MS }).transform((value) => value ?? fallback),

  port: (fallback: number) =>
    optionalInteger({ min: 0, max: 65_535 }).transform((value) => value ?? fallback),

  /** Dollars: a positive decimal number, or 0 where `zero` allows it. */
  optionalUsd: ({ zero = false } = {}) =>
    z
      .string()
      .refine((text) => /^\d+(\.\d+)?$/.test(text) && (zero || Number(text) > 0), {
        error: (issue) => `must be ${zero ? 'an' : 'a positive'} amount of US dollars${butIs(issue.input)}`,
      })
      .transform(Number)
      .optional(),

  flag: (fallback: boolean) =>
    z
      .string()
      .transform((text) => text.toLowerCase())
      .refine((text) => Object.hasOwn(FLAGS, text), {
        error: (issue) => `must be true or false${butIs(issue.input)}`,
      })
      .optional()
      .transform((text) => (text === undefined ? fallback : FLAGS[text] === true)),

  oneOf: <const T extends string>(options: readonly T[]) =>
    z
      .enum(options as readonly [T, ...T[]], {
        error: (issue) => `must be one of ${options.join(', ')}${butIs(issue.input)}`,
      })
      .optional(),

  /** An absolute URL. It may hold a password, so it is never shown. */
  url: (protocols: readonly string[]) =>
    z.string('is required').refine((text) => protocols.includes(parseUrl(text)?.protocol ?? ''), {
      error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    }),
};

const FLAGS: Record<string, boolean> = {
  true: true,
  false: false,
  1: true,
  0: false,
  yes: true,
  no: false,
  on: true,
  off: false,
};

function optionalInteger({ min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number }) {
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${max}`;
  return z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: (issue) => `must be a whole number ${range}${butIs(issue.input)}`,
    })
    .transform(Number)
    .optional();
}

function butIs(input: unknown): string {
  return typeof input === 'string' && input.length <= LONGEST_SHOWN_VALUE ? `, but is "${input}"` : '';
}
