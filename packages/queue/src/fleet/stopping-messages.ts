/** The key, the model or the address of a pool is wrong. */
export const MISCONFIGURED_MESSAGE = 'MODEL_MISCONFIGURED';
/** Nothing that the model answers can be read: calls are paused, because each is paid for. */
export const UNUSABLE_MESSAGE = 'MODEL_UNUSABLE';
/** The spend limit of a pool is less than one call costs. */
export const SPEND_LIMIT_MESSAGE = 'SPEND_LIMIT_TOO_SMALL';

/** Codes of the operator messages during which no call of a pool leaves. */
export const STOPPING_MESSAGES: ReadonlySet<string> = new Set([
  MISCONFIGURED_MESSAGE,
  UNUSABLE_MESSAGE,
  SPEND_LIMIT_MESSAGE,
]);
