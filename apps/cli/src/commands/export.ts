import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { countSkus } from '../count-skus.ts';
import type { StudioClient } from '../studio-client.ts';
import type { Speaker, Terminal } from '../terminal.ts';

export interface ExportOptions {
  for: string;
  format?: string;
  out?: string;
  all?: boolean;
}

/** `studio export ID --for SHOP`: the table that the shop imports, into a file, or with `--out -` to stdout. */
export async function exportTable(
  client: StudioClient,
  id: string,
  options: ExportOptions,
  { stdout }: Terminal,
  speaker: Speaker,
): Promise<number> {
  const query = new URLSearchParams({ for: options.for });
  if (options.format !== undefined) query.set('format', options.format);
  if (options.all) query.set('rows', 'all');
  const response = await client.send(`/batches/${encodeURIComponent(id)}/export?${query}`);
  const named = /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  const out = options.out ?? named ?? `${options.for}-export`;
  const body = Readable.fromWeb(response.body as never);
  await (out === '-' ? pipeline(body, stdout, { end: false }) : pipeline(body, createWriteStream(out)));
  const count = (name: string) => Number(response.headers.get(name) ?? 0);
  const skus = count('studio-skus');
  const leftOut = count('studio-left-out');
  const linksExpire = response.headers.get('studio-links-expire');
  const left = leftOut > 0 ? `, ${leftOut} without an approved picture were left out` : '';
  const hold = linksExpire === null ? '' : ` Its links hold until ${linksExpire}: import it before.`;
  if (out === '-') speaker.note(`${countSkus(skus)}${left}.${hold}`);
  else
    speaker.tell(
      { event: 'exported', id, file: out, skus, leftOut, linksExpire },
      `${out}: ${countSkus(skus)}${left}.${hold}`,
    );
  return 0;
}
