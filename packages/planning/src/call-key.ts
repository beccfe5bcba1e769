import { createHash } from 'node:crypto';

export interface CallIdentity {
  model: string;
  /** Digests of the prepared photos, in the order in which the model sees them. */
  inputs: string[];
  prompt: string;
  aspectRatio: string;
  imageSize: string;
  temperature: number | null;
  /** Tells pictures of one SKU apart that are asked for with the same words: `main`, `detail`, `detail-2`. */
  variant: string;
  /** Whose ledger it belongs to: a tenant's name, or empty for the common one. */
  scope: string;
}

/**
 * The name under which a picture is paid for: a digest of everything that went into it. Equal calls have equal keys in
 * every batch and every process; the field order below is part of the key and must not change.
 */
export function callKeyOf(call: CallIdentity): string {
  const { model, inputs, prompt, aspectRatio, imageSize, temperature, variant, scope } = call;
  const parts = [model, inputs, prompt, aspectRatio, imageSize, temperature, variant];
  if (scope !== '') parts.push(scope);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
