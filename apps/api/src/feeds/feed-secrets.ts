import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FeedLink } from '@image-studio/queue';
import type { LinkSecrets } from '../link-secret.ts';

/** Signs and checks what stands in the links of feeds. */
export interface FeedSecrets {
  /** `<id>.<signature>`, for the link of a feed. */
  keyOf(link: FeedLink): Promise<string>;
  /** For the link of a picture of a feed. */
  signPicture(link: FeedLink, objectKey: string): Promise<string>;
  isKeyOf(link: FeedLink, signature: string): Promise<boolean>;
  isPictureOf(link: FeedLink, objectKey: string, signature: string): Promise<boolean>;
}

/** 144 bits, six to a character. */
const SIGNATURE_CHARS = 24;

export function createFeedSecrets(secrets: LinkSecrets): FeedSecrets {
  const sign = (secret: string, parts: readonly string[]) =>
    createHmac('sha256', secret).update(parts.join('\n')).digest('base64url').slice(0, SIGNATURE_CHARS);
  const ofFeed = ({ id, tenant, name }: FeedLink) => ['feed', id, tenant, name];
  const ofPicture = ({ id }: FeedLink, key: string) => ['feed picture', id, key];
  const matches = async (parts: readonly string[], signature: string) => {
    const given = Buffer.from(signature);
    const accepted = (await secrets.accepted()).map((secret) => Buffer.from(sign(secret, parts)));
    return accepted.some((known) => known.length === given.length && timingSafeEqual(known, given));
  };
  return {
    keyOf: async (link) => `${link.id}.${sign(await secrets.signing(), ofFeed(link))}`,
    signPicture: async (link, key) => sign(await secrets.signing(), ofPicture(link, key)),
    isKeyOf: (link, signature) => matches(ofFeed(link), signature),
    isPictureOf: (link, key, signature) => matches(ofPicture(link, key), signature),
  };
}
