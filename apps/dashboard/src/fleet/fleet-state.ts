/** One worker process as `GET /workers` tells of it. Other tenants than the operator's get no host. */
export interface WorkerView {
  id: string;
  host: string | null;
  pid: number | null;
  version: string;
  startedAt: string;
  lastSeenAt: string;
  activeSkus: number;
  activeCalls: number;
  stages?: Record<string, number>;
}

/** What `GET /quota` answers. */
export interface QuotaView {
  model: string;
  callsPerMinute: number;
  callsLastMinute: number;
  utilisation: number;
  callsToday: number;
  callsPerDay: number | null;
  costTodayUsd: number | null;
  spentLast10MinUsd: number | null;
  spendPer10MinUsd: number | null;
  latencyMs: { p50: number; p90: number } | null;
  breakerOpen: boolean;
  pausedUntil: string | null;
  messages: OperatorMessage[];
}

export interface OperatorMessage {
  code: string;
  message: string;
  at: string;
  /** What the message holds beside its words. */
  values?: Record<string, string>;
}

export type PartHealth = { ok: true; ms: number } | { ok: false; message: string };

/** What `GET /fleet` answers. */
export interface FleetView {
  redis: PartHealth;
  store: PartHealth;
  /** By queue: `sku`, `ai`, and one `ai-…` for each further pool of models. */
  queues: Record<string, Record<string, number>> | null;
  pace: number[] | null;
}
