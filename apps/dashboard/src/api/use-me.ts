import { usePoll } from '../fleet/use-poll.ts';
import type { Studio } from '../studio.ts';

/** Whom the key belongs to, as `GET /me` says. */
export interface Me {
  role: 'viewer' | 'operator' | 'admin';
  tenant: string;
  hasKey: boolean;
}

const POLL_MS = 300_000;

/** Who looks at the page; `null` until it is known. Servers of before do not say: then everything is offered, as it was. */
export function useMe(studio: Studio): Me | null {
  return usePoll<Me>(studio, 'me', POLL_MS).value;
}

/** Whether a button that changes something is of use. */
export function mayChange(me: Me | null): boolean {
  return me?.role !== 'viewer';
}
