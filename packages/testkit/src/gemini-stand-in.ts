import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  BATCH_DEFAULTS,
  type BatchApiOptions,
  createBatchApi,
  isBatchPath,
  type StandInBatch,
} from './gemini-stand-in-batches.ts';
import {
  error,
  faultAnswer,
  GEMINI_FAULTS,
  type GeminiFault,
  HUGE_USAGE,
  RETRY_AFTER_SECONDS,
  USAGE,
  WRONG_KEY,
} from './gemini-stand-in-faults.ts';
import { createQuotaMeter, type QuotaLimits } from './gemini-stand-in-limits.ts';
import { createPictureMaker, type PictureStyle } from './gemini-stand-in-picture.ts';
import { isShape, SKETCH, shapedBody } from './gemini-stand-in-shapes.ts';

export interface GeminiStandInOptions extends QuotaLimits, PictureStyle {
  host: string;
  /** 0 = any free port. */
  port: number;
  /** The only key that is accepted. */
  apiKey: string;
  /** Names that exist; empty = every name does. */
  models: string[];
  /** Median of a lognormal latency (sigma 0.45, as the real one spreads). */
  latencyMs: number;
  /** Probability of each fault per call, drawn from a generator seeded with `seed`. */
  faults: Partial<Record<GeminiFault, number>>;
  /** After which the fault `e429` asks to be tried again. */
  retryAfterSeconds: number;
  seed: number;
  batch: Partial<BatchApiOptions>;
  /** What the cards of models say that they can. */
  methods: string[];
}

/** What happened so far. `accepted` calls got into the quota, whatever became of them. */
export interface GeminiStandInStats {
  requests: number;
  accepted: number;
  /** Answers with a picture. */
  pictures: number;
  rateLimited: number;
  unauthorised: number;
  faults: Partial<Record<GeminiFault, number>>;
  /** Accepted calls whose body had brought a picture before: paid twice. */
  duplicates: number;
  /** Accepted calls whose client left before the answer; the real service bills them. */
  abandoned: number;
  maxConcurrent: number;
  /**
   * By client: what stands in front of `/v1beta` in its base address, so that each process can have its own. Accepted
   * calls, and when pictures were sent (`Date.now()`).
   */
  clients: Record<string, { accepted: number; answeredAt: number[] }>;
  /** Requests that are being answered right now. */
  onTheWire: number;
  modelReads: number;
  /** Pictures that were fetched as files, after an answer that gave only their address. */
  fileReads: number;
  /** Bytes of endless answers that were taken off us. */
  endlessBytes: number;
  /** Most accepted calls within one window and within a tenth of it. */
  mostInWindow: number;
  mostInTenth: number;
  /** Accepted calls over allowed calls, between the first and the last; 0 without a limit. */
  utilisation: number;
  billedUsd: number;
  /** All batches of calls. What they made is billed at half price, in `billedUsd`. */
  batches: StandInBatch[];
  /** Pictures that were paid for although the same photo, words and shape had been of the same model, in whichever way. */
  paidTwice: number;
  /** When each accepted call came, in milliseconds since the first. */
  acceptedAt: number[];
  /** How long the model worked on each of them, ms. */
  latenciesMs: number[];
}

export interface GeminiStandIn {
  baseUrl: string;
  apiKey: string;
  stats(): GeminiStandInStats;
  configure(change: Partial<GeminiStandInOptions>): void;
  /** Forgets statistics and quota, keeps the configuration. */
  reset(): void;
  /** Bodies of the latest `generateContent` requests, newest last, for tests of the wire payload. */
  bodies(): unknown[];
  close(): Promise<void>;
}

const DEFAULTS: GeminiStandInOptions = {
  host: '127.0.0.1',
  port: 0,
  apiKey: 'stand-in-key',
  models: [],
  callsPerWindow: 0,
  windowMs: 60_000,
  tenths: false,
  callsPerDay: 0,
  latencyMs: 0,
  faults: {},
  retryAfterSeconds: RETRY_AFTER_SECONDS,
  seed: 1,
  background: '#f5f5f5',
  fillRatio: 0.5,
  echo: 'no',
  blank: false,
  place: 'third',
  recolour: false,
  blur: 0,
  side: 512,
  batch: {},
  methods: ['generateContent', 'batchGenerateContent'],
};

const FILE_ROUTE = /\/v1beta\/files\/(\w+)(?::download\?alt=media)?$/;
const ROUTE = /\/v1(?:beta)?\/models\/([^/:?]+)(:generateContent)?(?:\?|$)/;
/** One call at the prices of the default model. */
const CALL_USD = (1320 * 1.5 + 1680 * 30 + 300 * 7.5) / 1e6;
const MAX_BODY_BYTES = 128 * 1024 * 1024;
const KEPT_BODIES = 50;

/**
 * A Gemini API on loopback that behaves like the real one where it hurts: sliding quota windows, Google's exact error
 * bodies, latency, faults, bills. It answers real pictures of the product that it was sent.
 *
 * `[[fault:e503]]` in a prompt forces that fault on every such call, `[[fault:e503:2]]` on the first two that show that photo;
 * `[[then:noImage]]` beside it is what comes after those.
 */
export async function startGeminiStandIn(
  options: Partial<GeminiStandInOptions> = {},
): Promise<GeminiStandIn> {
  const config = { ...DEFAULTS, ...options };
  const quota = createQuotaMeter();
  const makePicture = createPictureMaker();
  let random = seeded(config.seed);
  let counts = freshCounts();
  let bodies: unknown[] = [];
  const files = new Map<string, Buffer>();
  let answered = new Set<string>();
  let forced = new Map<string, number>();
  let concurrent = 0;
  const timers = new Set<NodeJS.Timeout>();
  let paid = new Set<string>();
  const batchApi = createBatchApi({
    options: () => ({ ...BATCH_DEFAULTS, ...config.batch }),
    readBody,
    hasModel,
    async answerLine(model, request) {
      const call = parseCall(Buffer.from(JSON.stringify(request)));
      if ('status' in call) return call.body;
      const fault = faultOf(call);
      return faultBody(fault, model) ?? pictureBody((await pictureFor(call, fault)) ?? '', model, fault);
    },
    onMade(model, request) {
      const call = parseCall(Buffer.from(JSON.stringify(request)));
      if (!('status' in call)) notePaid(model, call);
    },
  });

  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (path.startsWith('/__')) return control(path, request, response);
    if (isBatchPath(path)) {
      if (request.headers['x-goog-api-key'] === config.apiKey) {
        await batchApi.handle(path, request, response);
        return;
      }
      counts.unauthorised++;
      request.resume();
      return answer(response, WRONG_KEY);
    }
    const [, file] = FILE_ROUTE.exec(path) ?? [];
    if (file !== undefined) return sendFile(file, request, response);
    const [, model, generate] = ROUTE.exec(path) ?? [];
    if (model === undefined)
      return answer(response, error(404, 'NOT_FOUND', 'The requested URL was not found.'));
    const key = request.headers['x-goog-api-key'];
    if (key !== config.apiKey) {
      counts.unauthorised++;
      request.resume();
      return answer(response, key === undefined ? (faultAnswer('e403', model) as Answer) : WRONG_KEY);
    }
    if (!hasModel(model)) {
      request.resume();
      return answer(response, faultAnswer('e404', model) as Answer);
    }
    if (generate === undefined) {
      counts.modelReads++;
      const card = { name: `models/${model}`, supportedGenerationMethods: config.methods };
      return answer(response, { status: 200, body: JSON.stringify(card) });
    }
    concurrent++;
    counts.maxConcurrent = Math.max(counts.maxConcurrent, concurrent);
    try {
      await generateContent(model, request, response);
    } finally {
      concurrent--;
    }
  }

  async function generateContent(
    model: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    counts.requests++;
    const raw = await readBody(request);
    const call = parseCall(raw);
    if ('status' in call) return answer(response, call);
    const entry = quota.admit(config);
    if (!entry.admitted) {
      counts.rateLimited++;
      const kind = entry.limit === 'day' ? 'e429Day' : 'e429';
      return answer(response, faultAnswer(kind, model, entry.seconds) as Answer);
    }
    bodies = [...bodies.slice(1 - KEPT_BODIES), call.body];
    const digest = createHash('sha256').update(raw).digest('hex');
    if (answered.has(digest)) counts.duplicates++;
    let finished = false;
    const client = clientOf(request.url ?? '/');
    client.accepted += 1;
    response.on('close', () => {
      if (!finished) counts.abandoned++;
    });
    const fault = faultOf(call);
    if (fault) counts.faults[fault] = (counts.faults[fault] ?? 0) + 1;
    const latencyMs = latency();
    counts.latenciesMs.push(latencyMs);
    await delay(latencyMs, response);
    // A client that has left is billed all the same; nobody is there to answer.
    if (response.destroyed) return;
    if (fault === 'hang') return;
    finished = true;
    if (fault === 'reset') {
      response.socket?.resetAndDestroy();
      return;
    }
    const prepared = fault ? faultAnswer(fault, model, config.retryAfterSeconds) : null;
    if (prepared) return answer(response, prepared);
    const picture = await pictureFor(call, fault);
    if (picture === null) return answer(response, faultAnswer('e400', model) as Answer);
    counts.pictures++;
    notePaid(model, call);
    client.answeredAt.push(Date.now());
    answered.add(digest);
    const body = isShape(fault)
      ? shapedBody(fault, { picture, fileUri: keepFile(picture, request), usage: USAGE })
      : pictureBody(picture, model, fault);
    if (fault === 'endless') return pour(response, body);
    if (fault === 'truncated') return breakOff(response, body);
    if (fault === 'slow') return drip(response, body);
    return answer(response, { status: 200, body });
  }

  function notePaid(model: string, { prompt, picture, ratio, imageSize }: Call): void {
    const said = [model, prompt, ratio, imageSize, picture].join('\n');
    const what = createHash('sha256').update(said).digest('hex');
    if (paid.has(what)) counts.paidTwice++;
    paid.add(what);
  }

  function hasModel(model: string): boolean {
    return config.models.length === 0 || config.models.includes(model);
  }

  /** Keeps a picture as a file of the API; returns its address. */
  function keepFile(picture: string, { headers }: IncomingMessage): string {
    const name = createHash('sha1').update(picture).digest('hex').slice(0, 12);
    files.set(name, Buffer.from(picture, 'base64'));
    return `http://${headers.host}/v1beta/files/${name}`;
  }

  function sendFile(name: string, request: IncomingMessage, response: ServerResponse): void {
    const file = files.get(name);
    request.resume();
    const isRightKey = request.headers['x-goog-api-key'] === config.apiKey;
    if (!isRightKey || !file) {
      answer(response, isRightKey ? error(404, 'NOT_FOUND', 'The file does not exist.') : WRONG_KEY);
      return;
    }
    counts.fileReads++;
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': file.length });
    response.end(file);
  }

  /** Begins like an answer and goes on for as long as the client reads. */
  function pour(response: ServerResponse, body: string): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(body.slice(0, body.length >> 1));
    const more = Buffer.alloc(1 << 20, 'A');
    const write = (): void => {
      while (!response.destroyed) {
        counts.endlessBytes += more.length;
        if (!response.write(more)) break;
      }
    };
    response.on('drain', write);
    write();
  }

  function faultOf({ prompt, picture }: Call): GeminiFault | undefined {
    const [tag = '', name, times] = /\[\[fault:(\w+)(?::(\d+))?\]\]/.exec(prompt) ?? [];
    if (isFault(name)) {
      // Not by the whole body: who asks again in other words asks for the same picture.
      const what = createHash('sha256').update(tag).update(picture).digest('hex');
      const used = forced.get(what) ?? 0;
      forced.set(what, used + 1);
      if (times === undefined || used < Number(times)) return name;
      const [, next] = /\[\[then:(\w+)\]\]/.exec(prompt) ?? [];
      return isFault(next) ? next : undefined;
    }
    let draw = random();
    for (const [fault, probability] of Object.entries(config.faults)) {
      draw -= probability;
      if (draw < 0 && isFault(fault)) return fault;
    }
    return undefined;
  }

  async function pictureFor(call: Call, fault: GeminiFault | undefined): Promise<string | null> {
    const ratio = fault === 'wrongRatio' ? (call.ratio === '21:9' ? '1:1' : '21:9') : call.ratio;
    const style = { ...config, ...(fault && STYLES[fault]) };
    try {
      const picture = await makePicture(call.picture, ratio, call.imageSize, style);
      return fault === 'corrupt' ? picture.slice(0, Math.floor(picture.length / 2 / 4) * 4) : picture;
    } catch {
      return null;
    }
  }

  function clientOf(path: string): { accepted: number; answeredAt: number[] } {
    const name = path.slice(0, path.search(/\/v1(?:beta)?\//));
    counts.clients[name] ??= { accepted: 0, answeredAt: [] };
    return counts.clients[name];
  }

  function latency(): number {
    if (config.latencyMs <= 0) return 0;
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return config.latencyMs * Math.exp(0.45 * normal);
  }

  /** Waits, but no longer than the client does. */
  function delay(ms: number, response: ServerResponse): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        timers.delete(timer);
        response.off('close', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      timers.add(timer);
      response.on('close', done);
    });
  }

  /** Sends a byte now and then, for as long as the client listens. */
  function drip(response: ServerResponse, body: string): void {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    let sent = 0;
    const timer = setInterval(() => response.write(body.slice(sent, ++sent)), 50);
    timers.add(timer);
    response.on('close', () => {
      clearInterval(timer);
      timers.delete(timer);
    });
  }

  async function control(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readBody(request);
    if (path === '/__stats') return answer(response, { status: 200, body: JSON.stringify(stats()) });
    if (path === '/__config') configure(JSON.parse(raw.toString()) as Partial<GeminiStandInOptions>);
    else if (path === '/__reset') reset();
    else return answer(response, { status: 404, body: '{}' });
    return answer(response, { status: 200, body: '{"ok":true}' });
  }

  function stats(): GeminiStandInStats {
    const { admitted } = quota;
    const batches = batchApi.batches();
    const first = admitted[0] ?? 0;
    const spanMs = (admitted.at(-1) ?? 0) - first;
    const allowed = (config.callsPerWindow * spanMs) / config.windowMs;
    return {
      ...counts,
      onTheWire: concurrent,
      faults: { ...counts.faults },
      accepted: admitted.length,
      mostInWindow: quota.mostWithin(config.windowMs),
      mostInTenth: quota.mostWithin(config.windowMs / 10),
      utilisation: allowed > 0 ? (admitted.length - 1) / allowed : 0,
      batches,
      billedUsd: (admitted.length + batches.reduce((sum, { made }) => sum + made / 2, 0)) * CALL_USD,
      acceptedAt: admitted.map((at) => at - first),
    };
  }

  function configure(change: Partial<GeminiStandInOptions>): void {
    Object.assign(config, change);
    if (change.seed !== undefined) random = seeded(change.seed);
  }

  function reset(): void {
    quota.reset();
    counts = freshCounts();
    bodies = [];
    answered = new Set();
    forced = new Map();
    paid = new Set();
    batchApi.reset();
    random = seeded(config.seed);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://${config.host}:${port}`,
    apiKey: config.apiKey,
    stats,
    configure,
    reset,
    bodies: () => bodies,
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = NonNullable<ReturnType<typeof faultAnswer>>;

interface Call {
  body: unknown;
  prompt: string;
  /** First input picture, base64. */
  picture: string;
  ratio: string;
  imageSize: string;
}

/** How bad pictures are drawn. */
const STYLES: Partial<Record<GeminiFault, Partial<PictureStyle>>> = {
  identical: { echo: 'exact' },
  shifted: { echo: 'shifted' },
  offWhite: { background: '#e8e6e1' },
  offCentre: { place: 'corner', fillRatio: 0.25 },
  cutOff: { place: 'cut' },
  blank: { blank: true, background: '#ffffff' },
  grey: { blank: true, background: '#808080' },
  recoloured: { recolour: true },
  tiny: { side: 48 },
  blurred: { blur: 0.03 },
};

interface CallBody {
  contents?: { parts?: { text?: string; inlineData?: { data?: string } }[] }[];
  generationConfig?: { imageConfig?: { aspectRatio?: string; imageSize?: string } };
}

/** Reads what matters of a request, or answers the 400 that Google would. */
function parseCall(raw: Buffer): Call | Answer {
  let body: CallBody;
  try {
    body = JSON.parse(raw.toString()) as CallBody;
  } catch {
    return error(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received.');
  }
  const parts = body.contents?.flatMap((content) => content.parts ?? []) ?? [];
  const picture = parts.find((part) => part.inlineData?.data !== undefined)?.inlineData?.data;
  const { aspectRatio = '1:1', imageSize = '1K' } = body.generationConfig?.imageConfig ?? {};
  if (picture === undefined)
    return error(400, 'INVALID_ARGUMENT', 'The stand-in needs at least one input image.');
  if (!/^\d{1,2}:\d{1,2}$/.test(aspectRatio)) return error(400, 'INVALID_ARGUMENT', 'Invalid aspect ratio.');
  if (!/^(512|1K|2K|4K)$/.test(imageSize)) return error(400, 'INVALID_ARGUMENT', 'Invalid image size.');
  const prompt = parts.map((part) => part.text ?? '').join('\n');
  return { body, prompt, picture, ratio: aspectRatio, imageSize };
}

/** Built by hand around the base64, which may be megabytes. Thinking models send a draft first. */
function pictureBody(picture: string, model: string, fault: GeminiFault | undefined): string {
  const mimeType = fault === 'wrongMime' ? 'image/webp' : 'image/jpeg';
  const thoughts =
    fault === 'thought'
      ? `{"thought":true,"text":"Considering the light."},{"thought":true,"inlineData":{"mimeType":"image/png","data":"${SKETCH}"}},{"text":"Here it is."},`
      : '';
  const after =
    fault === 'thought' ? `,{"thought":true,"inlineData":{"mimeType":"image/png","data":"${SKETCH}"}}` : '';
  const parts = `[${thoughts}{"inlineData":{"mimeType":"${mimeType}","data":"${picture}"}}${after}]`;
  const usage = JSON.stringify(fault === 'hugeUsage' ? HUGE_USAGE : USAGE);
  return `{"candidates":[{"content":{"role":"model","parts":${parts}},"finishReason":"STOP","index":0}],"usageMetadata":${usage},"modelVersion":"${model}","responseId":"stand-in"}`;
}

/** A fault that is an answer with status 200; of a batch's line all others are none. */
function faultBody(fault: GeminiFault | undefined, model: string): string | null {
  const prepared = fault ? faultAnswer(fault, model) : null;
  return prepared?.status === 200 ? prepared.body : null;
}

function answer(response: ServerResponse, { status, body, type, location }: Answer): void {
  response.writeHead(status, {
    ...(location === undefined ? {} : { location }),
    'content-type': type ?? 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

function breakOff(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length >> 1), () => response.destroy());
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isFault(name: string | undefined): name is GeminiFault {
  return (GEMINI_FAULTS as readonly (string | undefined)[]).includes(name);
}

function freshCounts() {
  const faults: Partial<Record<GeminiFault, number>> = {};
  return {
    clients: {} as GeminiStandInStats['clients'],
    requests: 0,
    pictures: 0,
    rateLimited: 0,
    unauthorised: 0,
    faults,
    duplicates: 0,
    paidTwice: 0,
    abandoned: 0,
    maxConcurrent: 0,
    modelReads: 0,
    fileReads: 0,
    endlessBytes: 0,
    latenciesMs: [] as number[],
  };
}

/** Mulberry32: small, even, the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
