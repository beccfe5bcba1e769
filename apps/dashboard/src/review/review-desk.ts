import type { Adjustment } from '@image-studio/contract';
import { isPassing } from '../api/is-passing.ts';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { createStore, type Store } from '../state/store.ts';
import { translate } from '../text/translate.ts';
import { conflictIn, type Seen } from './conflict-in.ts';
import { type PersistentRequest, persistentRequest } from './persistent-request.ts';

/** How long an action that cannot be taken back by the server waits before it is sent. */
export const UNDO_MS = 8_000;
/** Actions that `undo` goes back through. */
const MOST_REMEMBERED = 50;

export type Decision = 'approve' | 'reject' | 'regenerate';
/** And what one picture alone can be told. */
export type PictureDecision = Decision | 'restore' | 'adjust';

/** What a bulk decision is about. */
export type Target = { skus: string[] };

/** A picture whose version is known. */
export type SeenVersion = { slot: string; version: string };

/** Words for a new picture: added to its prompt, or instead of it. */
export type PromptWords = { extraPrompt?: string; prompt?: string };

/**
 * What a person decided, as the page tells it: waiting to be sent, held until the server is back, in effect, taken back, or
 * refused.
 */
export interface Action {
  id: number;
  decision: PictureDecision;
  /** The SKU, when it was one, and which of its pictures. */
  sku: string | null;
  slots: readonly string[];
  /** SKUs that it is about. */
  count: number;
  stage: 'waiting' | 'sending' | 'held' | 'done' | 'undone' | 'failed';
  /** When a waiting action is sent, in `Date.now()`. */
  dueAt: number | null;
  problem: ProblemError | null;
  /** Of many SKUs, those that it could not be decided about: at work, cancelled, or without a picture. */
  skipped: number;
  /** What somebody else had decided about the picture, unseen by this person; this decision holds now. */
  conflict: 'approved' | 'rejected' | null;
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
  /** Why the latest key did nothing; `null` once it has been read, or another decision was taken. */
  refusal: Store<string | null>;
  /** Approves or rejects pictures of one SKU, as they were seen, at once; the server can take it back. */
  decide(sku: string, pictures: readonly Seen[], decision: 'approve' | 'reject', reason?: string): void;
  /** Lists an earlier picture again, at once; `seen` is the one in its place, to which `undo` goes back. */
  restore(sku: string, seen: SeenVersion, version: string): void;
  /** Places the product of a picture anew, against how it was seen; `undo` brings that one back. */
  adjust(sku: string, seen: SeenVersion, adjustment: Adjustment): void;
  /** Decides about a SKU that has no picture yet, and about all that wait for the same reason. */
  decideUnpaid(sku: string, decision: 'approve' | 'reject'): void;
  /** Has a picture made anew, after the undo window; `photo` is the address of the photo to make it from. */
  regenerate(sku: string, slot: string, words: PromptWords & { photo?: string }): void;
  /** Decides about many, after the undo window. */
  decideMany(target: Target, count: number, decision: Decision, words: PromptWords): void;
  /** Says why a key did nothing. */
  refuse(words: string): void;
  /** Says what a decision about many would do; rejects with `ProblemError`. */
  plan(target: Target, decision: Decision): Promise<BulkPlan>;
  /** Takes back the latest action that can be; resolves when that is in effect. */
  undo(): Promise<void>;
  /** Sends one that failed once more. */
  tryAgain(id: number): void;
  /** Stops telling of an action; it stays in effect. */
  dismiss(id: number): void;
  /** Sends what waits: whoever leaves has decided. */
  flush(): void;
}

interface Hidden {
  send(): Promise<unknown>;
  /** `null`: nothing takes it back, or that is under way. */
  takeBack: (() => Promise<unknown>) | null;
  /** Whether it may be sent twice: what costs a call, or replaces a picture, is not. */
  isRepeatable: boolean;
  /** What was looked at. */
  seen?: readonly (Seen & { action: string })[];
  /** Once it is on its way. */
  sent?: Promise<void>;
  request?: PersistentRequest;
  timer?: ReturnType<typeof setTimeout> | undefined;
}

/** Decisions about the pictures of one batch, each of which can be taken back. */
export function createReviewDesk(batchPath: string, client: StudioClient): ReviewDesk {
  const actions = createStore<readonly Action[]>([]);
  const refusal = createStore<string | null>(null);
  const hidden = new Map<number, Hidden>();
  const ownActions = new Set<string>();
  let lastId = 0;

  const change = (id: number, news: Partial<Action>): void =>
    actions.update((all) => all.map((action) => (action.id === id ? { ...action, ...news } : action)));

  function add(
    action: Pick<Action, 'decision' | 'sku' | 'slots' | 'count'>,
    work: Hidden,
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
      conflict: null,
    };
    refusal.set(null);
    actions.update((all) => [
      ...all.filter((one, n) => isOpen(one) || n >= all.length - MOST_REMEMBERED),
      told,
    ]);
    hidden.set(id, work);
    if (isDelayed) work.timer = setTimeout(() => send(id), delayMs);
    else send(id);
  }

  function send(id: number): void {
    const work = hidden.get(id);
    if (!work) return;
    clearTimeout(work.timer);
    work.sent = attempt(id, work, work.send, 'done');
  }

  async function attempt(
    id: number,
    work: Hidden,
    request: () => Promise<unknown>,
    then: 'done' | 'undone',
  ): Promise<void> {
    change(id, { stage: 'sending', dueAt: null, problem: null });
    try {
      if (work.isRepeatable)
        work.request = persistentRequest(request, (problem) => change(id, { stage: 'held', problem }));
      const answer = await (work.isRepeatable ? work.request?.answer : request());
      const conflict =
        then === 'done' ? conflictIn(answer, work.seen ?? [], (name) => ownActions.has(name)) : null;
      change(id, { stage: then, skipped: skippedOf(answer), conflict, problem: null });
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      change(id, { stage: 'failed', problem: error });
    }
  }

  const reviewPath = (sku: string): string => `${batchPath}/skus/${encodeURIComponent(sku)}/review`;
  const each = (sku: string, bodies: readonly object[]) => async () => {
    let answer: unknown;
    for (const body of bodies) answer = await client.post(reviewPath(sku), body);
    return answer;
  };

  return {
    actions,
    refusal,
    decide: (sku, pictures, decision, reason) => {
      // By its name the server finds what this decision changed, and what held before.
      const action = newAction();
      ownActions.add(action);
      const send = pictures.map(({ slot, version }) => ({
        image: slot,
        decision,
        action,
        ...(version !== undefined && { version }),
        ...(reason !== undefined && { reason }),
      }));
      const takeBack = pictures.map(({ slot }) => ({ image: slot, decision: 'undo', action }));
      const slots = pictures.map(({ slot }) => slot);
      const work = { send: each(sku, send), takeBack: each(sku, takeBack), isRepeatable: true };
      add(
        { decision, sku, slots, count: 1 },
        { ...work, seen: pictures.map((one) => ({ ...one, action })) },
        0,
      );
    },
    restore: (sku, { slot, version: seen }, version) => {
      const [send, takeBack] = [version, seen].map(
        (one) => () => client.post(reviewPath(sku), { image: slot, decision: 'restore', version: one }),
      ) as [() => Promise<unknown>, () => Promise<unknown>];
      add({ decision: 'restore', sku, slots: [slot], count: 1 }, { send, takeBack, isRepeatable: false }, 0);
    },
    adjust: (sku, { slot, version }, adjustment) => {
      const send = () =>
        client.post(reviewPath(sku), { image: slot, decision: 'adjust', version, adjustment });
      const takeBack = () => client.post(reviewPath(sku), { image: slot, decision: 'restore', version });
      add({ decision: 'adjust', sku, slots: [slot], count: 1 }, { send, takeBack, isRepeatable: false }, 0);
    },
    decideUnpaid: (sku, decision) => {
      const send = () => client.post(reviewPath(sku), { decision });
      const takeBack = () => client.post(reviewPath(sku), { decision: 'undo' });
      // What was let go on is on its way: until then the undo window holds it.
      if (decision === 'approve')
        add({ decision, sku, slots: [], count: 1 }, { send, takeBack: null, isRepeatable: false }, UNDO_MS);
      else add({ decision, sku, slots: [], count: 1 }, { send, takeBack, isRepeatable: true }, 0);
    },
    regenerate: (sku, image, words) => {
      const send = () => client.post(reviewPath(sku), { image, decision: 'regenerate', ...words });
      add(
        { decision: 'regenerate', sku, slots: [image], count: 1 },
        { send, takeBack: null, isRepeatable: false },
        UNDO_MS,
      );
    },
    decideMany: (target, count, decision, words) => {
      const action = newAction();
      ownActions.add(action);
      const send = () => client.post(`${batchPath}/review`, { ...target, decision, action, ...words });
      const takeBack =
        decision === 'regenerate'
          ? null
          : () => client.post(`${batchPath}/review`, { ...target, decision: 'undo', action });
      const isRepeatable = decision !== 'regenerate';
      add({ decision, sku: null, slots: [], count }, { send, takeBack, isRepeatable }, UNDO_MS);
    },
    plan: (target, decision) => client.post(`${batchPath}/review`, { ...target, decision, dryRun: true }),
    undo: async () => {
      const action = actions.get().findLast(({ stage, id }) => {
        return stage === 'waiting' || (stage !== 'failed' && hidden.get(id)?.takeBack);
      });
      if (!action) refusal.set(translate('nothingToUndo'));
      const work = action && hidden.get(action.id);
      if (!action || !work) return;
      if (action.stage === 'waiting') {
        clearTimeout(work.timer);
        hidden.delete(action.id);
        change(action.id, { stage: 'undone', dueAt: null });
      } else if (work.takeBack) {
        const { takeBack } = work;
        work.takeBack = null;
        // One that waits for the server may have arrived all the same: it is taken back, too.
        work.request?.stop();
        await work.sent;
        const { stage, problem } = actions.get().find(({ id }) => id === action.id) ?? {};
        if (stage !== 'done' && !(problem && work.isRepeatable && isPassing(problem))) return;
        await attempt(action.id, work, takeBack, 'undone');
      }
    },
    refuse: (words) => refusal.set(words),
    tryAgain: (id) => {
      if (actions.get().some((one) => one.id === id && one.stage === 'failed')) send(id);
    },
    dismiss: (id) => actions.update((all) => all.filter((action) => action.id !== id || isPending(action))),
    flush: () => {
      for (const { id, stage } of actions.get()) if (stage === 'waiting') send(id);
    },
  };
}

/** What has not come to its end, or was refused and has to be read. */
function isOpen(action: Action): boolean {
  return action.stage === 'failed' || isPending(action);
}

function isPending({ stage }: Action): boolean {
  return stage === 'waiting' || stage === 'sending' || stage === 'held';
}

function skippedOf(answer: unknown): number {
  const isBulk = typeof answer === 'object' && answer !== null && 'skipped' in answer;
  return isBulk && typeof answer.skipped === 'number' ? answer.skipped : 0;
}

/** A name for a decision that no other page gives. (`randomUUID` is there under https alone.) */
function newAction(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('');
}
