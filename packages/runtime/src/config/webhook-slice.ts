import { z } from 'zod';

export interface WebhookConfig {
  /** `whsec_…`, each of which signs; none: webhooks are sent unsigned. */
  secrets: readonly string[];
  /** What the secrets of tenants are derived from, the first one; none: tenants cannot have one. */
  roots: readonly string[];
}

/** As keys have. */
const MIN_ROOT_LENGTH = 16;

const SECRET = /^whsec_[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * `WEBHOOK_SECRET`: one secret, or while one is being replaced several, separated by spaces or commas. So is
 * `WEBHOOK_ROOT_SECRET`, for which the former stands in.
 */
export const WebhookSlice = z
  .object({
    WEBHOOK_SECRET: z
      .string()
      .optional()
      .transform(listed)
      .refine((secrets) => secrets.every((secret) => SECRET.test(secret)), {
        error: 'must be "whsec_" and base64, or several of these separated by spaces or commas',
      }),
    WEBHOOK_ROOT_SECRET: z
      .string()
      .optional()
      .transform(listed)
      .refine((roots) => roots.every((root) => root.length >= MIN_ROOT_LENGTH), {
        error: `must have ${MIN_ROOT_LENGTH} characters or more, each of several: make one with "openssl rand -hex 32"`,
      }),
  })
  .transform(
    (env): WebhookConfig => ({
      secrets: env.WEBHOOK_SECRET,
      roots: env.WEBHOOK_ROOT_SECRET.length > 0 ? env.WEBHOOK_ROOT_SECRET : env.WEBHOOK_SECRET,
    }),
  );

function listed(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter((secret) => secret !== '');
}
