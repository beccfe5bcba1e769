import { FailureCode, type SkuState, Stage } from '@image-studio/contract';

/** States in `<batch>:states` as the outside names them. */
export const STATE_OF: Record<string, SkuState> = {
  q: 'waiting',
  w: 'waiting',
  a: 'active',
  c: 'completed',
  f: 'failed',
  x: 'cancelled',
  r: 'needsReview',
};

/** Character of a stage in `<batch>:stages`; upper case once a picture of the SKU is finished. */
export const STAGE_CHARACTER: Record<Stage, string> = {
  download: 'd',
  prepare: 'p',
  generate: 'g',
  finish: 'f',
  upload: 'u',
};

/** Character of a failure code in `<batch>:codes`. They are stored: new codes get new ones, old ones stay. */
export const CODE_CHARACTER: Record<FailureCode, string> = {
  SOURCE_NOT_FOUND: 'a',
  SOURCE_TOO_LARGE: 'b',
  SOURCE_TOO_SMALL: 'r',
  SOURCE_REJECTED: 's',
  SOURCE_NOT_AN_IMAGE: 'c',
  SOURCE_UNSUPPORTED: 'd',
  SOURCE_FORBIDDEN_ADDRESS: 'e',
  SOURCE_UNREACHABLE: 'f',
  SOURCE_TIMEOUT: 'g',
  MODEL_REFUSED: 'h',
  MODEL_NO_IMAGE: 'i',
  MODEL_UNAVAILABLE: 'j',
  MODEL_MISCONFIGURED: 'k',
  BUDGET_EXHAUSTED: 'l',
  ENCODE_CANNOT_FIT: 'm',
  CHECK_FAILED: 'n',
  STORE_UNAVAILABLE: 'o',
  CANCELLED: 'p',
  INTERNAL: 'q',
};

/** In both strings: nothing known. */
export const NONE = '-';

export const STAGE_OF = new Map(Stage.options.map((stage) => [STAGE_CHARACTER[stage], stage]));
export const CODE_OF = new Map(FailureCode.options.map((code) => [CODE_CHARACTER[code], code]));
