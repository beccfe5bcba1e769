import type { CallLedger } from '../calls/ledger.ts';
import { ParcelFault, type ParcelProgress, type ParcelWork } from '../economy/parcel-work.ts';
import { anEntry, PRICE } from './queue-fixture.ts';

/** How the provider of a test behaves. */
export interface ProviderFaults {
  /** Milliseconds from a create to the end. */
  takesMs: number;
  lostCreates: number;
  outcome: ParcelProgress['state'];
  /** Of the first batches, in their order, instead. */
  outcomes: ParcelProgress['state'][];
  /** From a cancel to its effect (ms). */
  cancelMs: number;
  /** Whether a line fails; `times`: how often it has come. */
  isBad(callKey: string, times: number): boolean;
  /** Whether a line does not come back. */
  isMissing(callKey: string, times: number): boolean;
  /** Told before each step; one that never resolves is a process that died there. */
  at(step: string): Promise<void> | void;
}

interface Batch {
  name: string;
  displayName: string;
  keys: string[];
  createdAt: number;
  cancelAt: number | null;
  state: ParcelProgress['state'];
}

/** A provider of batches in memory, which any number of workers may use. */
export function createParcelProvider(given: Partial<ProviderFaults> = {}) {
  const faults: ProviderFaults = {
    ...{ takesMs: 100, lostCreates: 0, outcome: 'succeeded', outcomes: [], cancelMs: 50 },
    ...{ isBad: () => false, isMissing: () => false, at: () => {} },
    ...given,
  };
  const files = new Map<string, string[]>();
  const batches = new Map<string, Batch>();
  const billed = new Map<string, number>();
  const tries = new Map<string, number>();
  const bad = new Set<string>();
  const missing = new Set<string>();

  const advance = (batch: Batch) => {
    if (batch.state !== 'open') return batch;
    const now = Date.now();
    if (batch.cancelAt !== null && now >= batch.cancelAt + faults.cancelMs) batch.state = 'cancelled';
    else if (now >= batch.createdAt + faults.takesMs) {
      batch.state = faults.outcomes[Number(batch.name.slice(1))] ?? faults.outcome;
    }
    if (batch.state !== 'succeeded') return batch;
    for (const key of batch.keys) {
      const times = (tries.get(key) ?? 0) + 1;
      tries.set(key, times);
      if (faults.isBad(key, times)) bad.add(`${batch.name} ${key}`);
      else if (faults.isMissing(key, times)) missing.add(`${batch.name} ${key}`);
      else billed.set(key, (billed.get(key) ?? 0) + 1);
    }
    return batch;
  };

  const workFor = (ledger: CallLedger): ParcelWork => ({
    mostBytes: 1_000_000_000,
    estimateUsd: () => PRICE / 2,
    async upload(_, calls) {
      await faults.at('upload');
      const file = `f${files.size}`;
      files.set(
        file,
        calls.map(({ callKey }) => callKey),
      );
      await faults.at('uploaded');
      return file;
    },
    async create({ displayName, file }) {
      await faults.at('create');
      const name = `b${batches.size}`;
      const keys = files.get(file);
      if (!keys) throw new ParcelFault('refused', 'there is no such file');
      batches.set(name, {
        ...{ name, displayName, keys },
        ...{ createdAt: Date.now(), cancelAt: null, state: 'open' },
      });
      await faults.at('created');
      if (batches.size <= faults.lostCreates) throw new ParcelFault('unsure', 'the connection broke off');
      return name;
    },
    async find(displayName) {
      await faults.at('find');
      return [...batches.values()].filter((one) => one.displayName === displayName).map(({ name }) => name);
    },
    async read(name) {
      await faults.at('read');
      const { state } = advance(batches.get(name) as Batch);
      return { state, results: state === 'succeeded' ? name : null };
    },
    async cancel(name) {
      await faults.at('cancel');
      const batch = batches.get(name);
      if (batch) batch.cancelAt ??= Date.now();
    },
    async collect({ file, call, requestOf, isWanted, settle, batchId }) {
      for (const key of batches.get(file)?.keys ?? []) {
        if (missing.has(`${file} ${key}`) || !(await isWanted(key))) continue;
        if (bad.has(`${file} ${key}`)) {
          await settle(key, { outcome: 'server', costUsd: 0 });
          continue;
        }
        await faults.at('store');
        const payer = `${batchId}_${call(key)?.index}`;
        await ledger.record(key, { ...anEntry(payer), costUsd: PRICE / 2, request: requestOf(key) });
        await faults.at('recorded');
        await settle(key, { outcome: 'ok', costUsd: PRICE / 2 });
        await faults.at('settled');
      }
      await faults.at('collected');
    },
  });

  return {
    faults,
    workFor,
    batches: () => [...batches.values()].map(advance),
    /** How often each picture was billed in batches, by call key. */
    billed: () => {
      for (const batch of batches.values()) advance(batch);
      return billed;
    },
  };
}
