import { z } from 'zod';
import type { StudioClient } from '../studio-client.ts';
import type { Speaker } from '../terminal.ts';
import { readSubmission, type SubmitOptions } from './read-submission.ts';

const Range = z.object({ low: z.number(), high: z.number() });
const Lane = z.object({ costUsd: Range, hours: Range, worstUsd: z.number() });
const Quote = z.looseObject({
  calls: z.int(),
  reused: z.int(),
  costUsd: Range,
  minutes: Range,
  lanes: z.object({ interactive: Lane, economy: Lane.nullable() }).optional(),
  /** Of the address of a feed. */
  pulled: z.object({ items: z.int(), changed: z.int() }).optional(),
  warnings: z.array(z.looseObject({ path: z.string(), message: z.string() })).default([]),
});

/** `studio quote FILE`: what a submission would cost; nothing is submitted. */
export async function quote(
  client: StudioClient,
  path: string,
  options: SubmitOptions,
  speaker: Speaker,
): Promise<number> {
  const { query, init } = await readSubmission(client, path, options, speaker);
  const answer = await client.ask(Quote, `/batches/quote${query}`, init);
  for (const warning of answer.warnings) speaker.note(`${warning.path} ${warning.message}`);
  const { calls, reused, costUsd, minutes, pulled, lanes } = answer;
  const between = ({ low, high }: z.infer<typeof Range>, digits: number) =>
    low === high ? low.toFixed(digits) : `${low.toFixed(digits)} to ${high.toFixed(digits)}`;
  const laneOf = (name: string, lane: z.infer<typeof Lane>) =>
    `${name}: ${between(lane.costUsd, 2)} US dollars, ${between(lane.hours, 1)} hours, at most ${lane.worstUsd.toFixed(2)} US dollars.`;
  const both =
    lanes?.economy && calls > 0
      ? `\n${laneOf('Interactive', lanes.interactive)}\n${laneOf('Economy', lanes.economy)}`
      : '';
  speaker.tell(
    { event: 'quote', ...answer },
    `${pulled ? `${pulled.changed} of ${pulled.items} products have changed: ` : ''}${calls} calls (${reused} pictures are paid for), ${between(costUsd, 2)} US dollars, ${between(minutes, 1)} minutes.${both}`,
  );
  return 0;
}
