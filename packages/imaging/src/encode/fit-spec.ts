import type { OutputFormat } from '@image-studio/contract';

export interface FitSpec {
  format: OutputFormat;
  /** Tried first. */
  quality: number;
  maxBytes: number;
  /** With exact pixels, quality never goes below this (or below `quality`, if that is lower). Default 75; 40 for AVIF. */
  minQuality?: number;
  /** Whether the pixels may become fewer once the quality has come down as far as it may. */
  allowShrink: boolean;
  /** Looked at between encodes, because an encode cannot be stopped. */
  signal?: AbortSignal;
}
