import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds. AI calls take 5–60 s, the other stages milliseconds to seconds. */
const GENERATION_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 180];
const STAGE_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180];

/** Seconds. Reads take milliseconds; a submission of 10,000 SKUs seconds. */
const HTTP_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10];

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * The product's Prometheus metrics in a registry of their own. Labels never hold a SKU or a batch id.
 * `processMetrics` (default true) adds Node's own: memory, event loop, garbage collection. `fleet` (default true) exports
 * the numbers of the whole fleet; a worker knows only its own, and leaves them to the API.
 */
export function createMetrics(options: { processMetrics?: boolean; fleet?: boolean } = {}) {
  const registry = new Registry();
  const registers = [registry];
  const fleet = (options.fleet ?? true) ? registers : [];
  const own = (options.fleet ?? true) ? [] : registers;
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  return {
    registry,
    imagesGenerated: new Counter({
      name: 'image_studio_images_generated_total',
      help: 'Pictures generated, by mode (main, secondary) and status (success, failed)',
      labelNames: ['mode', 'status'],
      registers: fleet,
    }),
    generationDuration: new Histogram({
      name: 'image_studio_generation_duration_seconds',
      help: 'Time of one AI call, from request to picture, by mode',
      labelNames: ['mode'],
      buckets: GENERATION_BUCKETS,
      registers,
    }),
    buildInfo: new Gauge({
      name: 'image_studio_build_info',
      help: '1, with what runs: version of the program and of Node',
      labelNames: ['version', 'node'],
      registers,
    }),
    activeJobs: new Gauge({
      name: 'image_studio_active_jobs',
      help: 'Jobs that are being worked on, in the whole fleet',
      registers: fleet,
    }),
    ownJobs: new Gauge({
      name: 'image_studio_worker_jobs',
      help: 'Jobs that this worker works on',
      registers: own,
    }),
    storeUp: new Gauge({
      name: 'image_studio_store_up',
      help: '1 while this worker can write to the object store',
      registers: own,
    }),
    workers: new Gauge({
      name: 'image_studio_workers',
      help: 'Workers that run',
      registers: fleet,
    }),
    aiQuota: new Gauge({
      name: 'image_studio_ai_quota_calls_per_minute',
      help: 'AI calls that the provider grants a minute, by pool; 0 where there is no provider',
      labelNames: ['pool'],
      registers: fleet,
    }),
    openBatches: new Gauge({
      name: 'image_studio_open_batches',
      help: 'Batches that have not ended',
      registers: fleet,
    }),
    longestWait: new Gauge({
      name: 'image_studio_longest_wait_seconds',
      help: 'How long the SKU has waited for a worker that has waited longest',
      registers: fleet,
    }),
    aiBreakerOpen: new Gauge({
      name: 'image_studio_ai_breaker_open',
      help: '1 while the model is taken for down and calls only probe it',
      labelNames: ['pool'],
      registers: fleet,
    }),
    httpDuration: new Histogram({
      name: 'image_studio_http_request_duration_seconds',
      help: 'Time of a request to its end, by method, route and class of the status',
      labelNames: ['method', 'route', 'status'],
      buckets: HTTP_BUCKETS,
      registers: fleet,
    }),
    sockets: new Gauge({
      name: 'image_studio_sockets',
      help: 'Connections of socket.io to this process',
      registers: fleet,
    }),
    redisWritable: new Gauge({
      name: 'image_studio_redis_writable',
      help: '1 while Redis answers and takes writes',
      registers,
    }),
    queueSize: new Gauge({
      name: 'image_studio_queue_size',
      help: 'Jobs that wait for a worker',
      registers: fleet,
    }),
    workersWanted: new Gauge({
      name: 'image_studio_workers_wanted',
      help: 'Workers that do what there is to do as fast as the quota allows',
      registers: fleet,
    }),
    queueJobs: new Gauge({
      name: 'image_studio_queue_jobs',
      help: 'Jobs by queue and BullMQ state',
      labelNames: ['queue', 'state'],
      registers: fleet,
    }),
    stageDuration: new Histogram({
      name: 'image_studio_stage_duration_seconds',
      help: 'Time of one stage of one picture',
      labelNames: ['stage'],
      buckets: STAGE_BUCKETS,
      registers,
    }),
    aiCalls: new Counter({
      name: 'image_studio_ai_calls_total',
      help: 'AI calls by outcome',
      labelNames: ['outcome', 'pool'],
      registers: fleet,
    }),
    aiQuotaUtilisation: new Gauge({
      name: 'image_studio_ai_quota_utilisation',
      help: 'AI calls of the last minute over the quota per minute',
      labelNames: ['pool'],
      registers: fleet,
    }),
    aiCostUsd: new Counter({
      name: 'image_studio_ai_cost_usd_total',
      help: 'Money spent on AI calls, US dollars',
      registers: fleet,
    }),
    pictureCpu: new Counter({
      name: 'image_studio_picture_cpu_seconds_total',
      help: 'CPU time of the processes that work on pixels',
      registers: own,
    }),
    pictureMemory: new Gauge({
      name: 'image_studio_picture_memory_bytes',
      help: 'Resident memory of the processes that work on pixels, as each told after its last picture',
      registers: own,
    }),
    pictureProcesses: new Gauge({
      name: 'image_studio_picture_processes',
      help: 'Processes that work on pixels',
      registers: own,
    }),
    webhooks: new Counter({
      name: 'image_studio_webhooks_total',
      help: 'Attempts to deliver a webhook, by result: delivered, retry, gone, refused',
      labelNames: ['result'],
      registers,
    }),
    skus: new Counter({
      name: 'image_studio_skus_total',
      help: 'SKUs that have ended, by status and failure code (empty without one)',
      labelNames: ['status', 'code'],
      registers: fleet,
    }),
  };
}
