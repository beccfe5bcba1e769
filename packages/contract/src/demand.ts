import { z } from 'zod';

/** What can be measured of a picture that a shop already has. */
export const AuditRule = z.enum([
  /** The address gives a picture. */
  'link',
  /** The bytes are a picture that decodes. */
  'image',
  'format',
  'bytes',
  /** Pixels of the shorter side. */
  'shorterSide',
  /** Pixels of the longer side, at least and at most. */
  'longerSide',
  'megapixels',
  /** Width over height. */
  'ratio',
  /** One frame only. */
  'still',
  'colourSpace',
  /** The border is white. */
  'background',
  'text',
  'frame',
  'placeholder',
  /** Share of the frame that the product takes of the side it fills first. */
  'fill',
]);
export type AuditRule = z.infer<typeof AuditRule>;

/**
 * One thing that a marketplace demands of the pictures of a listing, with where that is written. `refused`: a picture
 * that fails is not shown, or its listing is not; `advised`: it is shown, and less well.
 */
export const Demand = z
  .strictObject({
    rule: AuditRule,
    /** `main`: of the first picture of a product only. Default: of all. */
    of: z.enum(['all', 'main']).optional(),
    /** Default: refused. */
    level: z.enum(['refused', 'advised']).optional(),
    /** From which day on (ISO date); without one it holds today. */
    from: z.iso.date().optional(),
    /** Until the day before this one (ISO date): another demand takes its place then. */
    until: z.iso.date().optional(),
    /** In the unit of the rule: bytes, pixels, megapixels, width over height, share of the frame. */
    least: z.number().optional(),
    most: z.number().optional(),
    /** Of `format`: as files are named by their content. */
    formats: z.array(z.string()).optional(),
    /** Page and address. */
    source: z.string(),
    /** When that was read, ISO date. */
    date: z.iso.date(),
  })
  .meta({ id: 'Demand' });
export type Demand = z.infer<typeof Demand>;

/** Names a demand within its profile: `shorterSide`, `shorterSide@2027-01-31`, `shorterSide!` for an advice. */
export function demandKey({ rule, from, level }: Pick<Demand, 'rule' | 'from' | 'level'>): string {
  return `${rule}${level === 'advised' ? '!' : ''}${from === undefined ? '' : `@${from}`}`;
}
