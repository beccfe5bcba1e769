import type { ImageRecord } from './sku.ts';

/** Another text whenever another picture has taken the slot, also one that was made from the same call. */
export function pictureVersion({ callKey, createdAt }: Pick<ImageRecord, 'callKey' | 'createdAt'>): string {
  return `${callKey.slice(0, 16)}-${createdAt === undefined ? 0 : Date.parse(createdAt).toString(36)}`;
}
