import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** How OpenAI's Batch API behaves here. Hours are the provider's; `hourMs` says how long one lasts. */
export interface ImagesBatchOptions {
  hourMs: number;
  /** From creation to the end. */
  hours: number;
  /** How batches end that nobody cancels; `expired` ones bring back `keeps` of their lines. */
  outcome: 'completed' | 'failed' | 'expired';
  /** Share of the lines that are made, and billed, of a batch that expires or is cancelled. */
  keeps: number;
  lineErrors: number;
  /** So many creates take effect, but their answers are lost: the connection breaks off. */
  lostCreates: number;
  /** So many creates are refused with a 429. */
  refusedCreates: number;
  cancelHours: number;
}

const DEFAULTS: ImagesBatchOptions = {
  ...{ hourMs: 1000, hours: 0.5, outcome: 'completed', keeps: 0, lineErrors: 0 },
  ...{ lostCreates: 0, refusedCreates: 0, cancelHours: 0.05 },
};

export interface ImagesBatch {
  id: string;
  name: string;
  status: 'in_progress' | 'completed' | 'failed' | 'expired' | 'cancelling' | 'cancelled';
  keys: string[];
  made: number;
}

type Body = Record<string, unknown>;

interface Line {
  custom_id: string;
  method: string;
  url: string;
  body: Body;
}

interface Batch extends ImagesBatch {
  metadata: Record<string, string>;
  lines: Line[];
  /** Lines that were made, and those that failed, with why. */
  done: Line[];
  failed: { line: Line; status: number; body: unknown }[];
  createdAt: number;
  cancelAt: number | null;
}

interface Deps {
  options(): Partial<ImagesBatchOptions>;
  readBody(request: IncomingMessage): Promise<Buffer>;
  /** Status 200 when a call of that body would be made. */
  check(body: Body): { status: number; body?: unknown };
  onMade(body: Body): void;
  draw(body: Body): Promise<object>;
}

const CONTENT = /^\/v1\/files\/([\w-]+)\/content$/;
const ONE = /^\/v1\/batches\/([\w-]+)(\/cancel)?$/;
const LIST = /^\/v1\/batches(?:\?(.*))?$/;
const EDITS = '/v1/images/edits';
const FINAL = new Set(['completed', 'failed', 'expired', 'cancelled']);

/** Files and batches of `/v1/images/edits`, with OpenAI's checks, as far as batches of pictures need them. */
export function createImagesBatchApi(deps: Deps) {
  const files = new Map<string, Line[]>();
  const batches = new Map<string, Batch>();
  let number = 0;
  let creates = 0;
  const options = () => ({ ...DEFAULTS, ...deps.options() });

  async function upload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const type = request.headers['content-type'] ?? '';
    const form = await new Response(new Uint8Array(await deps.readBody(request)), {
      headers: { 'content-type': type },
    }).formData();
    const file = form.get('file');
    if (form.get('purpose') !== 'batch' || !(file instanceof Blob))
      return refuse(response, 400, 'a file for a batch');
    const id = `file-${++number}`;
    const lines = (await file.text()).split('\n').filter((line) => line !== '');
    files.set(
      id,
      lines.map((line) => JSON.parse(line) as Line),
    );
    return send(response, 200, { id, object: 'file', purpose: 'batch' });
  }

  async function create(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const order = JSON.parse((await deps.readBody(request)).toString()) as {
      input_file_id?: string;
      endpoint?: string;
      completion_window?: string;
      metadata?: Record<string, string>;
    };
    const lines = files.get(order.input_file_id ?? '');
    const isWhole = order.endpoint === EDITS && order.completion_window === '24h';
    if (!lines || !isWhole) return refuse(response, 400, 'a file, an endpoint and a window');
    const isOdd = lines.some(
      ({ method, url, body }) => method !== 'POST' || url !== EDITS || !Array.isArray(body.images),
    );
    if (isOdd || new Set(lines.map(({ body }) => body.model)).size !== 1)
      return refuse(response, 400, 'lines of one endpoint and one model');
    creates += 1;
    const { refusedCreates, lostCreates } = options();
    if (creates <= refusedCreates) return refuse(response, 429, 'rate limit');
    const id = `batch_${++number}`;
    const metadata = order.metadata ?? {};
    batches.set(id, {
      ...{ id, metadata, lines, name: metadata.name ?? '', status: 'in_progress', made: 0 },
      ...{ keys: lines.map((line) => line.custom_id), done: [], failed: [] },
      ...{ createdAt: Date.now(), cancelAt: null },
    });
    if (creates - refusedCreates <= lostCreates) return void response.socket?.resetAndDestroy();
    return send(response, 200, shown(batches.get(id) as Batch));
  }

  function advance(batch: Batch): Batch {
    if (FINAL.has(batch.status)) return batch;
    const { hourMs, hours, outcome, keeps, cancelHours } = options();
    const age = (Date.now() - batch.createdAt) / hourMs;
    if (batch.cancelAt !== null && Date.now() - batch.cancelAt >= cancelHours * hourMs)
      end(batch, 'cancelled', keeps);
    else if (age >= hours)
      end(batch, outcome, outcome === 'completed' ? 1 : outcome === 'expired' ? keeps : 0);
    return batch;
  }

  function end(batch: Batch, status: Batch['status'], share: number): void {
    batch.status = status;
    const most = Math.floor(batch.lines.length * share);
    for (const [at, line] of batch.lines.entries()) {
      if (at >= most) {
        if (status === 'expired')
          batch.failed.push({
            line,
            status: 0,
            body: {
              code: 'batch_expired',
              message: 'This request could not be executed before the completion window expired.',
            },
          });
        continue;
      }
      const draw =
        createHash('sha256').update(batch.id).update(line.custom_id).digest().readUInt32BE() / 2 ** 32;
      const verdict =
        draw < options().lineErrors
          ? { status: 500, body: { error: { message: 'The server had an error' } } }
          : deps.check(line.body);
      if (verdict.status !== 200) {
        batch.failed.push({ line, status: verdict.status, body: verdict.body });
        continue;
      }
      batch.done.push(line);
      batch.made += 1;
      deps.onMade(line.body);
    }
  }

  function shown(batch: Batch): object {
    const { id, status, metadata, done, failed, lines } = advance(batch);
    const isFinal = FINAL.has(status);
    return {
      ...{ id, object: 'batch', endpoint: EDITS, status, metadata },
      output_file_id: isFinal && done.length > 0 ? `file-${id}-output` : null,
      error_file_id: isFinal && failed.length > 0 ? `file-${id}-error` : null,
      request_counts: { total: lines.length, completed: done.length, failed: failed.length },
    };
  }

  function list(query: string | undefined, response: ServerResponse): void {
    const parameters = new URLSearchParams(query);
    const all = [...batches.values()].reverse();
    const from = all.findIndex(({ id }) => id === parameters.get('after')) + 1;
    const page = all.slice(from, from + Number(parameters.get('limit') ?? 20));
    send(response, 200, { object: 'list', data: page.map(shown), has_more: from + page.length < all.length });
  }

  async function content(file: string, response: ServerResponse): Promise<void> {
    const [, id = '', kind] = /^file-(batch_\d+)-(output|error)$/.exec(file) ?? [];
    const batch = batches.get(id);
    if (!batch) return refuse(response, 404, 'no such file');
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    if (kind === 'output') {
      for (const { custom_id, body } of batch.done.toReversed()) {
        const answer = { status_code: 200, request_id: 'r', body: await deps.draw(body) };
        response.write(
          `${JSON.stringify({ id: `batch_req_${custom_id}`, custom_id, response: answer, error: null })}\n`,
        );
      }
    } else {
      for (const { line, status, body } of batch.failed) {
        const answer =
          status === 0
            ? { response: null, error: body }
            : { response: { status_code: status, body }, error: null };
        response.write(`${JSON.stringify({ id: 'batch_req', custom_id: line.custom_id, ...answer })}\n`);
      }
    }
    response.end();
  }

  return {
    /** Answers the request if it is one of the Batch API's. */
    async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
      const isPost = request.method === 'POST';
      const [, file] = CONTENT.exec(path) ?? [];
      const [, id, cancel] = ONE.exec(path) ?? [];
      const [isList, query] = LIST.exec(path) ?? [];
      if (isPost && path === '/v1/files') await upload(request, response);
      else if (isPost && path === '/v1/batches') await create(request, response);
      else if (file !== undefined) await content(file, response);
      else if (id !== undefined) {
        request.resume();
        const batch = batches.get(id);
        if (!batch) refuse(response, 404, `No batch found with id '${id}'.`);
        else {
          if (cancel !== undefined && !FINAL.has(advance(batch).status)) {
            batch.cancelAt ??= Date.now();
            batch.status = 'cancelling';
          }
          send(response, 200, shown(batch));
        }
      } else if (isList !== undefined) list(query, response);
      else return false;
      return true;
    },
    batches: (): ImagesBatch[] =>
      [...batches.values()].map((batch) => {
        const { id, name, status, keys, made } = advance(batch);
        return { id, name, status, keys, made };
      }),
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, status, { error: { message, type: 'invalid_request_error' } });
}
