import type { Adjustment, ImageKind, ImageRole, OutputFormat } from '@image-studio/contract';
import type { Captions } from '@image-studio/planning';

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
  /** What the picture is for. Default: what its role says. */
  kind?: ImageKind;
  /** What the model was asked for. */
  asked?: { aspectRatio: string };
  /** What is written onto an infographic or scale picture; `null` when its SKU has nothing to write. */
  captions?: Captions | null;
  /** The photos that the model was given, the main one first: what the picture is compared with. */
  photos?: Uint8Array[];
  /** How a person wants the product of a main picture to stand, against where it would be placed. */
  adjustment?: Adjustment;
}
