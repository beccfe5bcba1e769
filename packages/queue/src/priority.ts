/** BullMQ's lowest priority; one more is refused. */
const MAX_PRIORITY = 2 ** 21 - 1;

/**
 * BullMQ priority (1 is first) of a tag on the virtual clock. Beyond the end of the scale, jobs share the last
 * priority and run in the order of their arrival.
 */
export function priorityOfTag(tag: number): number {
  return Math.min(Math.max(1, Math.floor(tag) + 1), MAX_PRIORITY);
}

export function tagOfPriority(priority: number): number {
  return Math.max(0, priority - 1);
}
