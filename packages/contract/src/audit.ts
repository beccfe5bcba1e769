import { z } from 'zod';
import { AuditRule } from './demand.ts';

/** Most different pictures that one audit measures. */
export const MAX_AUDIT_PICTURES = 50_000;

/** The measurements of one picture. An absent one could not be taken, or had nothing to measure. */
export const PictureMeasures = z
  .object({
    /** Why the address gave nothing: a failure code and a sentence. */
    link: z.string().optional(),
    /** Why what it gave is no picture. */
    image: z.string().optional(),
    /** By its content: jpeg, png, webp, gif, avif, heic, tiff; or what it is instead. */
    format: z.string().optional(),
    bytes: z.int().optional(),
    /** Upright. */
    width: z.int().optional(),
    height: z.int().optional(),
    frames: z.int().optional(),
    /** srgb, grey, cmyk or what else it is. */
    colourSpace: z.string().optional(),
    /** Share of the border that is white. */
    white: z.number().optional(),
    /** Share of the frame that the product takes of the side it fills first. */
    fill: z.number().optional(),
    /** A line of text stands beside the product. */
    text: z.boolean().optional(),
    /** A frame is drawn around the picture or the product. */
    frame: z.boolean().optional(),
    /** The picture is a drawing that says that there is none. */
    placeholder: z.boolean().optional(),
  })
  .meta({ id: 'PictureMeasures' });
export type PictureMeasures = z.infer<typeof PictureMeasures>;

/** What a picture fails, as REST shows it. */
export const FaultView = z
  .object({
    profile: z.string(),
    rule: AuditRule,
    level: z.enum(['refused', 'advised']),
    /** The day from which on it is refused (ISO date); `null`: today. */
    from: z.string().nullable(),
    measured: z.union([z.number(), z.string()]),
  })
  .meta({ id: 'AuditFault' });
export type FaultView = z.infer<typeof FaultView>;

/** One picture of an audit. */
export const AuditPicture = z
  .object({
    index: z.int(),
    url: z.string(),
    /** Codes of the SKUs that show it, at most ten, and how many do. */
    skus: z.array(z.string()),
    skuCount: z.int(),
    /** The first picture of one of them. */
    isMain: z.boolean(),
    measures: PictureMeasures.nullable(),
    faults: z.array(FaultView),
    thumbUrl: z.string().optional(),
  })
  .meta({ id: 'AuditPicture' });
export type AuditPicture = z.infer<typeof AuditPicture>;

/** How many pictures fail one demand of one profile. */
export const Finding = z
  .object({
    profile: z.string(),
    rule: AuditRule,
    level: z.enum(['refused', 'advised']),
    from: z.string().nullable(),
    until: z.string().nullable(),
    least: z.number().nullable(),
    most: z.number().nullable(),
    formats: z.array(z.string()).nullable(),
    /** Only first pictures of products are held against it. */
    mainOnly: z.boolean(),
    /** Where the demand is written, and when that was read. */
    source: z.string().nullable(),
    readAt: z.string().nullable(),
    count: z.int(),
    examples: z.array(
      z.object({ index: z.int(), url: z.string(), sku: z.string(), thumbUrl: z.string().nullable() }),
    ),
  })
  .meta({ id: 'AuditFinding' });
export type Finding = z.infer<typeof Finding>;

/** Pictures that a profile refuses: today, and from each day on that brings further ones. Each is counted once. */
export const FailingCount = z
  .object({
    profile: z.string(),
    today: z.int(),
    later: z.array(z.object({ date: z.string(), count: z.int() })),
    /** Pictures that are shown less well, and refused by nothing. */
    advised: z.int(),
  })
  .meta({ id: 'AuditFailing' });
export type FailingCount = z.infer<typeof FailingCount>;

export const AuditView = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    status: z.enum(['running', 'completed', 'failed']),
    profiles: z.array(z.string()),
    /** Whose table it was; `json` where it was none. */
    dialect: z.string(),
    skus: z.int(),
    /** Different pictures, and how many were measured. */
    pictures: z.object({ total: z.int(), measured: z.int() }),
    failing: z.array(FailingCount),
    /** Demands that some picture fails, the most frequent first. */
    findings: z.array(Finding),
    warnings: z.array(z.object({ path: z.string(), message: z.string() }).loose()),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
    expiresAt: z.string().nullable(),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Audit' });
export type AuditView = z.infer<typeof AuditView>;

/** How far the writing of marks into a batch's pictures has come; `written` counts files of the last run. */
export const RemarkView = z
  .object({
    status: z.enum(['none', 'running', 'completed', 'failed']),
    skus: z.object({ total: z.int(), done: z.int() }),
    /** Files that got the mark, that had it, that no model made, that are gone, and that it would make too large. */
    pictures: z.object({
      written: z.int(),
      marked: z.int(),
      notAi: z.int(),
      missing: z.int(),
      tooLarge: z.int(),
    }),
    startedAt: z.string().nullable(),
    finishedAt: z.string().nullable(),
  })
  .meta({ id: 'Remark' });
export type RemarkView = z.infer<typeof RemarkView>;
