import { z } from 'zod';

/** What the finished file is encoded as. */
export const OutputFormat = z.enum(['jpeg', 'png', 'webp', 'avif']);
export type OutputFormat = z.infer<typeof OutputFormat>;

/** Explicit output, overriding the profile's. */
export const OutputSpec = z
  .strictObject({
    width: z.int().min(16).max(8192),
    height: z.int().min(16).max(8192),
    format: OutputFormat,
    quality: z.int().min(1).max(100).optional(),
    maxBytes: z.int().min(1024).optional(),
  })
  .meta({ id: 'OutputSpec' });
export type OutputSpec = z.infer<typeof OutputSpec>;

/**
 * What a marketplace accepts, as data. Pixels are exact; `fill` is the share of the longer frame side that the
 * product's box may take; `maxBytes` is the upload limit of the marketplace.
 */
export const Profile = z
  .object({
    id: z.string(),
    title: z.string(),
    width: z.int(),
    height: z.int(),
    format: OutputFormat,
    quality: z.int(),
    maxBytes: z.int(),
    background: z.object({ r: z.int(), g: z.int(), b: z.int() }),
    fill: z.object({ min: z.number(), target: z.number(), max: z.number() }),
    maxImages: z.int(),
    sources: z.array(z.object({ rule: z.string(), source: z.string(), date: z.string() })),
  })
  .meta({ id: 'Profile' });
export type Profile = z.infer<typeof Profile>;
