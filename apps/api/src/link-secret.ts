import { createHmac } from 'node:crypto';
import type { ApiKey } from '@image-studio/runtime';

/**
 * Signs links to files. Derived from the keys, so that all replicas have the same one and nobody has to configure it;
 * a key that is taken away takes the links with it. Without keys, links are open like everything else.
 */
export function linkSecretOf(keys: readonly ApiKey[]): string | undefined {
  if (keys.length === 0) return undefined;
  const material = keys.map(({ key }) => key).sort();
  return createHmac('sha256', 'image-studio links to files').update(material.join('\n')).digest('hex');
}
