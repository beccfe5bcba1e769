import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { follow } from '../follow.ts';
import type { StudioClient } from '../studio-client.ts';
import type { Speaker, Terminal } from '../terminal.ts';
import { readSubmission, type SubmitOptions } from './read-submission.ts';

const Accepted = z.looseObject({
  id: z.string(),
  counts: z.looseObject({ total: z.int() }),
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
  const { id, counts, warnings, dialect } = accepted;
  speaker.tell(
    { event: 'submitted', id, total: counts.total, url: `${client.url}/batches/${id}`, dialect, warnings },
    options.wait ? `${id}: ${counts.total} SKUs` : id,
  );
  return options.wait ? follow(client, id, terminal, speaker) : 0;
}
