import type { ImageRole, OutputFormat } from '@image-studio/contract';

/** What the finished file has to be. */
export interface FinishSpec {
  /** Exact pixels. */
  width: number;
  height: number;
  format: OutputFormat;
  /** 1–100; lowered only as far as `maxBytes` demands. */
  quality: number;
  maxBytes?: number | undefined;
  /** Share of the frame that the product's box takes of the side it fills first. */
  fill: { min: number; target: number; max: number };
  role: ImageRole;
  /** A generative model made the picture: the file will say so. */
  aiGenerated: boolean;
}
