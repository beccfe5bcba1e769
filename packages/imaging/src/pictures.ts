import type { Check, OutputFormat } from '@image-studio/contract';
import type { SourceRef } from '@image-studio/planning';

/** The photo as it came over the wire. */
export interface SourcePhoto extends SourceRef {
  data: Buffer;
}

/** The photo as the model gets it: upright, sRGB, no larger than its plan says, within the model's request limit. */
export interface ModelInput {
  source: SourceRef;
  /** Digest of `data`; part of the call key and of the object key. */
  sha256: string;
  mime: 'image/jpeg' | 'image/webp' | 'image/png';
  width: number;
  height: number;
  data: Buffer;
}

/** The exact file that will be uploaded, with what was measured on it. */
export interface FinishedImage {
  data: Buffer;
  width: number;
  height: number;
  format: OutputFormat;
  /** A small WebP for galleries, where one could be made. */
  thumb: Buffer | null;
  checks: Check[];
}
