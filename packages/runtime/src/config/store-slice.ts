import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type Environment, withoutEmpty } from './read-environment.ts';
import { variable } from './variable.ts';

export interface FileStoreConfig {
  kind: 'file';
  /** Absolute. */
  folder: string;
  /** Days after which the working areas are cleared; 0: never. Buckets have lifecycle rules. */
  keepDays: { inputs: number; answers: number };
}

export interface S3StoreConfig {
  kind: 's3';
  bucket: string;
  endpoint?: string;
  region: string;
  /** Without a pair of keys the SDK looks for them where it always does (instance role, profile). */
  accessKeyId?: string;
  secretAccessKey?: string;
  forcePathStyle: boolean;
  /** Base of public links; without it links are signed and expire. */
  publicUrl?: string;
  /** Address of the server that browsers reach, where it is another than `endpoint`; signed links are for it. */
  browserEndpoint?: string;
  checksums: 'required' | 'always';
}

export type StoreConfig = FileStoreConfig | S3StoreConfig;

/** Only the variables of the chosen store are looked at. */
export function storeSlice(env: Environment): z.ZodType<StoreConfig> {
  const kind = withoutEmpty(env).OBJECT_STORE;
  if (kind === 's3') return S3Slice;
  return FileSlice;
}

/** Absolute path of `STUDIO_DATA_DIR`. */
export const DataDirSlice = z
  .object({ STUDIO_DATA_DIR: z.string().default('.data') })
  .transform((env) => resolve(env.STUDIO_DATA_DIR));

/** Prepared photos are made anew from their source when they are gone. */
const KEEP_INPUTS_DAYS = 7;
/** As long as the ledger knows what was paid for, and a day more. */
const KEEP_ANSWERS_DAYS = 31;

const FileSlice = z
  .object({
    OBJECT_STORE: variable.oneOf(['file', 's3']),
    STUDIO_DATA_DIR: z.string().default('.data'),
    KEEP_INPUTS_DAYS: variable.integer(KEEP_INPUTS_DAYS, { min: 0, max: 36_500 }),
    KEEP_ANSWERS_DAYS: variable.integer(KEEP_ANSWERS_DAYS, { min: 0, max: 36_500 }),
  })
  .transform(
    (env): StoreConfig => ({
      kind: 'file',
      folder: join(resolve(env.STUDIO_DATA_DIR), 'objects'),
      keepDays: { inputs: env.KEEP_INPUTS_DAYS, answers: env.KEEP_ANSWERS_DAYS },
    }),
  );

const S3Bucket = z.object({
  S3_BUCKET: z.string('is required when OBJECT_STORE is s3'),
  S3_ENDPOINT: variable.url(['https:', 'http:']).optional(),
  S3_REGION: z.string().default('auto'),
  S3_FORCE_PATH_STYLE: variable.flag(false),
  S3_PUBLIC_URL: variable.url(['https:', 'http:']).optional(),
  S3_BROWSER_ENDPOINT: variable.url(['https:', 'http:']).optional(),
  S3_CHECKSUMS: variable.oneOf(['required', 'always']).transform((checksums) => checksums ?? 'required'),
});

const S3Keys = z
  .object({ S3_ACCESS_KEY_ID: z.string().optional(), S3_SECRET_ACCESS_KEY: z.string().optional() })
  .superRefine((env, context) => {
    const [id, secret] = ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
    if ((env[id] === undefined) === (env[secret] === undefined)) return;
    const [absent, present] = env[id] === undefined ? [id, secret] : [secret, id];
    context.addIssue({ code: 'custom', path: [absent], message: `is required when ${present} is set` });
  });

const S3Slice = z.intersection(S3Bucket, S3Keys).transform(
  (env): StoreConfig => ({
    kind: 's3',
    bucket: env.S3_BUCKET,
    region: env.S3_REGION,
    forcePathStyle: env.S3_FORCE_PATH_STYLE,
    checksums: env.S3_CHECKSUMS,
    ...(env.S3_ENDPOINT !== undefined && { endpoint: env.S3_ENDPOINT }),
    ...(env.S3_ACCESS_KEY_ID !== undefined && { accessKeyId: env.S3_ACCESS_KEY_ID }),
    ...(env.S3_SECRET_ACCESS_KEY !== undefined && { secretAccessKey: env.S3_SECRET_ACCESS_KEY }),
    ...(env.S3_BROWSER_ENDPOINT !== undefined && { browserEndpoint: env.S3_BROWSER_ENDPOINT }),
    ...(env.S3_PUBLIC_URL !== undefined && { publicUrl: env.S3_PUBLIC_URL.replace(/\/+$/, '') }),
  }),
);
