import { DEFAULT_POOL } from '@image-studio/contract';

/** Names of everything this product keeps in Redis beside BullMQ's own keys. One place, so that no two can clash. */
export interface Keys {
  prefix: string;
  /** Whose quota, clock and calls these are; `DEFAULT_POOL` unless they come from `pool`. */
  poolName: string;
  /** These keys, with a pool's own ones in place of the default pool's: quota, schedule, spend, breaker, latencies, clock, calls in flight. */
  pool(name: string): Keys;
  /** What the names of a pool's own keys end with; empty for the default pool, whose keys are those from before there were pools. */
  poolSuffix: string;
  /** Hash: the batch record. Its parts are keys of their own, `<batch>:<suffix>`: see `BATCH_SUFFIXES`. */
  batch(id: string): string;
  /** Sorted set of batch ids by time of creation: all, or one tenant's. */
  batches(tenant?: string): string;
  /** Sorted set of batch ids with SKUs that wait for a job, by the time since when. */
  enqueueing: string;
  /** Sorted set of tenants with such batches, by when the scheduler last looked; `<enqueueing>:<tenant>` holds one tenant's batches, by the same. */
  enqueueingTenants: string;
  /** Sorted set of ids of ended batches whose manifest is to be written, by the time when a process may take it. */
  manifests: string;
  /** Sorted set of ids of batches that have not ended, by time of creation. */
  open: string;
  /** String with an expiry: digest of a body, and id of the batch that it made. */
  idempotency(tenant: string, keySha256: string): string;
  /** String with an expiry: a paid picture. */
  ledger(callKey: string): string;
  /** String with an expiry: when a picture was paid for that the store has lost; it has been bought again since. */
  lost(callKey: string): string;
  /** String, gone when the pause is over: nobody asks this supplier. */
  supplierPause(host: string): string;
  /** String: digest of what was last prepared from a URL. */
  source(urlSha256: string): string;
  /** Hash: photos that a tenant has uploaded, by their digest. */
  uploads(tenant: string): string;
  /** Hash: bytes of all uploaded photos, by tenant. */
  uploadBytes: string;
  /** String with an expiry: id of the job that makes the picture of this call key. */
  claim(callKey: string): string;
  /** Set: ids of the SKU jobs that wait for a call which another SKU's job is making. */
  waiters(callKey: string): string;
  /** Hash: run-time overrides of the quota. */
  quota: string;
  /** Hash: the shared schedule of calls. */
  pace: string;
  /** Sorted set: calls of the last minute. */
  callWindow: string;
  /** Hash: requests that were sent and whose cost nobody has booked yet; see `start-call.lua.ts`. */
  unsettled: string;
  /** Hash: dollars (millionths) per bucket of ten seconds. */
  spend: string;
  /** Counter: calls of one day. */
  day(day: string): string;
  /** Counter: dollars (millionths) of one day. */
  dayCost(day: string): string;
  /** Hash: the circuit breaker: until when it is open (ms), and what it goes by. */
  breaker: string;
  /** List: times (ms) of the last calls that brought a picture. */
  latencies: string;
  /** List: of the last batches that ended, the share of their pictures that needed a second call. */
  again: string;
  /** String with an expiry: key of the call that may find out whether the pool's model is still down. */
  probe: string;
  /** List: dollars (millionths) of the last calls that brought a picture. */
  prices: string;
  /** Set: pools in whose queue calls may wait that another pool may make. */
  movable: string;
  /** Set: pools whose batches have calls in the queue of another one. */
  troubled: string;
  /** Hash: by pool, since when no worker serves it (ms). */
  unserved: string;
  /** Hash: virtual clock of the fair share. */
  clock: string;
  /** Hash: SKUs that wait, and calls left by tenant. */
  waiting: string;
  /** Hash: the same numbers of the count that is under way. */
  waitingRound: string;
  /** Set: ids of batches with calls that wait for a place among those in flight. */
  capped: string;
  /** Set: ids of batches in the economy lane, until nothing of theirs is parked or at the provider any more. */
  economy: string;
  /** Sorted set: ids of parcels that have not ended, by the time of the next look. */
  parcels: string;
  /** Hash: a parcel; its calls hang on it (`:calls`). */
  parcel(id: string): string;
  /** Set: `<pool> <model>` of models that say of themselves that they make no batches of calls. */
  withoutBatches: string;
  /** Hash: by call key, the parcel that it is in until it is booked. */
  parcelled: string;
  /** String with an expiry: one process is filling and ordering the queues. */
  schedulerLease: string;
  /** Hash: messages for the operator. */
  operator: string;
  /** Sorted set of worker ids by last sign of life. */
  workers: string;
  /** String with an expiry: what a worker says of itself. */
  worker(id: string): string;
  /** String with an expiry: which process has taken a duty of the whole fleet. */
  lease(what: string): string;
  /** String with an expiry: id of the worker that looks for SKUs without a job. */
  reconciling: string;
  /** Hash: fleet totals for the metrics. */
  totals: string;
  /** Hash: pictures that the fleet finished while more waited, by minute (Unix seconds of its start). */
  throughput: string;
  /** Hash: the webhook messages of a batch or of a test, and how far each has come. */
  webhooks(owner: string): string;
  /** Hash: by tenant, the salts that the secrets of its webhooks are derived with. They are not secret. */
  webhookSalts: string;
  /** Sorted set of messages that have no job yet, by time. */
  outbox: string;
  /** String: signs links to files where no `LINK_SECRET` is configured. The one secret in Redis; it opens nothing else. */
  linkSecret: string;
  /** Hash: by the id of a link to a feed, its tenant and the name of the feed. Ids are not secret. */
  feedLinks: string;
  /** Hash: by name, the id of a tenant's link. */
  feedLinksOf(tenant: string): string;
  /** Hash: an audit; its SKUs, pictures and results are keys of their own, `<audit>:<suffix>`. */
  audit(id: string): string;
  /** Sorted set of audit ids by time: all, or one tenant's. */
  audits(tenant?: string): string;
  /** Hash: how far a chore has come; its ended parts are a key of their own, `<chore>:parts`. */
  chore(kind: string, id: string): string;
  /** Sorted set of chores that have not ended. */
  chores: string;
  /** String: where the API is reached, for links in webhooks. */
  publicUrl: string;
  /** Sorted set of worker ids by their last sign of life, by the clock of Redis. */
  pulses: string;
  /** String: written to find out whether Redis takes writes. */
  writeProbe: string;
  /** Channel on which controls tell every process to abort a batch's jobs. */
  abortChannel: string;
  /** Name of the pool's queue of calls: `ai`, or `ai-<pool>`. */
  aiQueue: 'ai' | `ai-${string}`;
  /** BullMQ's own: the limiter of that queue. */
  aiLimiter: string;
  /** BullMQ's own: the lock of one of that queue's jobs. */
  aiLock(jobId: string): string;
  /** BullMQ's own: a key of one of its queues. */
  queue(name: string, key: string): string;
}

export function keysOf(prefix: string, poolName = DEFAULT_POOL): Keys {
  const isDefault = poolName === DEFAULT_POOL;
  const own = isDefault ? '' : `@${poolName}`;
  const ai = isDefault ? 'ai' : (`ai-${poolName}` as const);
  return {
    prefix,
    poolName,
    poolSuffix: own,
    pool: (name) => keysOf(prefix, name),
    batch: (id) => `${prefix}:batch:${id}`,
    batches: (tenant) => (tenant === undefined ? `${prefix}:batches` : `${prefix}:batches:${tenant}`),
    enqueueing: `${prefix}:enqueueing`,
    enqueueingTenants: `${prefix}:enqueueing-tenants`,
    manifests: `${prefix}:manifests`,
    open: `${prefix}:open`,
    idempotency: (tenant, keySha256) => `${prefix}:idempotency:${tenant}:${keySha256}`,
    source: (urlSha256) => `${prefix}:source:${urlSha256}`,
    uploads: (tenant) => `${prefix}:uploads:${tenant}`,
    uploadBytes: `${prefix}:upload-bytes`,
    lost: (callKey) => `${prefix}:lost:${callKey}`,
    supplierPause: (host) => `${prefix}:supplier:${host}`,
    ledger: (callKey) => `${prefix}:ledger:${callKey}`,
    claim: (callKey) => `${prefix}:claim:${callKey}`,
    waiters: (callKey) => `${prefix}:waiters:${callKey}`,
    quota: `${prefix}:quota${own}`,
    pace: `${prefix}:pace${own}`,
    callWindow: `${prefix}:calls${own}`,
    unsettled: `${prefix}:unsettled`,
    spend: `${prefix}:spend${own}`,
    dayCost: (day) => `${prefix}:day:${day}:cost${own}`,
    day: (day) => `${prefix}:day:${day}${own}`,
    breaker: `${prefix}:breaker${own}`,
    latencies: `${prefix}:latencies${own}`,
    again: `${prefix}:again${own}`,
    probe: `${prefix}:probe${own}`,
    prices: `${prefix}:prices${own}`,
    movable: `${prefix}:movable`,
    troubled: `${prefix}:troubled`,
    unserved: `${prefix}:unserved`,
    clock: `${prefix}:clock${own}`,
    waiting: `${prefix}:waiting`,
    waitingRound: `${prefix}:waiting-round`,
    capped: `${prefix}:capped${own}`,
    economy: `${prefix}:economy`,
    parcels: `${prefix}:parcels`,
    parcel: (id) => `${prefix}:parcel:${id}`,
    withoutBatches: `${prefix}:without-batches`,
    parcelled: `${prefix}:parcelled`,
    schedulerLease: `${prefix}:turn-keeper`,
    operator: `${prefix}:operator`,
    workers: `${prefix}:workers`,
    worker: (id) => `${prefix}:worker:${id}`,
    lease: (what) => `${prefix}:turn:${what}`,
    reconciling: `${prefix}:reconciling`,
    totals: `${prefix}:totals`,
    throughput: `${prefix}:throughput`,
    webhooks: (owner) =>
      owner.startsWith('t') ? `${prefix}:webhook-test:${owner}` : `${prefix}:batch:${owner}:webhooks`,
    webhookSalts: `${prefix}:webhook-salts`,
    outbox: `${prefix}:outbox`,
    linkSecret: `${prefix}:link-secret`,
    feedLinks: `${prefix}:feed-links`,
    feedLinksOf: (tenant) => `${prefix}:feed-links:${tenant}`,
    audit: (id) => `${prefix}:audit:${id}`,
    audits: (tenant) => (tenant === undefined ? `${prefix}:audits` : `${prefix}:audits:${tenant}`),
    // The queue's own keys begin with `chore:`.
    chore: (kind, id) => `${prefix}:chores:${kind}:${id}`,
    chores: `${prefix}:chores`,
    publicUrl: `${prefix}:public-url`,
    pulses: `${prefix}:pulses`,
    writeProbe: `${prefix}:write-probe`,
    abortChannel: `${prefix}:abort`,
    aiQueue: ai,
    aiLimiter: `${prefix}:${ai}:limiter`,
    queue: (name, key) => `${prefix}:${name}:${key}`,
    aiLock: (jobId) => `${prefix}:${ai}:${jobId}:lock`,
  };
}

/** Parts of a batch that it has for each pool in which it has calls. */
export const FLIGHT_SUFFIXES = ['flight', 'parked'];

/** Parts of a batch, each a key `<batch>:<suffix>` that is forgotten with it. */
export const BATCH_SUFFIXES = [
  'input',
  'columns',
  'plan',
  'plans',
  'choices',
  'names',
  'states',
  'records',
  'details',
  'decisions',
  'runs',
  'done',
  'changes',
  'calls',
  'reserved',
  'stages',
  'codes',
  'faults',
  'awaited',
  'checks',
  'ms',
  'history',
  'starts',
  'steps',
  'photos',
  'sharers',
  'shared',
  'allowed',
  'economy',
  'parcels',
  'lineErrors',
];
