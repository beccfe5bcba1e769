import { z } from 'zod';
import { Demand } from './demand.ts';

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
    colourSpace: z.literal('srgb'),
    /** Pictures a listing takes. */
    maxImages: z.int(),
    /**
     * What the marketplace accepts where an `output` overrides the numbers above; `null` where nobody else has a say.
     * `minSide` is of the longer side, `maxPixels` of width × height.
     */
    accepts: z
      .object({
        formats: z.array(OutputFormat),
        minSide: z.int(),
        maxSide: z.int(),
        maxPixels: z.int(),
      })
      .nullable(),
    /** What the numbers do not say and a seller should know. */
    notes: z.array(z.string()),
    /** What an audit measures the pictures of a shop against; none: only that they can be fetched and decoded. */
    demands: z.array(Demand).optional(),
    /** Where each of the numbers above is from: `fields` are their names, a group (`fill`) for all that is in it. */
    sources: z.array(
      z.object({ fields: z.array(z.string()), rule: z.string(), source: z.string(), date: z.string() }),
    ),
  })
  .meta({ id: 'Profile' });
export type Profile = z.infer<typeof Profile>;

/** A profile of the client's own, given in a request in place of a name. What it leaves out is as in `web`. */
export const OwnProfile = z
  .strictObject({
    title: z.string().min(1).max(200).optional(),
    width: OutputSpec.shape.width,
    height: OutputSpec.shape.height,
    format: OutputFormat,
    quality: OutputSpec.shape.quality,
    maxBytes: OutputSpec.shape.maxBytes,
    fill: z
      .strictObject({
        min: z.number().min(0.1).max(0.98),
        target: z.number().min(0.1).max(0.98),
        max: z.number().min(0.1).max(0.98),
      })
      .refine(({ min, target, max }) => min <= target && target <= max, 'needs min ≤ target ≤ max')
      .optional(),
    /** Pictures a listing takes. */
    maxImages: z.int().min(1).max(1000).optional(),
  })
  .meta({ id: 'OwnProfile' });
export type OwnProfile = z.infer<typeof OwnProfile>;
