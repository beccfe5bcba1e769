import type { Adjustment } from '@image-studio/contract';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { createStore, type Store } from '../state/store.ts';

/** How long an action that cannot be taken back by the server waits before it is sent. */
export const UNDO_MS = 8_000;
/** Actions that `undo` goes back through. */
const MOST_REMEMBERED = 50;

export type Decision = 'approve' | 'reject' | 'regenerate';
/** And what one picture alone can be told. */
export type PictureDecision = Decision | 'restore' | 'adjust';

/** What a bulk decision is about. */
export type Target = { skus: string[] };

/** A picture that somebody has looked at; another one in its place is not decided about. */
export interface Seen {
  slot: string;
  version?: string | undefined;
}

/** Words for a new picture: added to its prompt, or instead of it. */
export type PromptWords = { extraPrompt?: string; prompt?: string };

/** What a person decided, as the page tells it: waiting to be sent, in effect, taken back, or refused. */
export interface Action {
  id: number;
  decision: PictureDecision;
  /** The SKU, when it was one, and which of its pictures. */
  sku: string | null;
  slots: readonly string[];
  /** SKUs that it is about. */
  count: number;
  stage: 'waiting' | 'sending' | 'done' | 'undone' | 'failed';
  /** When a waiting action is sent, in `Date.now()`. */
  dueAt: number | null;
  problem: ProblemError | null;
  /** Of many SKUs, those that it could not be decided about: at work, cancelled, or without a picture. */
  skipped: number;
}

/** What a decision about many would do. */
export interface BulkPlan {
  would: number;
  skipped: number;
  calls: number;
  costUsd: { low: number; high: number };
}

export interface ReviewDesk {
  /** Newest last. */
  actions: Store<readonly Action[]>;
  /** Approves or rejects pictures of one SKU, as they were seen, at once; the server can take it back. */
  decide(sku: string, pictures: readonly Seen[], decision: 'approve' | 'reject', reason?: string): void;
  /** Lists an earlier picture again, at once; `seen` is the one in its place, to which `undo` goes back. */
  restore(sku: string, seen: Required<Seen>, version: string): void;
  /** Places the product of a picture anew, against how it was seen; `undo` brings that one back. */
  adjust(sku: string, seen: Required<Seen>, adjustment: Adjustment): void;
  /** Decides about a SKU that has no picture yet, and about all that wait for the same reason. */
  decideUnpaid(sku: string, decision: 'approve' | 'reject'): void;
  /** Has a picture made anew, after the undo window; `photo` is the address of the photo to make it from. */
  regenerate(sku: string, slot: string, words: PromptWords & { photo?: string }): void;
  /** Decides about many, after the undo window. */
  decideMany(target: Target, count: number, decision: Decision, words: PromptWords): void;
  /** Says what a decision about many would do; rejects with `ProblemError`. */
  plan(target: Target, decision: Decision): Promise<BulkPlan>;
  /** Takes back the latest action that can be; resolves when that is in effect. */
  undo(): Promise<void>;
  /** Stops telling of an action; it stays in effect. */
  dismiss(id: number): void;
  /** Sends what waits: whoever leaves has decided. */
  flush(): void;
}

interface Hidden {
  send(): Promise<unknown>;
  /** `null`: nothing takes it back, or that is under way. */
  takeBack: (() => Promise<unknown>) | null;
  /** Once it is on its way. */
  sent?: Promise<void>;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Decisions about the pictures of one batch, each of which can be taken back. */
export function createReviewDesk(batchPath: string, client: StudioClient): ReviewDesk {
  const actions = createStore<readonly Action[]>([]);
  const hidden = new Map<number, Hidden>();
  let lastId = 0;

  const change = (id: number, news: Partial<Action>): void =>
    actions.update((all) => all.map((action) => (action.id === id ? { ...action, ...news } : action)));

  function add(
    action: Pick<Action, 'decision' | 'sku' | 'slots' | 'count'>,
    work: Omit<Hidden, 'timer'>,
    delayMs: number,
  ): void {
    lastId += 1;
    const id = lastId;
    const isDelayed = delayMs > 0;
    const told: Action = {
      ...action,
      id,
      stage: isDelayed ? 'waiting' : 'sending',
      dueAt: isDelayed ? Date.now() + delayMs : null,
      problem: null,
      skipped: 0,
    };
    actions.update((all) => [...all.slice(-MOST_REMEMBERED), told]);
    const timer = isDelayed ? setTimeout(() => void send(id), delayMs) : undefined;
    hidden.set(id, { ...work, timer });
    if (!isDelayed) void send(id);
  }

  async function send(id: number): Promise<void> {
    const work = hidden.get(id);
    if (!work) return;
    clearTimeout(work.timer);
    change(id, { stage: 'sending', dueAt: null });
    const sent = attempt(id, work.send, 'done');
    hidden.set(id, { ...work, sent });
    await sent;
  }

  async function attempt(
    id: number,
    request: () => Promise<unknown>,
    then: 'done' | 'undone',
  ): Promise<void> {
    try {
      const answer = await request();
      change(id, { stage: then, skipped: skippedOf(answer) });
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      change(id, { stage: 'failed', problem: error });
    }
  }

  const reviewPath = (sku: string): string => `${batchPath}/skus/${encodeURIComponent(sku)}/review`;
  const each = (sku: string, bodies: readonly object[]) => async () => {
    for (const body of bodies) await client.post(reviewPath(sku), body);
  };

  return {
    actions,
    decide: (sku, pictures, decision, reason) => {
      // By its name the server finds what this decision changed, and what held before.
      const action = newAction();
      const send = pictures.map(({ slot, version }) => ({
        image: slot,
        decision,
        action,
        ...(version !== undefined && { version }),
        ...(reason !== undefined && { reason }),
      }));
      const takeBack = pictures.map(({ slot }) => ({ image: slot, decision: 'undo', action }));
      const slots = pictures.map(({ slot }) => slot);
      add({ decision, sku, slots, count: 1 }, { send: each(sku, send), takeBack: each(sku, takeBack) }, 0);
    },
    restore: (sku, { slot, version: seen }, version) => {
      const [send, takeBack] = [version, seen].map(
        (one) => () => client.post(reviewPath(sku), { image: slot, decision: 'restore', version: one }),
      ) as [() => Promise<unknown>, () => Promise<unknown>];
      add({ decision: 'restore', sku, slots: [slot], count: 1 }, { send, takeBack }, 0);
    },
    adjust: (sku, { slot, version }, adjustment) => {
      const send = () =>
        client.post(reviewPath(sku), { image: slot, decision: 'adjust', version, adjustment });
      const takeBack = () => client.post(reviewPath(sku), { image: slot, decision: 'restore', version });
      add({ decision: 'adjust', sku, slots: [slot], count: 1 }, { send, takeBack }, 0);
    },
    decideUnpaid: (sku, decision) => {
      const send = () => client.post(reviewPath(sku), { decision });
      const takeBack = () => client.post(reviewPath(sku), { decision: 'undo' });
      // What was let go on is on its way: until then the undo window holds it.
      if (decision === 'approve')
        add({ decision, sku, slots: [], count: 1 }, { send, takeBack: null }, UNDO_MS);
      else add({ decision, sku, slots: [], count: 1 }, { send, takeBack }, 0);
    },
    regenerate: (sku, image, words) => {
      const send = () => client.post(reviewPath(sku), { image, decision: 'regenerate', ...words });
      add({ decision: 'regenerate', sku, slots: [image], count: 1 }, { send, takeBack: null }, UNDO_MS);
    },
    decideMany: (target, count, decision, words) => {
      const action = newAction();
      const send = () => client.post(`${batchPath}/review`, { ...target, decision, action, ...words });
      const takeBack =
        decision === 'regenerate'
          ? null
          : () => client.post(`${batchPath}/review`, { ...target, decision: 'undo', action });
      add({ decision, sku: null, slots: [], count }, { send, takeBack }, UNDO_MS);
    },
    plan: (target, decision) => client.post(`${batchPath}/review`, { ...target, decision, dryRun: true }),
    undo: async () => {
      const action = actions.get().findLast(({ stage, id }) => {
        return stage === 'waiting' || (stage !== 'failed' && hidden.get(id)?.takeBack);
      });
      const work = action && hidden.get(action.id);
      if (!action || !work) return;
      if (action.stage === 'waiting') {
        clearTimeout(work.timer);
        hidden.delete(action.id);
        change(action.id, { stage: 'undone', dueAt: null });
      } else if (work.takeBack) {
        hidden.set(action.id, { ...work, takeBack: null });
        await work.sent;
        if (actions.get().find(({ id }) => id === action.id)?.stage !== 'done') return;
        change(action.id, { stage: 'sending' });
        await attempt(action.id, work.takeBack, 'undone');
      }
    },
    dismiss: (id) =>
      actions.update((all) => all.filter((action) => action.id !== id || action.stage === 'waiting')),
    flush: () => {
      for (const { id, stage } of actions.get()) if (stage === 'waiting') void send(id);
    },
  };
}

function skippedOf(answer: unknown): number {
  const isBulk = typeof answer === 'object' && answer !== null && 'skipped' in answer;
  return isBulk && typeof answer.skipped === 'number' ? answer.skipped : 0;
}

/** A name for a decision that no other page gives. (`randomUUID` is there under https alone.) */
function newAction(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('');
}
