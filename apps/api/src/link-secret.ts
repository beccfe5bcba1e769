import type { StudioApi } from '@image-studio/queue';

/** The secrets of links to files: which one signs, and which are taken. Rejects while there is none yet. */
export interface LinkSecrets {
  signing(): Promise<string>;
  accepted(): Promise<readonly string[]>;
}

/** How long the kept secret is used before it is read again: when Redis has lost it, all replicas soon have one again. */
const READ_AGAIN_MS = 60_000;

/**
 * The configured secrets, the first of which signs; without any, the one that Redis keeps. It is in no relation to the
 * keys: a link that was derived from them would let everybody who is shown one try keys on it, offline and uncounted.
 */
export function createLinkSecrets(
  configured: readonly string[],
  api: Pick<StudioApi, 'linkSecret'>,
  now: () => number = Date.now,
): LinkSecrets {
  const [first] = configured;
  if (first !== undefined) return { signing: async () => first, accepted: async () => configured };
  let kept: { secret: string; at: number } | undefined;
  const signing = async (): Promise<string> => {
    if (kept !== undefined && now() - kept.at < READ_AGAIN_MS) return kept.secret;
    try {
      kept = { secret: await api.linkSecret(), at: now() };
    } catch (error) {
      // Pictures are shown also while Redis is away.
      if (kept === undefined) throw error;
    }
    return kept.secret;
  };
  return { signing, accepted: async () => [await signing()] };
}
