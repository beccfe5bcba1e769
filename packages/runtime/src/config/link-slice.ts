import { z } from 'zod';

/** As keys have. Links show what it signs, so it should be random: words can be tried offline. */
const MIN_LENGTH = 16;

/** `LINK_SECRET`: signs links to files; while one is being replaced several, of which the first signs. */
export const LinkSlice = z
  .object({
    LINK_SECRET: z
      .string()
      .optional()
      .transform((text) => (text ?? '').split(/[\s,]+/).filter((secret) => secret !== ''))
      .refine((secrets) => secrets.every((secret) => secret.length >= MIN_LENGTH), {
        error: `must have ${MIN_LENGTH} characters or more, each of several: make one with "openssl rand -hex 32"`,
      }),
  })
  .transform((env): readonly string[] => env.LINK_SECRET);
