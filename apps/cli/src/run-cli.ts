import { Profile } from '@image-studio/contract';
import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import { download } from './commands/download.ts';
import { type ExportOptions, exportTable } from './commands/export.ts';
import { quote } from './commands/quote.ts';
import type { SubmitOptions } from './commands/read-submission.ts';
import { submit } from './commands/submit.ts';
import { countSkus } from './count-skus.ts';
import { follow } from './follow.ts';
import { readKey } from './read-key.ts';
import { createStudioClient, type StudioClient } from './studio-client.ts';
import { createSpeaker, type Speaker, type Terminal } from './terminal.ts';

interface GlobalOptions {
  url?: string;
  keyFile?: string;
  json?: boolean;
}

interface Context {
  client: StudioClient;
  speaker: Speaker;
}

const DEFAULT_URL = 'http://127.0.0.1:3000';
/** As shells have it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/** Runs one command and resolves with its exit code: 0 done, 1 failed, 2 needs review, 130 interrupted. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new Error('interrupted'));
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, onSignal);
  let exitCode = 0;
  const program = describe(terminal, async (options, work) => {
    const speaker = createSpeaker(terminal, options.json ?? false);
    const client = createStudioClient({
      url: options.url ?? (terminal.env.STUDIO_URL || DEFAULT_URL),
      key: await readKey(options.keyFile, terminal),
      signal: interrupt.signal,
    });
    exitCode = await work({ client, speaker });
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (interrupt.signal.aborted) return INTERRUPTED;
    if (error instanceof CommanderError) return error.exitCode;
    tellError(error, args.includes('--json'), terminal);
    return 1;
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal);
  }
}

type Run = (options: GlobalOptions, work: (context: Context) => Promise<number>) => Promise<void>;

function describe(terminal: Terminal, run: Run): Command {
  const program = new Command('studio')
    .description('Image Studio on the command line. Exit codes: 0 done, 1 failed, 2 needs review.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    })
    .addHelpText(
      'after',
      '\nThe key comes from STUDIO_KEY, STUDIO_KEY_FILE or --key-file, the address from STUDIO_URL or --url.',
    );
  const command = (usage: string, summary: string) =>
    program
      .command(usage)
      .description(summary)
      .option('--url <address>', `where the API is (default: STUDIO_URL, else ${DEFAULT_URL})`)
      .option('--key-file <file>', 'file that holds the key (default: STUDIO_KEY)')
      .option('--json', 'one JSON object a line on stdout, for programs');
  const submission = (usage: string, summary: string) =>
    command(usage, summary)
      .option('--profile <name>', 'marketplace: amazon, shopify, … (see `studio profiles`)')
      .option('--name <text>', 'name of the batch')
      .option('--secondary <kinds>', 'further pictures: kinds with commas between, or a number')
      .option('--budget <usd>', 'what the batch may cost')
      .option('--language <code>', 'en or zh')
      .option('--model <name>')
      .option('--sample <count>', 'make so many SKUs first, then wait for a person')
      .option('--lane <lane>', 'interactive, or economy: later, at about half the price')
      .option('--deadline <time>', 'of the economy lane, e.g. 2026-12-01T08:00:00Z (default: a day from now)')
      .option(
        '--models <names>',
        'in order, with commas between: where one cannot make a picture, the next one does',
      )
      .option(
        '--pattern <text>',
        'how names in a folder of photos are read: {sku}_{n}, {sku}/{name}, … (default: each by what it looks like)',
      )
      .option(
        '--table <file>',
        'of a folder of photos: a table with its products, their attributes and order',
      )
      .option(
        '--set <name=value>',
        'any other option of the API; may be repeated',
        (value, all: string[] = []) => [...all, value],
      );

  submission(
    'submit <path>',
    'submit a table (CSV, TSV, XLSX, XML), JSON, a folder of photos, or the address of a feed',
  )
    .option('--wait', 'follow the batch to its end; Ctrl-C leaves it running')
    .action((path: string, options: GlobalOptions & SubmitOptions & { wait?: boolean }) =>
      run(options, ({ client, speaker }) => submit(client, path, options, terminal, speaker)),
    );
  submission('quote <path>', 'what a submission would cost; nothing is submitted').action(
    (path: string, options: GlobalOptions & SubmitOptions) =>
      run(options, ({ client, speaker }) => quote(client, path, options, speaker)),
  );
  command('watch <id>', 'follow a batch to its end').action((id: string, options: GlobalOptions) =>
    run(options, ({ client, speaker }) => follow(client, id, terminal, speaker)),
  );
  command('retry <id>', 'make failed SKUs again')
    .option('--reason <code>', 'only those with this failure, e.g. SOURCE_TIMEOUT')
    .option('--wait', 'follow the batch to its end')
    .action((id: string, options: GlobalOptions & { reason?: string; wait?: boolean }) =>
      run(options, ({ client, speaker }) => retry({ client, speaker }, id, options, terminal)),
    );
  command('resume <id>', 'go on with a paused batch, after its sample or otherwise').action(
    (id: string, options: GlobalOptions) =>
      run(options, async ({ client, speaker }) => {
        const batch = await client.act(id, 'resume');
        speaker.tell({ event: 'resumed', id, counts: batch.counts }, `${id} goes on.`);
        return 0;
      }),
  );
  command('cancel <id>', 'cancel what has not ended').action((id: string, options: GlobalOptions) =>
    run(options, async ({ client, speaker }) => {
      const batch = await client.act(id, 'cancel');
      speaker.tell({ event: 'cancelled', id, counts: batch.counts }, `${id} is cancelled.`);
      return 0;
    }),
  );
  command('download <id> <folder>', 'the pictures of a batch, a folder a SKU').action(
    (id: string, folder: string, options: GlobalOptions) =>
      run(options, ({ client, speaker }) => download(client, id, folder, speaker)),
  );
  command('export <id>', 'the table with the approved pictures, as a shop imports it')
    .requiredOption('--for <shop>', 'shopify, woocommerce, google, amazon, ebay, generic, …')
    .option('--format <format>', 'csv, tsv or xlsx (default: as the shop takes it)')
    .option('--out <file>', 'default: named for shop and batch; - for stdout')
    .option('--all', 'also SKUs without an approved picture, with empty cells')
    .action((id: string, options: GlobalOptions & ExportOptions) =>
      run(options, ({ client, speaker }) => exportTable(client, id, options, terminal, speaker)),
    );
  command('profiles', 'marketplaces that pictures can be made for').action((options: GlobalOptions) =>
    run(options, listProfiles),
  );
  return program;
}

async function retry(
  { client, speaker }: Context,
  id: string,
  { reason, wait }: { reason?: string; wait?: boolean },
  terminal: Terminal,
): Promise<number> {
  const { retried } = await client.act(id, 'retry', reason === undefined ? {} : { reason });
  speaker.tell(
    { event: 'retried', id, retried },
    `${countSkus(Number(retried))} ${retried === 1 ? 'is' : 'are'} made again.`,
  );
  return wait ? follow(client, id, terminal, speaker) : 0;
}

const Profiles = z.object({ items: z.array(Profile) });

async function listProfiles({ client, speaker }: Context): Promise<number> {
  const { items } = await client.ask(Profiles, '/profiles');
  for (const profile of items) {
    const { id, title, width, height, format } = profile;
    speaker.tell(
      { event: 'profile', ...profile },
      `${id.padEnd(16)} ${`${width}×${height}`.padEnd(10)} ${format.padEnd(5)} ${title}`,
    );
  }
  return 0;
}

function tellError(error: unknown, isJson: boolean, { stdout, stderr }: Terminal): void {
  const { code = 'INTERNAL', errors = [] } = error instanceof CliError ? error : {};
  const message = error instanceof Error ? error.message : String(error);
  if (isJson) stdout.write(`${JSON.stringify({ event: 'error', code, message, errors })}\n`);
  else {
    const lines = errors.slice(0, 20).map((one) => `  ${one.path} ${one.message}`);
    stderr.write(`${[message, ...lines].join('\n')}\n`);
  }
}
