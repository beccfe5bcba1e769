import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

type Outcome = 'succeeded' | 'failed' | 'expired' | 'stuck';

/** How the stand-in's batch API behaves. Hours are the provider's; `hourMs` says how long one lasts here. */
export interface BatchApiOptions {
  hourMs: number;
  /** From creation to the end. */
  hours: number;
  /** How all batches end that nobody cancels; `stuck` ones stay pending for 48 hours, and then expire. */
  outcome: Outcome;
  /** How the first ones end instead, in the order of their creation. */
  outcomes: Outcome[];
  /** Share of the lines that come back with an error instead of a picture, and of those that do not come back. */
  lineErrors: number;
  missingLines: number;
  /** So many creates take effect, but their answers are lost: the connection breaks off. */
  lostCreates: number;
  /** So many creates are refused with a 429. */
  refusedCreates: number;
  /** A list does not show batches that are younger. */
  listLagHours: number;
  /** From a cancel to its effect. Of the lines, this share has been made and billed by then. */
  cancelHours: number;
  cancelKeeps: number;
}

export const BATCH_DEFAULTS: BatchApiOptions = {
  hourMs: 1000,
  hours: 0.5,
  outcome: 'succeeded',
  outcomes: [],
  lineErrors: 0,
  missingLines: 0,
  lostCreates: 0,
  refusedCreates: 0,
  listLagHours: 0,
  cancelHours: 0.05,
  cancelKeeps: 0,
};

/** One batch, as it stands. `keys`: of its lines, in their order. `made`: lines that brought a picture, which are billed. */
export interface StandInBatch {
  name: string;
  displayName: string;
  model: string;
  state: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'EXPIRED';
  keys: string[];
  made: number;
}

interface Line {
  key: string;
  request: unknown;
}

interface Batch extends StandInBatch {
  /** How many were created before it. */
  before: number;
  lines: Line[];
  createdAt: number;
  cancelAt: number | null;
}

export interface BatchApi {
  /** Answers the request if it is one of the batch API's. */
  handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  batches(): StandInBatch[];
  reset(): void;
}

interface BatchApiDeps {
  options(): BatchApiOptions;
  readBody(request: IncomingMessage): Promise<Buffer>;
  hasModel(model: string): boolean;
  /** The answer to one line, as JSON; an error when the line itself is bad. */
  answerLine(model: string, request: unknown): Promise<string>;
  /** A line is billed: told once. */
  onMade(model: string, request: unknown): void;
}

const UPLOAD = /\/upload\/v1beta\/files(?:\?upload_id=(\w+))?$/;
const CREATE = /\/v1beta\/models\/([^/:?]+):batchGenerateContent$/;
const LIST = /\/v1beta\/batches(?:\?(.*))?$/;
const ONE = /\/v1beta\/(batches\/\w+)(:cancel)?$/;
const DOWNLOAD = /\/download\/v1beta\/(files\/[\w-]+):download\?alt=media$/;
const ROUTES = [UPLOAD, CREATE, LIST, ONE, DOWNLOAD];
const EXPIRES_HOURS = 48;
const FINAL = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED']);

/** Whether a path is one of this part of the API, whoever asks. */
export function isBatchPath(path: string): boolean {
  return ROUTES.some((route) => route.test(path));
}

/** Files and `batchGenerateContent`, as far as batches of pictures need them; results are written while they are read. */
export function createBatchApi(deps: BatchApiDeps): BatchApi {
  let uploads = new Map<string, Buffer[]>();
  let files = new Map<string, Buffer>();
  let batches = new Map<string, Batch>();
  let number = 0;
  let creates = 0;

  async function upload(id: string | undefined, request: IncomingMessage, response: ServerResponse) {
    const body = await deps.readBody(request);
    if (id === undefined) {
      const fresh = `u${++number}`;
      uploads.set(fresh, []);
      const url = `http://${request.headers.host}${request.url ?? ''}?upload_id=${fresh}`;
      return send(response, 200, {}, { 'x-goog-upload-url': url, 'x-goog-upload-status': 'active' });
    }
    const parts = uploads.get(id);
    const at = parts?.reduce((sum, part) => sum + part.length, 0);
    if (!parts || Number(request.headers['x-goog-upload-offset']) !== at) return refuse(response, 400);
    parts.push(body);
    if (!String(request.headers['x-goog-upload-command']).includes('finalize')) {
      return send(response, 200, {}, { 'x-goog-upload-status': 'active' });
    }
    const name = `files/f${++number}`;
    files.set(name, Buffer.concat(parts));
    uploads.delete(id);
    return send(response, 200, { file: { name } }, { 'x-goog-upload-status': 'final' });
  }

  async function create(model: string, request: IncomingMessage, response: ServerResponse) {
    const { batch } = JSON.parse((await deps.readBody(request)).toString()) as {
      batch?: { displayName?: string; inputConfig?: { fileName?: string } };
    };
    if (!deps.hasModel(model)) return refuse(response, 404);
    const file = files.get(batch?.inputConfig?.fileName ?? '');
    if (!file || batch?.displayName === undefined) return refuse(response, 400);
    creates += 1;
    const { refusedCreates, lostCreates } = deps.options();
    if (creates <= refusedCreates) return refuse(response, 429);
    const lines = file
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
    const name = `batches/b${++number}`;
    const { displayName } = batch;
    const keys = lines.map(({ key }) => key);
    const state = 'PENDING';
    batches.set(name, {
      ...{ name, displayName, model, state, keys, lines, before: batches.size },
      ...{ made: 0, createdAt: Date.now(), cancelAt: null },
    });
    if (creates - refusedCreates <= lostCreates) return void response.socket?.resetAndDestroy();
    return send(response, 200, { name, metadata: { displayName, state: `BATCH_STATE_${state}` } });
  }

  /** Brings a batch up to the present. */
  function advance(batch: Batch): void {
    if (FINAL.has(batch.state)) return;
    const { hourMs, hours, outcomes, cancelHours, cancelKeeps, ...all } = deps.options();
    const outcome = outcomes[batch.before] ?? all.outcome;
    const age = (Date.now() - batch.createdAt) / hourMs;
    if (batch.cancelAt !== null && Date.now() - batch.cancelAt >= cancelHours * hourMs) {
      end(batch, 'CANCELLED', cancelKeeps);
    } else if (outcome === 'stuck') {
      if (age >= EXPIRES_HOURS) end(batch, 'EXPIRED', 0);
    } else if (age >= hours) {
      if (outcome === 'succeeded') end(batch, 'SUCCEEDED', 1);
      else end(batch, outcome === 'failed' ? 'FAILED' : 'EXPIRED', 0);
    } else if (age >= hours / 2) batch.state = 'RUNNING';
  }

  function end(batch: Batch, state: Batch['state'], share: number): void {
    batch.state = state;
    batch.lines = batch.lines.slice(0, Math.floor(batch.lines.length * share));
    for (const line of batch.lines) {
      if (fateOf(batch, line) !== 'made') continue;
      batch.made += 1;
      deps.onMade(batch.model, line.request);
    }
  }

  function fateOf({ name }: Batch, { key }: Line): 'made' | 'error' | 'missing' {
    const { lineErrors, missingLines } = deps.options();
    const draw = createHash('sha256').update(name).update(key).digest().readUInt32BE() / 2 ** 32;
    if (draw < lineErrors) return 'error';
    return draw < lineErrors + missingLines ? 'missing' : 'made';
  }

  function operation(batch: Batch, isWhole: boolean): object {
    advance(batch);
    const { name, displayName, state, model, lines } = batch;
    const isFinal = FINAL.has(state);
    const hasResults = isWhole && isFinal && lines.length > 0;
    const output = hasResults ? { output: { responsesFile: `files/${name.replace('/', '-')}` } } : {};
    const metadata = { displayName, model: `models/${model}`, state: `BATCH_STATE_${state}`, ...output };
    return { name, metadata, done: isFinal };
  }

  function list(query: string | undefined, response: ServerResponse): void {
    const { listLagHours, hourMs } = deps.options();
    const parameters = new URLSearchParams(query);
    const size = Number(parameters.get('pageSize') ?? 10);
    const from = Number(parameters.get('pageToken') ?? 0);
    const shown = [...batches.values()].filter(
      ({ createdAt }) => Date.now() - createdAt >= listLagHours * hourMs,
    );
    const operations = shown.slice(from, from + size).map((batch) => operation(batch, false));
    const more = from + size < shown.length ? { nextPageToken: String(from + size) } : {};
    send(response, 200, { operations, ...more });
  }

  async function download(file: string, response: ServerResponse): Promise<void> {
    const batch = batches.get(file.replace('files/', '').replace('-', '/'));
    if (!batch || !FINAL.has(batch.state)) return refuse(response, 404);
    response.writeHead(200, { 'content-type': 'application/jsonl' });
    // In no order that anybody could rely on.
    for (const line of batch.lines.toReversed()) {
      if (response.destroyed) return;
      const fate = fateOf(batch, line);
      if (fate === 'missing') continue;
      const key = JSON.stringify(line.key);
      const rest =
        fate === 'error'
          ? '"error":{"code":13,"message":"An internal error has occurred."}'
          : `"response":${await deps.answerLine(batch.model, line.request)}`;
      response.write(`{"key":${key},${rest}}\n`);
    }
    response.end();
  }

  async function handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const [isUpload, id] = UPLOAD.exec(path) ?? [];
    if (isUpload !== undefined) return done(upload(id, request, response));
    const [, model] = CREATE.exec(path) ?? [];
    if (model !== undefined) return done(create(model, request, response));
    const [, file] = DOWNLOAD.exec(path) ?? [];
    const [isList, query] = LIST.exec(path) ?? [];
    const [, name, cancel] = ONE.exec(path) ?? [];
    // The body of what is somebody else's is theirs to read.
    if (file === undefined && isList === undefined && name === undefined) return false;
    request.resume();
    if (file !== undefined) return done(download(file, response));
    if (isList !== undefined || name === undefined) return done(list(query, response));
    const batch = batches.get(name);
    if (!batch) return done(refuse(response, 404));
    if (cancel !== undefined) batch.cancelAt ??= Date.now();
    return done(send(response, 200, cancel === undefined ? operation(batch, true) : {}));
  }

  return {
    handle,
    batches: () =>
      [...batches.values()].map((batch) => {
        advance(batch);
        const { name, displayName, model, state, keys, made } = batch;
        return { name, displayName, model, state, keys, made };
      }),
    reset() {
      uploads = new Map();
      files = new Map();
      batches = new Map();
      creates = 0;
    },
  };
}

async function done(work: Promise<unknown> | unknown): Promise<true> {
  await work;
  return true;
}

function send(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: 400 | 404 | 429): void {
  const said = { 400: 'INVALID_ARGUMENT', 404: 'NOT_FOUND', 429: 'RESOURCE_EXHAUSTED' }[status];
  send(response, status, { error: { code: status, message: `the stand-in refuses: ${said}`, status: said } });
}
