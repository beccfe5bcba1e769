import type { StudioClient } from '../api/studio-client.ts';
import { createReviewDesk, type ReviewDesk } from './review-desk.ts';

/** Decisions of one request that the browser still sends while the page goes: beyond this, its body is too large for that. */
const MOST_SENT_LEAVING = 400;

const desks = new Map<string, ReviewDesk>();

/** The desk of a batch, the same for as long as the tab is open: what waits for the server outlives the page of its batch. */
export function deskOf(path: string, client: StudioClient): ReviewDesk {
  const known = desks.get(path);
  if (known) return known;
  if (desks.size === 0) addEventListener('beforeunload', askBeforeLosing);
  const desk = createReviewDesk(path, client);
  desks.set(path, desk);
  return desk;
}

/** The browser asks whether to leave while something would be lost. */
function askBeforeLosing(event: BeforeUnloadEvent): void {
  const isLost = [...desks.values()].some((desk) =>
    desk.actions
      .get()
      .some(
        ({ stage, count }) =>
          stage === 'held' || ((stage === 'waiting' || stage === 'sending') && count > MOST_SENT_LEAVING),
      ),
  );
  if (isLost) event.preventDefault();
}
