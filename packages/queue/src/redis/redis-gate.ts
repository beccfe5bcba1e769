import type { Redis } from 'ioredis';
import { isVague, outageOf, type RedisOutage } from './redis-outage.ts';
import { RedisUnavailable } from './redis-unavailable.ts';
import { defineScript } from './script.ts';

/** While all is well: a primary that was demoted behind an idle connection is noticed, and left, within 5 s. */
const LOOK_MS = 1000;
/** After a refusal: soon at first, then ever more seldom while what is let through is refused again. */
const FIRST_PROBE_MS = 500;
const LONGEST_PROBE_MS = 8000;
/** So long nothing may be refused before the outage counts as over: one that comes and goes is one outage. */
const CALM_MS = 2000;
/** A server that is a replica for a while need not be left and found again with each refusal. */
const LEAVE_MS = 2000;
/** A busy machine is late now and then. */
const TIMEOUTS_THAT_PROVE = 2;
/** An outage that lasts is told of again this often, with the count. */
const REMIND_MS = 60_000;
/** An outage that changes its kind, and changes back, is not told of each time. */
const CHANGED_MS = 5000;
const PROBE_LIVES_MS = 60_000;

export interface RedisGateOptions {
  /** Fails fast; what is held back elsewhere passes here. Its opener closes it. */
  redis: Redis;
  /** Of the string that a probe writes. */
  key: string;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** Redis takes writes again, and nobody else in this process has noticed yet. */
  beforeReopening?(): Promise<void>;
  lookMs?: number;
}

/** Knows whether Redis does what this process asks of it, says so once, and leaves a server that is a primary no more. */
export interface RedisGate {
  /** What is wrong; `null` while all is well. */
  outage(): RedisOutage | null;
  /** Whether commands had better wait: from the first refusal until a write has gone through again. */
  isShut(): boolean;
  /** Takes note of an error that a connection to Redis gave; returns the outage that it tells of, if it does. */
  note(error: unknown): RedisOutage | null;
  /** Asks Redis now; rejects with `RedisUnavailable` and the reason unless it takes writes. */
  check(): Promise<void>;
  /** Calls `listener` whenever it opens again; returns the way to take that back. */
  onReopen(listener: () => void): () => void;
  /** A connection that is left, and opened anew by its name, when its server has been demoted. */
  owns(connection: Redis): void;
  close(): void;
}

const NO_CONNECTION = new Error('Connection is closed.');

/** A script that writes: it is refused by whatever refuses commands, scripts or writes. */
const probeScript = defineScript(/* lua */ `return redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])`);

/** Takes Redis for well until an error says otherwise, and writes a key of its own from now on to find out. */
export function createRedisGate(options: RedisGateOptions): RedisGate {
  const { redis, key, log, lookMs = LOOK_MS } = options;
  const connections = new Set<Redis>([redis]);
  const listeners = new Set<() => void>();
  let outage: RedisOutage | null = null;
  let isShut = false;
  let isClosed = false;
  let hasBeenReady = redis.status === 'ready';
  let errors = 0;
  let timeouts = 0;
  let startedAt = 0;
  let toldAt = 0;
  let notedAt = Number.NEGATIVE_INFINITY;
  let leftAt = Number.NEGATIVE_INFINITY;
  let reopenedAt = Number.NEGATIVE_INFINITY;
  let pauseMs = FIRST_PROBE_MS;
  let timer: NodeJS.Timeout | undefined;
  let probing: Promise<RedisOutage | null> | undefined;

  function note(error: unknown): RedisOutage | null {
    const found = outageOf(error);
    if (found === null || isClosed) return found;
    timeouts = found.isTimeout ? timeouts + 1 : 0;
    if (found.isTimeout && timeouts < TIMEOUTS_THAT_PROVE) return found;
    const now = performance.now();
    notedAt = now;
    errors += 1;
    if (!isShut) {
      isShut = true;
      // Open for a moment only: what was let through met the same again.
      pauseMs = now - reopenedAt < CALM_MS ? Math.min(pauseMs * 2, LONGEST_PROBE_MS) : FIRST_PROBE_MS;
      lookIn(pauseMs);
    }
    tell(found, now);
    if (found.isDemoted) leave(now);
    return found;
  }

  /** One line when it begins and when it turns out to be something else; then one a minute. */
  function tell(found: RedisOutage, now: number): void {
    const known = outage;
    if (known === null) startedAt = now;
    if (known === null || !isVague(found)) outage = found;
    const isNews =
      known === null ||
      (isVague(known) && !isVague(found)) ||
      (known.kind !== outage?.kind && now - toldAt >= CHANGED_MS);
    if (!isNews && now - toldAt < REMIND_MS) return;
    toldAt = now;
    const fields = { reason: outage?.reason, errors, ms: Math.round(now - startedAt) };
    log.warn(fields, known === null ? 'waiting for Redis' : 'still waiting for Redis');
  }

  function leave(now: number): void {
    if (now - leftAt < LEAVE_MS) return;
    leftAt = now;
    for (const connection of connections) {
      if (connection.status === 'end') connections.delete(connection);
      // One without a socket is on its way to a new one already, and would lose it.
      else if (connection.status === 'ready') connection.disconnect(true);
    }
  }

  /** Writes; everybody who asks meanwhile gets the same answer. */
  function probe(): Promise<RedisOutage | null> {
    probing ??= write().finally(() => {
      probing = undefined;
    });
    return probing;
  }

  async function write(): Promise<RedisOutage | null> {
    // On its way for the first time: nothing is wrong yet. An error will say so.
    if (!hasBeenReady) return outage ?? outageOf(NO_CONNECTION);
    try {
      await probeScript(redis, [key], [PROBE_LIVES_MS]);
      timeouts = 0;
      if (isShut) await reopen();
      return null;
    } catch (error) {
      const found = note(error);
      if (found === null) log.warn({ err: error }, 'asking Redis');
      return found;
    }
  }

  async function reopen(): Promise<void> {
    await options.beforeReopening?.();
    if (isClosed) return;
    isShut = false;
    reopenedAt = performance.now();
    for (const listener of [...listeners]) listener();
  }

  function endWhenCalm(): void {
    const now = performance.now();
    if (outage === null || isShut || now - notedAt < CALM_MS) return;
    log.info({ reason: outage.reason, errors, ms: Math.round(now - startedAt) }, 'Redis is back');
    outage = null;
    errors = 0;
  }

  function lookIn(ms: number): void {
    clearTimeout(timer);
    if (isClosed) return;
    timer = setTimeout(async () => {
      await probe();
      endWhenCalm();
      lookIn(isShut ? pauseMs : lookMs);
    }, ms);
  }

  const meet = () => {
    hasBeenReady = true;
  };
  redis.once('ready', meet);
  redis.on('error', note);
  lookIn(lookMs);
  return {
    outage: () => outage,
    isShut: () => isShut,
    note,
    async check() {
      const found = (await probe()) ?? outage;
      if (found !== null) throw new RedisUnavailable(outage?.reason ?? found.reason);
    },
    onReopen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    owns: (connection) => void connections.add(connection),
    close() {
      isClosed = true;
      isShut = false;
      clearTimeout(timer);
      redis.off('ready', meet);
      redis.off('error', note);
      // Closing a connection is no fault, and without a listener an error would be one.
      redis.on('error', () => {});
    },
  };
}
