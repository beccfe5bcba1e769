import { z } from 'zod';

export interface WebhookConfig {
  /** `whsec_…`, each of which signs; none: webhooks are sent unsigned. */
  secrets: readonly string[];
}

const SECRET = /^whsec_[A-Za-z0-9+/_-]+={0,2}$/;

/** `WEBHOOK_SECRET`: one secret, or while one is being replaced several, separated by spaces or commas. */
export const WebhookSlice = z
  .object({
    WEBHOOK_SECRET: z
      .string()
      .optional()
      .transform((text) => (text ?? '').split(/[\s,]+/).filter((secret) => secret !== ''))
      .refine((secrets) => secrets.every((secret) => SECRET.test(secret)), {
        error: 'must be "whsec_" and base64, or several of these separated by spaces or commas',
      }),
  })
  .transform((env): WebhookConfig => ({ secrets: env.WEBHOOK_SECRET }));
