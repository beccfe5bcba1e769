import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import {
  createImagesBatchApi,
  type ImagesBatch,
  type ImagesBatchOptions,
} from './images-stand-in-batches.ts';

export interface ImagesStandInOptions {
  /**
   * `openai`: strict, a field that it does not know is a 400. `sd-cpp`: one at a time, ignores the model, asks for no
   * key. `openrouter`: JSON, the price in dollars in each answer.
   */
  kind: 'openai' | 'sd-cpp' | 'openrouter';
  latencyMs?: number;
  /** Takes requests and answers none, as servers of one's own have been seen to. */
  hangs?: boolean;
  /** Calls in each sliding minute; 0 = any number. */
  callsPerMinute?: number;
  /** How long that minute lasts. */
  minuteMs?: number;
  /** Every answer says in its headers what is left of it, as those of OpenAI and OpenRouter do. */
  tellsAllowance?: boolean;
  /** Models that exist; empty = every name does. */
  models?: string[];
  apiKey?: string;
  /** Of `openai`: how its Batch API behaves. */
  batch?: Partial<ImagesBatchOptions>;
}

export interface ImagesStandInStats {
  requests: number;
  /** Requests that got past key, model and quota: each is billed. */
  accepted: number;
  rateLimited: number;
  mostAtOnce: number;
  /** Accepted requests with the photo and the words of an earlier one. */
  duplicates: number;
  billedUsd: number;
  /** All batches of calls; what they made is billed at half the price, in `billedUsd`. */
  batches: ImagesBatch[];
}

export interface ImagesStandIn {
  /** Without what the product adds: `/v1/images/edits`, or `/images` for OpenRouter. */
  baseUrl: string;
  apiKey: string;
  stats(): ImagesStandInStats;
  /** Fields of the latest accepted request; photos by their size in bytes. */
  lastFields(): Record<string, unknown>;
  configure(change: Partial<ImagesStandInOptions>): void;
  close(): Promise<void>;
}

/** What a fault answers; forced by `[[fault:name]]` in the prompt. `hang` never answers. */
export const IMAGES_FAULTS = {
  moderatedInput: [400, moderation('input')],
  moderatedOutput: [400, moderation('output')],
  relayedBlock: [403, { error: { code: 403, message: 'Provider returned error: IMAGE_SAFETY' } }],
  flagged: [
    403,
    {
      error: {
        code: 403,
        message: 'Your chosen model requires moderation',
        metadata: { reasons: ['violence'] },
      },
    },
  ],
  noQuota: [429, { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }],
  hardLimit: [
    400,
    { error: { message: 'Billing hard limit has been reached', code: 'billing_hard_limit_reached' } },
  ],
  noQuotaByType: [429, { error: { message: 'Quota exceeded', type: 'insufficient_quota', code: null } }],
  rawBlock: [
    502,
    {
      error: {
        code: 502,
        message: 'Provider returned error',
        metadata: { raw: '{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}', provider_name: 'Google' },
      },
    },
  ],
  noCredit: [402, { error: { code: 402, message: 'Insufficient credits' } }],
  badSize: [400, { error: { message: 'Invalid size', param: 'size', code: 'invalid_value' } }],
  badModel: [
    400,
    { error: { message: "The model 'x' does not exist", param: 'model', code: 'invalid_value' } },
  ],
  badPhoto: [400, { error: { message: 'Invalid image file', code: 'invalid_image_file' } }],
  e500: [500, { error: { message: 'The server had an error', type: 'server_error' } }],
  e503: [503, { error: { message: 'Overloaded' } }],
  e524: [524, 'error code: 524'],
  e529: [529, { error: { code: 529, message: 'Provider overloaded' } }],
  empty: [200, { created: 1, data: [] }],
  odd: [200, { created: 1, result: { picture: 'x' } }],
  broken: [200, { created: 1, data: [{ b64_json: 'aGVsbG8=' }] }],
  hang: [0, null],
} as const;
export type ImagesFault = keyof typeof IMAGES_FAULTS;

const EDIT_FIELDS = new Set([
  'model',
  'prompt',
  'image',
  'image[]',
  'mask',
  'n',
  'size',
  'quality',
  'background',
]);
const ROUTER_FIELDS = new Set(
  'model prompt input_references aspect_ratio resolution size output_format n seed quality provider'.split(
    ' ',
  ),
);
/** One picture of GPT Image at medium quality, by its tokens and list price. */
const USAGE = {
  input_tokens: 6300,
  input_tokens_details: { image_tokens: 6200, text_tokens: 100 },
  output_tokens: 1760,
  total_tokens: 8060,
};
export const OPENAI_CALL_USD = (6200 * 8 + 100 * 5 + 1760 * 30) / 1e6;
export const OPENROUTER_CALL_USD = 0.0546;

/** A server on loopback that draws as the three kinds of image APIs do, with their checks, errors and bills. */
export async function startImagesStandIn(options: ImagesStandInOptions): Promise<ImagesStandIn> {
  const config = {
    latencyMs: 0,
    hangs: false,
    callsPerMinute: 0,
    minuteMs: 60_000,
    tellsAllowance: false,
    models: [] as string[],
    apiKey: 'sk-stand-in',
    batch: {} as Partial<ImagesBatchOptions>,
    ...options,
  };
  const counts: Omit<ImagesStandInStats, 'batches'> = {
    requests: 0,
    accepted: 0,
    rateLimited: 0,
    mostAtOnce: 0,
    duplicates: 0,
    billedUsd: 0,
  };
  const acceptedAt: number[] = [];
  const seen = new Set<string>();
  const waiting = new Set<NodeJS.Timeout>();
  let fields: Record<string, unknown> = {};
  let atOnce = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const needsKey = config.kind !== 'sd-cpp';
    const hasKey = request.headers.authorization === `Bearer ${config.apiKey}`;
    if (needsKey && !hasKey) {
      return say(response, 401, {
        error: { message: 'Incorrect API key provided', code: 'invalid_api_key' },
      });
    }
    if (request.method === 'GET' && /\/models$/.test(path)) return say(response, 200, { data: [] });
    if (config.kind === 'openai' && (await batchApi.handle(path, request, response))) return;
    const route = config.kind === 'openrouter' ? '/images' : '/v1/images/edits';
    if (request.method !== 'POST' || path !== route) {
      return say(response, 404, { error: { message: `Unknown request URL: ${path}` } });
    }
    counts.requests += 1;
    const asked = await (config.kind === 'openrouter' ? readJson(request) : readForm(request));
    const { fault, status, body } = answerTo(asked);
    if (fault === 'hang' || config.hangs) return;
    if (status !== 200 || fault) return say(response, status, body);
    const now = Date.now();
    const recent = acceptedAt.filter((at) => at > now - config.minuteMs);
    if (config.callsPerMinute > 0 && recent.length >= config.callsPerMinute) {
      counts.rateLimited += 1;
      tellAllowance(response, recent, now);
      return say(response, 429, {
        error: { message: 'Rate limit reached for images', code: 'rate_limit_exceeded' },
      });
    }
    acceptedAt.push(now);
    if (config.tellsAllowance) tellAllowance(response, [...recent, now], now);
    counts.accepted += 1;
    fields = asked.fields;
    bill(asked, { openai: OPENAI_CALL_USD, 'sd-cpp': 0, openrouter: OPENROUTER_CALL_USD }[config.kind]);
    atOnce += 1;
    counts.mostAtOnce = Math.max(counts.mostAtOnce, atOnce);
    const draw = async () => {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, config.latencyMs);
        waiting.add(timer);
      });
      return picture(asked);
    };
    // A single GPU: the next request waits in the server.
    const drawn = config.kind === 'sd-cpp' ? turn.then(draw) : draw();
    turn = drawn.catch(() => undefined);
    const image = await drawn.finally(() => {
      atOnce -= 1;
    });
    say(response, 200, {
      created: Math.floor(now / 1000),
      data: [
        {
          b64_json: image.toString('base64'),
          ...(config.kind === 'openrouter' && { media_type: 'image/jpeg' }),
        },
      ],
      ...(config.kind === 'openai' && { usage: USAGE }),
      ...(config.kind === 'openrouter' && {
        usage: { prompt_tokens: 1400, completion_tokens: 1680, cost: OPENROUTER_CALL_USD, is_byok: false },
      }),
    });
  }

  function tellAllowance(response: ServerResponse, recent: readonly number[], now: number): void {
    const remaining = Math.max(0, config.callsPerMinute - recent.length);
    const freeAt = (recent[0] ?? now) + config.minuteMs;
    const [of, reset] =
      config.kind === 'openrouter' ? ['', String(freeAt)] : ['-images', `${(freeAt - now) / 1000}s`];
    response.setHeader(`x-ratelimit-limit${of}`, String(config.callsPerMinute));
    response.setHeader(`x-ratelimit-remaining${of}`, String(remaining));
    response.setHeader(`x-ratelimit-reset${of}`, reset);
  }

  function bill(asked: Asked, usd: number): void {
    const digest = createHash('sha1')
      .update(asked.photos[0] ?? '')
      .update(asked.prompt)
      .digest('hex');
    if (seen.has(digest)) counts.duplicates += 1;
    seen.add(digest);
    counts.billedUsd += usd;
  }

  const batchApi = createImagesBatchApi({
    options: () => config.batch,
    readBody: bodyOf,
    check: (body) => answerTo(askedIn(body)),
    onMade: (body) => bill(askedIn(body), OPENAI_CALL_USD / 2),
    async draw(body) {
      const image = await picture(askedIn(body));
      return { created: 1, data: [{ b64_json: image.toString('base64') }], usage: USAGE };
    },
  });

  /** What is wrong with a request, as the real servers say it; status 200 when nothing is. */
  function answerTo(asked: Asked): { status: number; body?: unknown; fault?: ImagesFault } {
    const [, name] = /\[\[fault:(\w+)\]\]/.exec(asked.prompt) ?? [];
    if (name !== undefined && name in IMAGES_FAULTS) {
      const [status, body] = IMAGES_FAULTS[name as ImagesFault];
      return { status, body, fault: name as ImagesFault };
    }
    const refuse = (message: string, more: object = {}) => ({
      status: 400,
      body: { error: { message, type: 'invalid_request_error', ...more } },
    });
    const known = config.kind === 'openrouter' ? ROUTER_FIELDS : EDIT_FIELDS;
    const unknown = Object.keys(asked.fields).find((key) => !known.has(key));
    if (unknown !== undefined && config.kind !== 'sd-cpp') {
      return refuse(`Unknown parameter: '${unknown}'.`, { param: unknown, code: 'unknown_parameter' });
    }
    const model = String(asked.fields.model ?? '');
    if (config.kind !== 'sd-cpp' && config.models.length > 0 && !config.models.includes(model)) {
      return {
        status: 404,
        body: { error: { message: `The model '${model}' does not exist`, code: 'model_not_found' } },
      };
    }
    if (asked.prompt === '' || asked.photos.length === 0) return refuse("Missing 'prompt' or 'image'");
    if (config.kind === 'openrouter') {
      const { size, aspect_ratio: ratio, resolution } = asked.fields;
      if (size !== undefined && (ratio ?? resolution) !== undefined)
        return refuse('size excludes aspect_ratio');
      return { status: 200 };
    }
    const [width = 0, height = 0] = String(asked.fields.size ?? '')
      .split('x')
      .map(Number);
    if (width % 16 || height % 16 || width * height < 655_360 || width * height > 8_294_400) {
      return refuse(`Invalid size '${asked.fields.size}'`, { param: 'size', code: 'invalid_value' });
    }
    return { status: 200 };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    apiKey: config.apiKey,
    stats: () => ({ ...counts, batches: batchApi.batches() }),
    lastFields: () => fields,
    configure: (change) => Object.assign(config, change),
    async close() {
      for (const timer of waiting) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Asked {
  prompt: string;
  photos: Buffer[];
  fields: Record<string, unknown>;
}

async function readForm(request: IncomingMessage): Promise<Asked> {
  const type = request.headers['content-type'] ?? '';
  const form = await new Response(new Uint8Array(await bodyOf(request)), {
    headers: { 'content-type': type },
  }).formData();
  const photos: Buffer[] = [];
  const fields: Record<string, unknown> = {};
  for (const [key, value] of form) {
    if (typeof value === 'string') fields[key] = value;
    else {
      const photo = Buffer.from(await value.arrayBuffer());
      photos.push(photo);
      fields[key] = photo.length;
    }
  }
  return { prompt: String(fields.prompt ?? ''), photos, fields };
}

/** The form of a request that batches take: its photos are `data:` addresses. */
function askedIn(body: Record<string, unknown>): Asked {
  const { images, ...fields } = body;
  const photos = ((images ?? []) as { image_url: string }[]).map(({ image_url: url }) =>
    Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'),
  );
  return { prompt: String(fields.prompt ?? ''), photos, fields };
}

async function readJson(request: IncomingMessage): Promise<Asked> {
  const fields = JSON.parse((await bodyOf(request)).toString()) as Record<string, unknown>;
  const references = (fields.input_references ?? []) as { image_url: { url: string } }[];
  const photos = references.map(({ image_url: { url } }) =>
    Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'),
  );
  return { prompt: String(fields.prompt ?? ''), photos, fields };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const SIDES: Record<string, number> = { '1K': 1024, '2K': 2048, '4K': 4096 };

/** The photo's product, off-centre on an off-white background, in the size that was asked for. */
async function picture({ photos, fields }: Asked): Promise<Buffer> {
  const [photo = Buffer.alloc(0)] = photos;
  const [width = 1024, height = 1024] =
    fields.size === undefined ? sizeOf(fields) : String(fields.size).split('x').map(Number);
  const product = await sharp(photo)
    .resize(Math.round(width / 2), Math.round(height / 2), { fit: 'inside' })
    .toBuffer();
  return sharp({ create: { width, height, channels: 3, background: '#f5f5f5' } })
    .composite([{ input: product, left: Math.round(width / 5), top: Math.round(height / 5) }])
    .jpeg()
    .toBuffer();
}

function sizeOf({ aspect_ratio: ratio, resolution }: Record<string, unknown>): [number, number] {
  const [across = 1, down = 1] = String(ratio).split(':').map(Number);
  const side = SIDES[String(resolution)] ?? 1024;
  const most = Math.max(across, down);
  return [Math.round((side * across) / most), Math.round((side * down) / most)];
}

function say(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function moderation(stage: 'input' | 'output') {
  return {
    error: {
      message: 'Your request was rejected by the safety system.',
      type: 'image_generation_user_error',
      code: 'moderation_blocked',
      moderation_details: { moderation_stage: stage, categories: ['violence'] },
    },
  };
}
