import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { countSkus } from '../count-skus.ts';
import { follow } from '../follow.ts';
import type { StudioClient } from '../studio-client.ts';
import type { Speaker, Terminal } from '../terminal.ts';
import { readSubmission, type SubmitOptions } from './read-submission.ts';

const Accepted = z.looseObject({
  /** `null`: nothing in the feed has changed. */
  id: z.string().nullable(),
  counts: z.looseObject({ total: z.int() }).optional(),
  dialect: z.string().optional(),
  warnings: z.array(z.looseObject({ path: z.string(), message: z.string() })).default([]),
});

/** `studio submit FILE|FOLDER`: prints the id of the batch; with `wait`, follows it to its end. */
export async function submit(
  client: StudioClient,
  path: string,
  options: SubmitOptions & { wait?: boolean },
  terminal: Terminal,
  speaker: Speaker,
): Promise<number> {
  const { query, init } = await readSubmission(client, path, options, speaker);
  // One key for all tries: a request whose answer was lost is not a second batch.
  const headers = { ...init.headers, 'idempotency-key': randomUUID() };
  const accepted = await client.ask(Accepted, `/batches${query}`, { ...init, headers });
  for (const warning of accepted.warnings) speaker.note(`${warning.path} ${warning.message}`);
  const { id, counts: { total } = { total: 0 }, warnings, dialect, pulled } = accepted;
  if (id === null) {
    speaker.tell({ event: 'unchanged', pulled }, 'Nothing in the feed has changed.');
    return 0;
  }
  speaker.tell(
    { event: 'submitted', id, total, url: `${client.url}/#/batches/${id}`, dialect, warnings, pulled },
    options.wait ? `${id}: ${countSkus(total)}` : id,
  );
  return options.wait ? follow(client, id, terminal, speaker) : 0;
}
